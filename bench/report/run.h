/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The runs of result files as a page shows them. A file is not trusted: what is missing, or of
 * another type, is NAN or "?".
 */
#ifndef BENCH_REPORT_RUN_H
#define BENCH_REPORT_RUN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/complaint.h"
#include "results/result_file.h"

/* The most that a page shows. */
#define RUNS_MAX 200
#define RESULTS_MAX 20000
#define READINGS_MAX 500000
#define PAGE_PATHS_MAX 40
#define PAGE_WAYS_MAX 12
#define PAGE_SIZES_MAX 1024

struct result {
	const json_t *json;
	const char *path, *way, *size; /* way: how it waited, or what it touched */
	const char *name; /* "batch", with what differs between results: "batch, 80 B, header",
			   * "batch/paced" */
	size_t path_number, way_number; /* in order of appearance */
	size_t size_number;             /* from the smallest */
	bool limit;                     /* reads what no reader could */
	int style; /* of its reader, and the dash of its way: the same all over a page */
	unsigned dash;
	double mevents_per_s, lost_percent, p99;
	const json_t *ratio; /* of speed, to run->baseline; or NULL */
	const json_t *floor; /* the same to run->floor */
	double keys[4];      /* what results are sorted by */
};

struct run_size {
	const char *text; /* "80", or the name of a mix */
	double at;        /* bytes; NAN: a mix */
};

/* A run; of a preset of live, one of its questions. */
struct run {
	const json_t *whole; /* the document in the file */
	const char *name;    /* on the page */
	const char *question;
	bool live;
	double rate; /* of live; NAN: as fast as it can be */
	const json_t *workload;
	json_t *json_results, *ratios, *noise; /* of the question */
	/* By size and way, the fastest first. At a fixed rate, at which all read as much: by loss,
	 * p99, CPU and cost to the producer. Limits are last. */
	struct result *results;
	size_t result_count;
	json_t *paths, *ways; /* names, each with its number */
	struct run_size *sizes;
	size_t size_count;
	const char *baseline; /* what the others are compared with first, or NULL */
	const char *floor;    /* a limit that is a baseline, or NULL */
};

/* The runs of one file with the same workload, together for comparing. */
struct run_group {
	size_t file;
	const char *name, *task;
	json_t *runs;
	struct result_file results; /* empty if the runs have no results (advice of live) */
};

struct runs {
	const char *const *names; /* of the files */
	size_t file_count;
	json_t **files;
	struct run *runs;
	size_t run_count;
	struct run_group *groups;
	size_t group_count;
	size_t result_count, round_count; /* of all runs */
	json_t *styles;                   /* the number of each reader, in order of appearance */
	json_t *owned;                    /* all that runs_free() frees */
};

/* Reads the files. 0, or a negative errno with @why. Call runs_free() in any case. */
int runs_read(struct runs *runs, const char *const *names, size_t count, struct complaint *why);
void runs_free(struct runs *runs);

json_t *runs_own(struct runs *runs, json_t *json); /* returns it */

/* Fills what follows from run->json_results. 0, or a negative errno with @why: it has more than a
 * page shows. */
int run_index(struct runs *runs, struct run *run, struct complaint *why);

/* The number of @name in @names, to which it is added if it is new. */
size_t run_number_of(json_t *names, const char *name);

double run_number(const json_t *object, const char *name);    /* a member; NAN */
const char *run_text(const json_t *object, const char *name); /* a member; "?" */
double run_amount(const json_t *result, const char *metric);  /* what its rounds amount to; NAN */
bool run_is_metric(const json_t *value);
size_t run_round_count(const json_t *result);

/* NULL: there is none. Of results and ratios; an element of results, ratios or noise. */
const struct result *run_at(const struct run *run, size_t path, size_t way, size_t size);
const struct result *run_find(const struct run *run, const json_t *element);

/* "batch/paced", or one word if it says both. */
const char *run_combination(const char *path, const char *wait);

int style_of(const json_t *styles, const char *path);

#endif
