/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Result files (ringview.result/2): read into a table, and compared.
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
 * nothing in it. Returns 0 or a negative errno with @why. */
int result_file_read(struct result_file *file, const char *name, struct complaint *why);
/* Its two steps: loads the documents of a file into an array, NULL with @why; and reads the runs in
 * @runs, whose reference it takes. @name and the number of the first run are for @why. */
json_t *result_file_load(const char *name, struct complaint *why);
int result_file_take(struct result_file *file, const char *name, json_t *runs, size_t first,
	struct complaint *why);
void result_file_free(struct result_file *file);

/* The row that an element of ratios[] or noise[] is of, or (@baseline) is compared with. NULL: none. */
struct row *result_file_row(const struct result_file *file, const json_t *element, bool baseline);

/* Fills @table with the rounds of all documents of @runs, one run after the other, and sets
 * table->runs, workload and more. Rows that not all runs have are left out, as peers may fail.
 * Latencies are medians over the runs. Returns 0; -EINVAL if no rows are left or have too many rounds. */
int table_take_runs(struct table *table, json_t *runs);

/* The median of a number in the member @object of the elements of @list; 0 if none has it. */
double median_in(const json_t *list, const char *object, const char *name);

/* The default of -threshold, relative: smaller differences are the same. */
#define COMPARISON_THRESHOLD 0.02

/* A row that both files have. */
struct comparison_row {
	const struct row *old, *new;
	struct ratio ratio; /* too noisy also if the limits changed by comparison_drift_most() */
	bool by_runs;       /* medians of runs were compared, instead of rounds */
	double drift;       /* relative change of the limits for such events; 0 without limits */
	const char *worse;  /* of live: what makes it slower whatever the ratio, or NULL */
};

/* Two files, both of live or neither. */
struct comparison {
	double threshold; /* relative */
	const struct result_file *old, *new;
	enum metric metric;          /* which is compared: at a rate, CPU time instead of time */
	struct comparison_row *rows; /* in the arena, @count */
	size_t count;
	size_t found[VERDICT_SLOWER + 1], undecided; /* rows of each verdict, without limits */
	bool doubtful; /* no success: undecided rows, a noisy file, or readers that only OLD has */
	double drift;  /* the largest of all rows */
};

/* If the limits changed by more, rows are too noisy: of a tolerant comparison, the threshold. */
static inline double comparison_drift_most(const struct comparison *c)
{
	return fmax(c->threshold, VERDICT_NOISE_MOST);
}

/* The row of the same reader and stream. NULL: there is none. */
const struct row *comparison_find_row(const struct result_file *file, const struct row *like);
/* Fills the rest. */
void comparison_find(struct comparison *comparison);
/* Returns the facts of the machine and settings that differ, with which files must not be compared: an
 * array of [name, old value, new value], all texts. The caller releases it. */
json_t *comparison_differences(const struct comparison *comparison);

#endif
