/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What drain, sweep and live have in common: they choose readers, read the facts of the machine,
 * measure (by -runs in processes of their own), and write the table.
 */
#ifndef BENCH_MEASURING_H
#define BENCH_MEASURING_H

#include <stdio.h>

#include "commands/commands.h"
#include "machine/machine.h"
#include "readers/peers.h"
#include "results/table.h"

struct measuring {
	const struct call *call;
	struct settings *settings; /* of the call */
	struct complaint *why;
	struct table table;
	struct machine machine;
	struct peers peers;
	int64_t started_ns;  /* of the measurement, CLOCK_MONOTONIC */
	int64_t measured_ns; /* the last progress of 0, after the preparations */
	bool progress_shown;
};

/* The parts that differ. Each function returns 0, or a negative errno with m->why, unless it says
 * otherwise. */
struct measuring_command {
	struct machine_request request;
	/* Prepares what -runs needs, too. NULL: nothing. */
	int (*prepare)(struct measuring *m);
	/* Chooses the readers, *@count of them. */
	int (*choose)(struct measuring *m, size_t *count);
	/* Measures them and fills m->table. -EINTR: interrupted; complete rounds are in the table.
	 * If only peers that have failed are left: 0, and no rows. */
	int (*measure)(struct measuring *m);
	/* After -runs: adds to the rows what their files do not have. */
	void (*complete)(struct measuring *m, const json_t *runs);
	void (*write_text)(struct measuring *m, FILE *out, bool colour);
};

/* Returns as the function of command_run(). @m, all 0, may be the first member of a larger struct. */
int measuring_run(
	const struct measuring_command *command, struct measuring *m, const struct call *call);

/* Rounds that were asked for; 0 if the time or the precision decides. */
uint64_t measuring_rounds_asked(const struct settings *settings);

/* Says on standard error that @share of the work (0 to 1) is done, what runs (the formatted text), and
 * about how long it takes: on a terminal a line that is rewritten, from the first second on;
 * elsewhere one line, once, if the measurement takes more than five seconds. */
__attribute__((format(printf, 3, 4))) void measuring_progress(
	struct measuring *m, double share, const char *format, ...);

/*
 * Runs the command settings->runs times with the same arguments, each time in a new process, and
 * appends the result files to *@runs, a new array. 0; -EINTR if interrupted, with the results of the
 * completed runs; or another negative errno with m->why.
 */
int runs_measure(struct measuring *m, json_t **runs);

#endif
