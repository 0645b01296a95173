/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `live -preset kernel-selftests`: the questions of the kernel's own ring buffer benchmark, asked
 * here. The data file kernel-selftests.preset has them as flags of live, with the figures that were
 * published.
 */
#ifndef BENCH_PRESET_H
#define BENCH_PRESET_H

#include "cli/settings.h"
#include "base/complaint.h"
#include "measure/live_observe.h"
#include "results/table.h"

#define PRESET_PUBLISHED_SOURCE                                                                 \
	"kernel commit c97099b0f227 (\"bpf: Add BPF ringbuf and perf buffer benchmarks\", May " \
	"2020), as in its mail 20200529075424.3139988-5-andriin@fb.com"
#define PRESET_PUBLISHED_MACHINE "28-core/56-thread Intel Xeon CPU E5-2680 v4 @ 2.40GHz"

#define PRESET_PARTS_MAX 48
#define PRESET_FIGURES_MAX 8
#define PRESET_REMARKS_MAX 16

/* Of another machine: million events a second, each a mean and what it deviates by. */
struct preset_figure {
	char reader[16]; /* as it is called there */
	double consumed, consumed_deviation, lost, lost_deviation;
};

/* A question with one setting. Those that were not asked here have no combination. */
struct preset_part {
	char question[ROW_NAME_SIZE], setting[24], name[ROW_NAME_SIZE], title[96];
	struct workload workload;
	struct combination combinations[COMBINATIONS_MAX];
	size_t combination_count;
	struct preset_figure figures[PRESET_FIGURES_MAX];
	size_t figure_count;
};

/* How many times as fast is this as that: "QUESTION READER" each. */
struct preset_remark {
	char places[2][96], words[96];
};

struct preset {
	struct preset_part parts[PRESET_PARTS_MAX];
	size_t part_count;
	struct preset_remark remarks[PRESET_REMARKS_MAX];
	size_t remark_count;
};

/* Reads the data file: the parts for @settings, of which workload has what all share, and the
 * combinations are those to choose from; with up to as many producers as there are @cpus, but four
 * at least. */
void preset_read(struct preset *preset, const struct settings *settings, uint32_t cpus);

/* Told before each run in which part it is, of how many, and what share of that part is done. */
typedef void (*preset_progress)(void *context, size_t part, size_t parts, double share);

/*
 * Measures all parts into @table. One for whose producers something is missing is left out, with a
 * line on standard error, if others do without it. 0, or a negative errno with @why as
 * live_measure().
 */
int preset_measure(struct preset *preset, uint64_t rounds, struct live_observer *observer,
	preset_progress progress, void *context, struct table *table, struct complaint *why);

/* The figure of the reader there that is like the row here, by its name; NULL: there is none. */
const struct preset_figure *preset_figure_for(const struct preset_part *part, const char *name);

/* A member of the file: what was published. */
json_t *preset_published_json(const struct preset *preset);

void preset_write_text(FILE *out, const struct preset *preset, const struct table *table,
	const struct workload *shared);

#endif
