/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A live run in the table of results, and as people read it.
 */
#ifndef BENCH_LIVE_TABLE_H
#define BENCH_LIVE_TABLE_H

#include "rings/workload.h"
#include "measure/live_advise.h"
#include "results/table.h"

/* Adds what @measurement found, as the answer to @question of a preset, or "". With a question, the
 * group has the settings of its own. */
void live_add_group(
	struct table *table, const struct measurement *measurement, const char *question);

/* What rows from @first on lack that were read from result files: names, and what limits them. */
void live_finish_rows(struct table *table, size_t first, const struct measurement *measurement,
	const char *question);

/* The settings of a workload; what an event costs its producer with nobody reading, if it is known.
 */
json_t *live_workload_json(const struct measurement *measurement);

/* A member of the file: the advice. */
json_t *live_advice_json(const struct live_advice *advice);

/* What limits a row, and what to change: one or more sentences, for a terminal and for the file, to
 * be freed. NULL: out of memory. */
char *live_verdict(const struct table *table, const struct row *row,
	const struct workload *workload, double alone_ns);

/* The same in a few words, which rows may share: "the producers; notifications". */
#define LIVE_LIMIT_SIZE 64
const char *live_limit(const struct table *table, const struct row *row,
	const struct workload *workload, double alone_ns, char text[LIVE_LIMIT_SIZE]);

/* "default", "never", "force" or "sampled:16". */
#define LIVE_NOTIFY_SIZE 32
const char *live_notify_text(const struct workload *workload, char *text, size_t size);

/* "max", "500000" or "burst:2000/20ms". */
#define LIVE_RATE_SIZE 64
const char *live_rate_text(const struct workload *workload, char *text, size_t size);

/* @advice: NULL, none was asked for. @verbose as in results/texts.h. */
void live_write_text(FILE *out, const struct table *table,
	const struct measurement *measurement, const struct live_advice *advice, bool colour,
	bool verbose);

#endif
