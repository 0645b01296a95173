/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands. Each takes its own arguments, argv[0] being its name, and returns the exit status:
 * 0 done, 1 failed, 2 wrong usage, 130 interrupted by the user. compare and report give 1 and 3 a
 * meaning of their own, and fail with 2.
 */
#ifndef BENCH_COMMANDS_H
#define BENCH_COMMANDS_H

#include "base/complaint.h"
#include "cli/settings.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_STOPPED = 130 };

int command_drain(int argc, char **argv);
int command_sweep(int argc, char **argv);
int command_live(int argc, char **argv);
int command_compare(int argc, char **argv);
int command_report(int argc, char **argv);
int command_list(int argc, char **argv);
int command_watch(int argc, char **argv);

/* A command whose arguments have been parsed. */
struct call {
	const char *name;
	struct settings *settings;
	int argc;
	char **argv;
	struct complaint *why;
};

/* Parses the arguments and calls @run, which returns an exit status, or a negative errno with
 * call->why; the exit status is @failed then. */
int command_run(const char *name, enum command_bit command, int (*run)(const struct call *call),
	int failed, int argc, char **argv);

/* Prints why a command ended with the error @err, if it did. Returns its exit status: @failed, or
 * EXIT_STOPPED for -EINTR (nothing is reported) and -ECANCELED (the complete rounds are reported)
 * after an interrupt. */
int command_end(int err, int failed, const struct complaint *why);

/* The command line as it was typed, without control characters. */
void typed_command(char *text, size_t size, const char *command, int argc, char **argv);

#endif
