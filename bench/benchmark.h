/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_BENCHMARK_H
#define BENCH_BENCHMARK_H

#include "settings.h"

/*
 * Measures every size and touch of @settings and writes the report, as @command ("drain", "sweep")
 * typed as @argv. 0; -EINTR when the user stopped it; or a negative errno with @why. Nothing is
 * written unless all went well; but a peer that fails is left out, the rest is written, and the
 * error is the peer's.
 */
int benchmark_run(const char *command, const struct settings *settings, int argc, char **argv,
	struct complaint *why);

#endif
