/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "results/gobench_header.h"

static const char *go_architecture(const struct environment *environment)
{
	const char *name = environment->architecture;

	if (strcmp(name, "x86_64") == 0)
		return "amd64";
	return strcmp(name, "aarch64") == 0 ? "arm64" : name;
}

void gobench_write_header(FILE *out, const struct environment *environment)
{
	fprintf(out, "goos: linux\ngoarch: %s\npkg: ringview\n", go_architecture(environment));
	if (environment->cpu_model[0])
		fprintf(out, "cpu: %s\n", environment->cpu_model);
	if (environment->kernel_release[0])
		fprintf(out, "kernel: %s\n", environment->kernel_release);
}
