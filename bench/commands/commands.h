/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands. Each gets its own arguments, argv[0] being its name, and returns the exit status:
 * 0 done, 1 failed, 2 wrong usage, 130 stopped by the user (compare and report have their own
 * meanings).
 */
#ifndef BENCH_COMMANDS_H
#define BENCH_COMMANDS_H

#include "base/complaint.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_STOPPED = 130 };

int command_drain(int argc, char **argv);
int command_sweep(int argc, char **argv);
int command_live(int argc, char **argv);
int command_compare(int argc, char **argv);
int command_report(int argc, char **argv);
int command_list(int argc, char **argv);
int command_watch(int argc, char **argv);

/* -EINTR: stopped by the user; -ECANCELED: so, and what was measured before is reported. Else
 * prints the line of @why, where there is one, and returns the exit status for @err. */
int command_end(int err, const struct complaint *why);

/* The same of an error of the arguments. */
int command_end_usage(int err, const struct complaint *why);

#endif
