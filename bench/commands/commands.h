/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands. What drain, sweep and live have in common is in measuring.c: they choose readers,
 * read the facts of the machine, measure (by -runs in processes of their own), and write the table.
 */
#ifndef BENCH_COMMANDS_H
#define BENCH_COMMANDS_H

#include <stdio.h>

#include "base/complaint.h"
#include "cli/settings.h"
#include "machine/machine.h"
#include "readers/peers.h"
#include "results/table.h"
#include "watch/screen.h"

/* compare and report give 1 and 3 a meaning of their own, and fail with 2. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_STOPPED = 130 };

/* A command that runs. */
struct call {
	const char *name;
	char **argv; /* NULL-terminated; argv[0] is the name, or that of the program */
	struct settings settings;
	struct complaint why;

	/* Of drain, sweep and live. */
	struct table table;
	struct peers peers;
	int64_t started_ns;  /* of the measurement, CLOCK_MONOTONIC */
	int64_t measured_ns; /* the last progress of 0, after the preparations */
	bool progress_shown;
};

/* Each returns an exit status, or a negative errno with call->why. */
int command_drain(struct call *call); /* sweep, too */
int command_live(struct call *call);
int command_compare(struct call *call);
int command_report(struct call *call);
int command_list(struct call *call);

/* Each runs the program, or the command @name, argv[0] being its name, and returns the exit status. */
int commands_run(int argc, char **argv);
int command_run(const char *name, char **argv);

/* Prints why a command ended with the error @err, if it did. Returns its exit status: @failed; after an
 * interrupt EXIT_STOPPED, for -EINTR (nothing is reported) and -ECANCELED (complete rounds are). */
int command_end(int err, int failed, const struct complaint *why);

/* Composes a text by @write, which returns an exit status, and writes it to settings.output. */
int command_write(struct call *call, int (*write)(struct call *call, FILE *out));

/* The command line as it was typed, without control characters. */
void typed_command(char *text, size_t size, const char *command, char **argv);

/* What differs between drain and live. Functions return 0, or a negative errno with call->why. */
struct measuring_command {
	/* Prepares what -runs needs, too. NULL: nothing. */
	int (*prepare)(struct call *call);
	/* Measures the combinations and fills call->table. -EINTR: interrupted; complete rounds are
	 * in the table. If only peers that have failed are left: 0, and no rows. */
	int (*measure)(struct call *call);
	/* After -runs: adds to the rows what their files do not have. */
	void (*complete)(struct call *call, const json_t *runs);
	void (*write_text)(struct call *call, FILE *out, bool colour);
};

int measuring_run(const struct measuring_command *command, struct call *call);

/* Says on standard error that @share of the work (0 to 1) is done, what runs (the format), and about how
 * long it takes: on a terminal a line that is rewritten, from the first second on; elsewhere one
 * line, once, if the measurement takes more than five seconds. */
__attribute__((format(printf, 3, 4))) void measuring_progress(
	struct call *call, double share, const char *format, ...);

/* -watch: shows each run while it is under way, on standard error: on a terminal in place, four times
 * a second; else a line each second. */
struct live_watch {
	struct observer observer; /* to be given to measure_live() */
	struct observation last;  /* of the current run */
	size_t done, total;       /* runs */
	bool in_place;
	struct screen screen;
};

/* Writes an observation: in place a line for each figure, else one line. For tests. */
void live_watch_write(
	FILE *out, const struct live_watch *watch, const struct observation *observation);

#endif
