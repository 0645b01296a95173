/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A measurement of live in the table of results.
 */
#ifndef BENCH_LIVE_TABLE_H
#define BENCH_LIVE_TABLE_H

#include "rings/workload.h"
#include "measure/live_advise.h"
#include "results/table.h"

/* Adds a group with the results of @measurement. @question: of a preset, which gives the group
 * settings of its own; or "". */
void live_add_group(
	struct table *table, const struct measurement *measurement, const char *question);

/* Adds names in the Go format and verdicts to rows from @first on. */
void live_finish_rows(struct table *table, size_t first, const struct measurement *measurement,
	const char *question);

/* The settings of the workload, and the cost of an event to its producer without a reader. */
json_t *live_workload_json(const struct measurement *measurement);

/* The member of the file for the advice. */
json_t *live_advice_json(const struct live_advice *advice);

/* Sets row->verdict and row->limited: what limits the row and what to change. */
void live_judge(
	struct table *table, struct row *row, const struct workload *workload, double alone_ns);

/* Of the events that were not discarded. */
static inline double row_lost_share(const struct row *row)
{
	const double lost = row_value(row, METRIC_LOST);

	return lost > 0 ? lost / (lost + row_value(row, METRIC_CONSUMED)) : 0;
}

/* "default", "never", "force" or "sampled:16". */
#define LIVE_TEXT_SIZE 64
const char *live_notify_text(const struct workload *workload, char text[LIVE_TEXT_SIZE]);

/* @advice: NULL without -advise. */
void live_write_text(FILE *out, const struct table *table, const struct measurement *measurement,
	const struct live_advice *advice, bool colour, bool verbose);

#endif
