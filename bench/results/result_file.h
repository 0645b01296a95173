/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Result files (ringview.result/2) as they are read back.
 */
#ifndef BENCH_RESULT_FILE_H
#define BENCH_RESULT_FILE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/complaint.h"

/* The rounds of one path, size and way, of all runs in a file together. */
struct series {
	const char *path;     /* the texts belong to the file */
	const char *way;      /* the touch of drain and sweep, with the caches unless they are cold
				 ("fields/own"); the wait of live */
	const char *question; /* of a preset of live; else "" */
	const char *sizes;    /* the name of a mix, whose event_size is 0; else "" */
	json_int_t event_size;
	bool limit; /* runs nothing of any reader */
	size_t runs;
	double *run_medians;  /* ns an event, one a run */
	size_t rounds;        /* of all runs */
	double *ns_per_event; /* one a round; infinite where live consumed nothing */
	double median;        /* of all rounds */
	double noise_floor;   /* how far it was from itself, at most of all runs; 0: it ran but once
			       */
};

struct result_file {
	const char *name;
	json_t *runs; /* array of the documents in the file, at least one */
	struct series *series;
	size_t series_count;
	bool live;          /* all runs are of live; else none is */
	bool has_questions; /* it is of a preset */
};

/*
 * Reads a file with one run, an array of runs, or several runs one after the other. Nothing in it
 * is trusted. 0, or a negative errno with @why, which names the file and what is wrong with it.
 */
int result_file_read(struct result_file *file, const char *name, struct complaint *why);

/* The two steps of it: the documents of the file in one array, at least one, or NULL with @why; and
 * the runs @runs of it, whose reference it takes. @name is for what @why says. */
json_t *result_file_load(const char *name, struct complaint *why);
int result_file_take(
	struct result_file *file, const char *name, json_t *runs, struct complaint *why);

void result_file_free(struct result_file *file);

/* The series like @like, which may be of another file. NULL when the file has none. */
const struct series *result_file_find(const struct result_file *file, const struct series *like);

#endif
