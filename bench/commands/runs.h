/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -runs: the command anew, in a process of its own each time.
 */
#ifndef BENCH_RUNS_H
#define BENCH_RUNS_H

#include <jansson.h>

#include "base/complaint.h"
#include "cli/settings.h"

/*
 * Runs @command with these arguments, argv[0] passed over, settings->runs times, and puts the
 * result files into the array *@runs, to be released. 0; -EINTR when the user asked to stop, with
 * those that had ended before; or another negative errno with @why.
 */
int runs_measure(const char *command, const struct settings *settings, int argc, char **argv,
	json_t **runs, struct complaint *why);

#endif
