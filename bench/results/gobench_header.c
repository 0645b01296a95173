/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "results/gobench_header.h"

static const char *go_architecture(const struct machine *environment)
{
	const char *name = machine_text(environment, FACT_ARCHITECTURE);

	if (strcmp(name, "x86_64") == 0)
		return "amd64";
	return strcmp(name, "aarch64") == 0 ? "arm64" : name;
}

void gobench_write_header(FILE *out, const struct machine *environment)
{
	fprintf(out, "goos: linux\ngoarch: %s\npkg: ringview\n", go_architecture(environment));
	if (machine_text(environment, FACT_CPU_MODEL)[0])
		fprintf(out, "cpu: %s\n", machine_text(environment, FACT_CPU_MODEL));
	if (machine_text(environment, FACT_KERNEL_RELEASE)[0])
		fprintf(out, "kernel: %s\n", machine_text(environment, FACT_KERNEL_RELEASE));
}
