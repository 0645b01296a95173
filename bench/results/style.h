/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of each command, and what they share: numbers for display, colour, wrapped lines, notes
 * below a table; what live adds to the table. The answer comes first, then one table and a few
 * lines that fit a terminal of 80 columns and 24 lines; with @verbose, all the rest.
 */
#ifndef BENCH_STYLE_H
#define BENCH_STYLE_H

#include <stddef.h>

#include "base/values.h"
#include "measure/measure.h"
#include "readers/reader.h"
#include "results/table.h"

#define STYLE_COLUMNS 80

/* "0.62 %"; "unknown" if it is not finite. */
const char *style_percent(double fraction);

/* " [1.15 1.21]", or "" without an interval. */
const char *style_interval(const struct ratio *ratio);
/* "1.17x libbpf [1.15 1.21]", or the name alone if the ratio is not valid. */
const char *style_ratio(const struct ratio *ratio, const char *name);

bool style_colour_wanted(void); /* standard output is a terminal without NO_COLOR (no-color.org) */
/* The escape sequences that start the colour of @verdict and end any; "" without @colour. */
const char *style_start(bool colour, enum verdict verdict);
const char *style_end(bool colour);

/* A bar for a @share of 1, in eighths of a column: "[##  ]". */
#define STYLE_FILL_COLUMNS 30
#define STYLE_FILL_SIZE (STYLE_FILL_COLUMNS * 3 + 4)
char *style_fill(char text[STYLE_FILL_SIZE], double share);

/* "22 rounds (20 asked), verified; noise 0.5 %" */
const char *style_rounds(const struct table *table);

/* Writes the words of @text in lines of at most STYLE_COLUMNS. The first continues a line that has
 * @column columns, the others begin with @margin blanks. Returns the columns of the last. */
size_t style_wrap(FILE *out, const char *text, size_t column, size_t margin);
/* The same as lines of their own, from the second on with two blanks. */
void style_write_wrapped(FILE *out, const char *text);
/* What makes the figures doubtful: a line that begins with "!", or with @verbose a line each. */
void style_write_cautions(FILE *out, const struct table *table, bool verbose);
/* Notes for -v: outliers and readers that ran at two speeds; the peers, as @what; the machine. */
void style_write_oddities(FILE *out, const struct table *table);
void style_write_peers(FILE *out, const struct peers *peers, const char *what);
void style_write_place(FILE *out, const struct table *table);

/* Stores the rows of @group but limits, in the @order of qsort() or by speed. How many there are. */
size_t style_sort(const struct table *table, const struct row_group *group,
	int (*order)(const void *, const void *), const struct row *sorted[COMBINATIONS_MAX]);
/* The width of a column with the names of these rows. */
int style_width(const struct row *const *rows, size_t count);

void drain_write_text(FILE *out, const struct table *table, bool colour, bool verbose);
void sweep_write_text(FILE *out, const struct table *table, bool colour, bool verbose);

/* The measurements of live as rows, and their text. */

/* Adds a group with the results of @measurement. */
void live_add_group(struct table *table, const struct measurement *measurement);
/* Adds names in the Go format and verdicts to all rows. */
void live_finish_rows(struct table *table, const struct measurement *measurement);
json_t *live_workload_json(const struct measurement *measurement);
json_t *live_advice_json(const struct live_advice *advice); /* an object with the member "advice" */
/* Sets row->verdict and row->limited. */
void live_judge(
	struct table *table, struct row *row, const struct workload *workload, double alone_ns);
/* Of the events that were not discarded. */
static inline double row_lost_share(const struct row *row)
{
	const double lost = row_value(row, METRIC_LOST);

	return lost > 0 ? lost / (lost + row_value(row, METRIC_CONSUMED)) : 0;
}

const char *live_notify_text(const struct workload *workload); /* "default", "sampled:16" */
/* @advice: NULL without -advise. */
void live_write_text(FILE *out, const struct table *table, const struct measurement *measurement,
	const struct live_advice *advice, bool colour, bool verbose);

#endif
