/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The runs of result files, as a page shows them, and those of the same workload in a file put
 * together for comparing. What a file says is never trusted: what is not there, or of another type,
 * is NAN or "?".
 */
#ifndef BENCH_REPORT_RUN_H
#define BENCH_REPORT_RUN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/complaint.h"
#include "results/result_file.h"

/* A page with more is for nobody to read. */
#define RUNS_MAX 200
#define RESULTS_MAX 20000
#define READINGS_MAX 500000
#define PAGE_PATHS_MAX 40
#define PAGE_WAYS_MAX 12
#define PAGE_SIZES_MAX 1024

/* A run; of a preset of live, which answers several questions, one of them. */
#define RUN_MIX ((json_int_t)1 << 40)

struct run {
	const json_t *whole; /* as it is in the file */
	const char *name;    /* on the page */
	const char *question;
	bool live;
	const json_t *workload;
	json_t *results, *ratios, *noise;
	/* Names in the order of the file, each with its number. */
	json_t *paths, *ways, *baselines;
	json_t *index;     /* results and ratios by their keys */
	json_int_t *sizes; /* upwards */
	size_t size_count;
	const char *baseline; /* what a page compares with first, or NULL */
	const char *floor;    /* a limit that is a baseline, or NULL */
	const json_t *styles; /* of struct runs */
};

/* The runs of one file with the same workload. */
struct run_group {
	size_t file;
	const char *name, *task;
	json_t *runs;
	struct result_file results; /* without any where the runs have none (advice of live) */
};

struct runs {
	const char *const *names; /* of the files */
	size_t file_count;
	json_t **files;
	struct run *runs;
	size_t run_count;
	struct run_group *groups;
	size_t group_count;
	json_t *styles; /* the number of each reader, in order of appearance */
	json_t *owned;  /* all that runs_free() frees */
};

/* Reads the files. 0, or a negative errno with @why. In any case runs_free() is called after. */
int runs_read(struct runs *runs, const char *const *names, size_t count, struct complaint *why);
void runs_free(struct runs *runs);

json_t *runs_own(struct runs *runs, json_t *json); /* returns it */

/* Fills what a run has by names. 0, or a negative errno with @why: no run has that many. */
int run_index(struct runs *runs, struct run *run, struct complaint *why);

/* Members of objects. */
double run_number(const json_t *object, const char *name);        /* NAN */
const char *run_text(const json_t *object, const char *name);     /* "?" */
const json_t *run_list(const json_t *object, const char *name);   /* has no elements */
const json_t *run_object(const json_t *object, const char *name); /* has no members */

/* Of a result: million events a second; what a metric amounts to; how many rounds there are, and a
 * metric in one of them. NAN where it is not known. */
double run_throughput(const json_t *result);
double run_amount(const json_t *result, const char *metric);
size_t run_round_count(const json_t *result);
double run_round(const json_t *result, const char *metric, size_t round);
bool run_is_metric(const json_t *value);
json_int_t run_size(const json_t *element); /* RUN_MIX or more: of a mix */
const char *run_size_text(const struct run *run, json_int_t size);
const char *run_way(const json_t *element); /* how it waited, or what it touched */
bool run_is_limit(const json_t *result);    /* it reads what no reader could */
bool run_is_of_speed(const json_t *ratio);  /* it compares times of an event */

/* NULL: there is none. Ratios are of speed. */
const json_t *run_result(const struct run *run, const char *path, json_int_t size, const char *way);
const json_t *run_ratio(const struct run *run, const json_t *result, const char *baseline);

/* All results, with NULL at the end. By size and touch, the fastest first; of events at a fixed
 * rate, of which all read as many, by loss, p99, CPU and the producer's cost. Limits are last. */
const json_t **run_sorted(const struct run *run);
double run_rate(const struct run *run);        /* of live; NAN: as fast as it can be */
double run_lost_percent(const json_t *result); /* of what was to be kept */

/* "batch", with what not all results of the run have in common: "batch, 80 B, header"; of live
 * "batch/paced", or one word where it says both. */
const char *run_combination(const char *path, const char *wait);
const char *run_result_name(const struct run *run, const json_t *result);

/* How its reader looks, and how its way: in all of a page. */
int style_of(const json_t *styles, const char *path);
int run_style(const struct run *run, const json_t *result);
unsigned run_dash(const struct run *run, const json_t *result);

#endif
