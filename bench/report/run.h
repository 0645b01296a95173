/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The runs of result files, as a page shows them: each under a name, and with those of the same
 * workload in a file put together for comparing. What a file says is never trusted: what is not
 * there, or of another type, is NAN or "?".
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

struct run {
	const json_t *json,
		*whole;       /* whole: what is in the file; a question is only a part of it */
	size_t file, group;   /* which of struct runs */
	const char *question; /* of a preset of live, which it answers; else "" */
	char name[160];       /* on the page */
	bool live, sweep;
};

/* The runs of one file with the same workload. */
struct run_group {
	size_t file;
	const char *question;
	char name[160];
	struct result_file results; /* without any where the runs have none (advice of live) */
};

struct runs {
	const char *const *names; /* of the files */
	size_t file_count;
	json_t **files;
	json_t *parts; /* runs that were made of one in a file */
	struct run *runs;
	size_t run_count;
	struct run_group *groups;
	size_t group_count;
};

/* Reads the files. 0, or a negative errno with @why. In any case runs_free() is called after. */
int runs_read(struct runs *runs, const char *const *names, size_t count, struct complaint *why);
void runs_free(struct runs *runs);

/* Members of objects. */
double run_number(const json_t *object, const char *name);        /* NAN */
const char *run_text(const json_t *object, const char *name);     /* "?" */
const json_t *run_list(const json_t *object, const char *name);   /* has no elements */
const json_t *run_object(const json_t *object, const char *name); /* has no members */

/* Of an element of results[]: million events a second; what a metric amounts to; how many rounds
 * there are, and a metric in one of them. NAN where it is not known. */
double run_throughput(const json_t *result);
double run_amount(const json_t *result, const char *metric);
size_t run_round_count(const json_t *result);
double run_round(const json_t *result, const char *metric, size_t round);

/* How it waited, or what it touched. */
const char *run_way(const json_t *element);

/* Of an element of ratios[]: it compares times of an event. */
bool run_is_of_speed(const json_t *ratio);

/* Whether @text ends with @end, whatever the case of letters. */
bool ends_with(const char *text, const char *end);

/* How a combination of live is called, as live itself does: "batch/paced", or one word where it
 * says both. And which colour and marker its wait has on every plot. */
#define RUN_COMBINATION_SIZE 96
const char *run_combination(const char *path, const char *wait, char text[RUN_COMBINATION_SIZE]);
unsigned run_wait_style(const char *wait);

#endif
