/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parts of live.
 */
#ifndef BENCH_LIVE_H
#define BENCH_LIVE_H

#include "cli/settings.h"
#include "measure/trial.h"
#include "results/table.h"
#include "watch/screen.h"

/* -watch: shows each run while it is under way, on standard error: on a terminal in place, four times
 * a second; else a line each second. */
struct live_watch {
	struct observer observer; /* to be given to measure_live() */
	struct observation last;  /* of the current run */
	const char *what;         /* "run" */
	size_t done, total;       /* of them */
	bool in_place;
	struct screen screen;
};

void live_watch_begin(struct live_watch *watch);

/* A run begins after @done of @total runs, which are called @what. */
void live_watch_progress(struct live_watch *watch, const char *what, size_t done, size_t total);

/* Clears the terminal's lines. */
void live_watch_end(struct live_watch *watch);

/* Writes an observation as one line; rates are since watch->last. For tests. */
void live_watch_write_line(
	FILE *out, const struct live_watch *watch, const struct observation *observation);

/*
 * -preset kernel-selftests: the questions of the kernel's own ring buffer benchmark.
 * kernel-selftests.preset has them as flags of live, with the published figures.
 */

/* Of another machine: million events a second, with their deviations. */
struct preset_figure {
	char reader[16]; /* its name there */
	double consumed, consumed_deviation, lost, lost_deviation;
};

/* A question with one setting. If its ring is overwritten, there is no consumer. */
struct preset_part {
	const char *name;  /* "sample-rate:25": the question and its setting */
	const char *title; /* of the question; "" after its first part */
	struct workload workload;
	bool asked; /* false: it has too many producers, or nothing that can answer it */
	struct combination combinations[COMBINATIONS_MAX];
	size_t combination_count;
	struct preset_figure figures[8];
	size_t figure_count;
	const struct preset_source *source; /* of the figures */
};

struct preset {
	struct preset_part parts[64];
	struct preset_remark { /* how many times as fast as places[1] is places[0] */
		const char *places[2], *words; /* "NAME READER" each */
	} remarks[16];
	struct preset_source { /* where figures were published */
		const char *year, *machine, *text;
	} sources[4];
	size_t part_count, remark_count, source_count;
	size_t done, total; /* parts that are asked */
};

/* Reads the data file. @settings has what all parts share, and the combinations to choose from.
 * Parts with more producers than @cpus, and than 4, are not asked. */
void preset_read(struct preset *preset, const struct settings *settings, uint32_t cpus);

/*
 * Measures all parts into @table, as @request says; it has no workload and no combinations. Leaves
 * out a question whose rings or producers cannot be had here, with a line on standard error, unless
 * it is the first. 0, or a negative errno with @why as measure_live().
 */
int preset_measure(struct preset *preset, const struct request *request, struct table *table,
	struct complaint *why);

/* Whether both are parts of one question. */
bool preset_same_question(const struct preset_part *a, const struct preset_part *b);

/* The published figure of the reader that corresponds to the row with this name, or NULL. */
const struct preset_figure *preset_figure_for(const struct preset_part *part, const char *name);

/* The published figures, as a member of the result file. */
json_t *preset_published_json(const struct preset *preset);

void preset_write_text(FILE *out, const struct preset *preset, const struct table *table,
	const struct workload *shared);

#endif
