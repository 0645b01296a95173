/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands. Each gets its own arguments, argv[0] being its name, and returns the exit status:
 * 0 done, 1 failed, 2 wrong usage, 130 stopped by the user (compare and report have their own
 * meanings).
 */
#ifndef BENCH_COMMANDS_H
#define BENCH_COMMANDS_H

#include "commandline/flags.h"
#include "complaint.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_STOPPED = 130 };

int command_drain(int argc, char **argv);
int command_sweep(int argc, char **argv);
int command_live(int argc, char **argv);
int command_compare(int argc, char **argv);
int command_report(int argc, char **argv);
int command_list(int argc, char **argv);
int command_watch(int argc, char **argv);

/*
 * Parses the arguments of a command of files, of which there have to be @least, or @missing says
 * what to do. 0; 1 when help was asked for, which was printed; or -EINVAL with @why.
 */
int command_parse_files(const struct flag_command *command, int argc, char **argv,
	struct flag_arguments *files, size_t least, const char *missing, struct complaint *why);

/* Prints the line of @why, where there is one, and returns the exit status for @err. */
int command_end(int err, const struct complaint *why);

#endif
