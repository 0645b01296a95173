/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What changed from one result file to another: whether they can be compared, and what of each
 * path, size and way can be said. How it is shown is for the caller.
 */
#ifndef BENCH_COMPARISON_H
#define BENCH_COMPARISON_H

#include "results/result_file.h"
#include "statistics/ratio.h"

/* Smaller differences are the same, and no larger one is, unless the user says otherwise: relative.
 */
#define COMPARISON_THRESHOLD 0.02

struct comparison {
	double threshold; /* relative */
	const struct result_file *old, *new;
};

/* One path, size and way that both files have. */
struct comparison_row {
	const struct row *old, *new;
	struct ratio ratio;
	bool by_runs; /* medians of runs were compared, not rounds */
	bool limit;   /* runs nothing of any reader: what it changed by is the machine's doing */
	double drift; /* how much limits of such events changed: relative, 0 if there are none */
};

/* A fact of the environment or a setting that forbids comparing, with both values as text. */
typedef void comparison_difference_fn(
	void *context, const char *name, const char *old_value, const char *new_value);

/* Returns how many such differences there are, and reports each. Both files are of live, or none is. */
size_t comparison_differences(
	const struct comparison *comparison, comparison_difference_fn *tell, void *context);

/*
 * Fills @row for @new, of the newer file. False: the older one has no such path, size and way. The
 * verdict is verdict_of() with the threshold as tolerance, and with the noise of this row alone;
 * too noisy, too, where its limits show that the machine has changed by more than
 * VERDICT_NOISE_MOST.
 */
bool comparison_row(
	const struct comparison *comparison, const struct row *new, struct comparison_row *row);

#endif
