/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compares two result files: whether they are comparable, and the verdict on each row.
 */
#ifndef BENCH_COMPARISON_H
#define BENCH_COMPARISON_H

#include "results/result_file.h"
#include "statistics/statistics.h"

/* The default of -threshold, relative: smaller differences are the same. */
#define COMPARISON_THRESHOLD 0.02

struct comparison {
	double threshold; /* relative */
	const struct result_file *old, *new;
};

/* Returns the facts of the machine and settings that differ, with which files must not be compared: an
 * array of [name, old value, new value], all texts. The caller releases it. Both files are of live, or
 * none is. */
json_t *comparison_differences(const struct comparison *comparison);

/* A row that both files have. */
struct comparison_row {
	const struct row *old, *new;
	/* The verdict is verdict_of() with the threshold as tolerance and the noise of this row; too
	 * noisy also if the limits changed by more than VERDICT_NOISE_MOST. */
	struct ratio ratio;
	bool by_runs; /* medians of runs were compared, instead of rounds */
	bool limit;   /* it runs no reader, so its change is the machine's */
	double drift; /* relative change of the limits for such events; 0 without limits */
};

/* All rows that both files have, of a calloc()ed array. */
struct comparison_rows {
	struct comparison_row *rows;
	size_t count;
	size_t found[VERDICT_SLOWER + 1]; /* rows of each verdict, without limits */
	double drift;                     /* the largest of all rows */
};

/* Returns 0 or -ENOMEM. */
int comparison_find(const struct comparison *comparison, struct comparison_rows *found);

#endif
