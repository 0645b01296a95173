/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live -preset kernel-selftests: the questions of the kernel's own ring buffer benchmark.
 * kernel-selftests.preset has them as flags of live, with the published figures.
 */
#ifndef BENCH_PRESET_H
#define BENCH_PRESET_H

#include "base/complaint.h"
#include "cli/settings.h"
#include "measure/trial.h"
#include "results/table.h"

#define PRESET_PARTS_MAX 64
#define PRESET_FIGURES_MAX 8
#define PRESET_REMARKS_MAX 16
#define PRESET_SOURCES_MAX 4

/* Where figures were published. */
struct preset_source {
	const char *year, *machine, *text;
};

/* Of another machine: million events a second, with their deviations. */
struct preset_figure {
	char reader[16]; /* its name there */
	double consumed, consumed_deviation, lost, lost_deviation;
};

/* A question with one setting. */
struct preset_part {
	const char *name;  /* "sample-rate:25": the question and its setting */
	const char *title; /* of the question; "" after its first part */
	struct workload workload;
	bool unread; /* there is no consumer */
	bool asked;  /* false: it has too many producers, or nothing that can answer it */
	struct combination combinations[COMBINATIONS_MAX];
	size_t combination_count;
	struct preset_figure figures[PRESET_FIGURES_MAX];
	size_t figure_count;
	const struct preset_source *source; /* of the figures */
};

/* How many times as fast as places[1] is places[0]: "NAME READER" each. */
struct preset_remark {
	const char *places[2], *words;
};

struct preset {
	struct preset_part parts[PRESET_PARTS_MAX];
	struct preset_remark remarks[PRESET_REMARKS_MAX];
	struct preset_source sources[PRESET_SOURCES_MAX];
	size_t part_count, remark_count, source_count;
};

/* Reads the data file. @settings has what all parts share, and the combinations to choose from.
 * Parts with more producers than @cpus, and than 4, are not asked. */
void preset_read(struct preset *preset, const struct settings *settings, uint32_t cpus);

/* Called before each round: @part of @parts, and the share of it that is done. */
typedef void (*preset_progress)(void *context, size_t part, size_t parts, double share);

/*
 * Measures all parts into @table. Leaves out a question whose rings or producers cannot be had here,
 * with a line on standard error, unless it is the first. 0, or a negative errno with @why as
 * measure_live().
 */
int preset_measure(struct preset *preset, uint64_t rounds, struct observer *observer,
	preset_progress progress, void *context, struct table *table, struct complaint *why);

/* Whether both are parts of one question. */
bool preset_same_question(const struct preset_part *a, const struct preset_part *b);

/* The published figure of the reader that corresponds to the row with this name, or NULL. */
const struct preset_figure *preset_figure_for(const struct preset_part *part, const char *name);

/* The published figures, as a member of the result file. */
json_t *preset_published_json(const struct preset *preset);

void preset_write_text(FILE *out, const struct preset *preset, const struct table *table,
	const struct workload *shared);

#endif
