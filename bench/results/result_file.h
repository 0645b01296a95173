/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads result files (ringview.result/2) into a table.
 */
#ifndef BENCH_RESULT_FILE_H
#define BENCH_RESULT_FILE_H

#include "base/complaint.h"
#include "results/table.h"

struct result_file {
	const char *name;
	json_t *runs; /* the documents of the file, at least one */
	/* A row has the rounds of all documents. Its value of METRIC_NS is a median that also counts
	 * rounds without events, as infinite. */
	struct table table;
	bool live; /* all runs are of live; else none is */
};

/* Reads a file with one run, an array of runs, or several runs one after the other, and trusts
 * nothing in it. Returns 0; or a negative errno with @why, which names the file and what is wrong
 * with it. */
int result_file_read(struct result_file *file, const char *name, struct complaint *why);

/* Its two steps: loads the documents of a file into an array, NULL with @why; and reads the runs in
 * @runs, whose reference it takes. @name and the number of the first run are for @why. */
json_t *result_file_load(const char *name, struct complaint *why);
int result_file_take(struct result_file *file, const char *name, json_t *runs, size_t first,
	struct complaint *why);

void result_file_free(struct result_file *file);

/* The row that an element of ratios[] or noise[] is of, or (@baseline) is compared with. NULL: none. */
struct row *result_file_row(const struct result_file *file, const json_t *element, bool baseline);

/*
 * Fills @table with the rounds of all documents of @runs, one run after the other, and sets
 * table->runs, workload and more. Rows that not all runs have are left out, as peers may fail.
 * Latencies are medians over the runs. Returns 0; -EINVAL if the runs have no rows in common, or
 * rounds differ or are too many; or -ENOMEM.
 */
int table_take_runs(struct table *table, json_t *runs);

/* The median over the runs of a measured setting; 0 if no run has it. */
double table_runs_setting(const json_t *runs, const char *name);

#endif
