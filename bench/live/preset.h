/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `live -preset kernel-selftests`: the questions of the kernel's own ring buffer benchmark
 * (tools/testing/selftests/bpf/benchs/run_bench_ringbufs.sh), asked here. Each is answered by one
 * workload or several, which are its parts.
 */
#ifndef BENCH_PRESET_H
#define BENCH_PRESET_H

#include <stddef.h>
#include <stdint.h>

#include "complaint.h"
#include "live/live.h"
#include "live/live_report.h"
#include "cli/settings.h"

struct preset_question {
	const char *name;  /* in results */
	const char *title; /* in text */
};

#define PRESET_SETTING_SIZE 24
#define PRESET_NAME_SIZE 64

struct preset_part {
	const struct preset_question *question;
	char setting[PRESET_SETTING_SIZE]; /* what the parts of a question differ in; "" of one */
	struct live_workload workload;
	struct live_combination combinations[LIVE_COMBINATIONS_MAX];
	size_t combination_count;
	struct live_measurement *measurement; /* once it has been measured */
	struct live_results *results;
};

#define PRESET_PARTS_MAX 48

struct preset {
	struct preset_part parts[PRESET_PARTS_MAX];
	size_t count;
};

/* NULL at the end of the names. */
extern const struct preset_question preset_questions[];

/*
 * The parts for @settings, of which workload has what all of them share, and the combinations are
 * those to choose from; with up to as many producers as there are @cpus, but with four at least.
 * Parts that have no combination left are not there. Nothing needs to be freed.
 */
void preset_plan(struct preset *preset, const struct settings *settings, uint32_t cpus);

/* Told before each run in which part it is, of how many, and what share of that part is done. */
typedef void (*preset_progress)(void *context, size_t part, size_t parts, double share);

struct live_observer; /* of live_observe.h */

/*
 * Measures all parts, observed by @observer if it is not NULL. One for whose producers something is
 * missing is taken out, with a line on standard error, if others do without it. 0, or a negative
 * errno with @why as live_measure(). preset_free() also after an error.
 */
int preset_measure(struct preset *preset, uint64_t rounds, struct live_observer *observer,
	preset_progress progress, void *context, struct complaint *why);
void preset_free(struct preset *preset);

/* The part @setting of the question @name. NULL: there is none. */
const struct preset_part *preset_find(
	const struct preset *preset, const char *name, const char *setting);

/* NULL where it was not measured. */
const struct live_result *preset_result(
	const struct preset_part *part, struct live_combination combination);

/* "sample-rate:25", or "parallel": what the part is called in results. */
const char *preset_part_name(const struct preset_part *part, char text[PRESET_NAME_SIZE]);

struct preset_report {
	const char *command_line; /* as it was typed */
	const struct preset *preset;
	const struct live_workload *workload; /* what all parts share */
	const struct machine *environment;
	bool colour;
};

/* Writes @report in @format. 0 or -ENOMEM. */
int preset_report_write(FILE *out, const struct preset_report *report, enum format format);

/* The writers, for preset_report_write(). */
void preset_write_text(FILE *out, const struct preset_report *report);
void preset_write_words(FILE *out, const struct preset_report *report);
int preset_write_json(FILE *out, const struct preset_report *report); /* 0 or -ENOMEM */

#endif
