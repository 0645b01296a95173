/* SPDX-License-Identifier: BSD-2-Clause */
/* How much faster one series is than another, and how sure that is. */
#ifndef BENCH_STATISTICS_RATIO_H
#define BENCH_STATISTICS_RATIO_H

#include <stdbool.h>
#include <stddef.h>

#include "statistics/interval.h"
#include "statistics/scratch.h"
#include "statistics/verdict.h"

/* A ratio of times, so without unit; above 1 means that the second series is the faster one. */
struct ratio {
	bool valid;               /* false: no number below has a meaning, all are zero */
	bool has_interval;        /* false: too few rounds, interval is zero */
	double median;            /* the ratio */
	struct interval interval; /* its 95 % interval */
	enum verdict verdict;     /* of the second series against the first */
};

/*
 * Two series measured in the same rounds, baseline[i] and path[i] next to each other in time: the
 * median over the rounds of baseline[i] / path[i], taken in logarithms so that swapping the series
 * gives the inverse. What slows both samples of a round alike (frequency, neighbours, a move to
 * another CPU) cancels.
 *
 * The interval is interval_binomial() of the log ratios; it asks only that rounds be independent.
 * In simulations a path against itself is called faster or slower in at most 5.8 % of comparisons
 * of 5 rounds, 5.3 % of longer ones, and less than 2 % of all once the noise is measured.
 *
 * With @runs, 2 or more, the rounds are those of as many runs, equally many each: then the interval
 * is that of interval_of_runs(), from the median of each, and at least the one of the rounds.
 *
 * The verdict is verdict_of() with TOLERANCE_PAIRED and @noise_floor, relative and >= 0. With fewer
 * than INTERVAL_ROUNDS_MIN rounds there is no interval, and they are too few.
 *
 * No rounds, more than STATISTICS_ROUNDS_MAX, or a sample that is zero, negative, NaN, infinite or
 * beyond SAMPLE_MAGNITUDE_MAX: not valid, and no verdict. Equal series: ratio 1, interval of width
 * zero, same.
 */
struct ratio ratio_paired(const double *baseline, const double *path, size_t rounds, size_t runs,
	double noise_floor, struct statistics_scratch *scratch);

/*
 * Two series with nothing in common, as from two result files, perhaps of different length:
 * median(before) / median(after), with interval_bootstrap_ratio(), or what differs between the parts
 * of each series, in the order measured, if that is more. Nothing cancels here, and what
 * changed between the two runs besides the code is in neither the interval nor a noise floor
 * measured within one run: read faster and slower as "the runs differ".
 *
 * Each side needs INTERVAL_ROUNDS_MIN rounds for an interval. Validity and verdict as in
 * ratio_paired().
 */
struct ratio ratio_unpaired(const double *before, size_t before_rounds, const double *after,
	size_t after_rounds, double noise_floor, struct tolerance tolerance,
	struct statistics_scratch *scratch);

/*
 * How far one path seems to be from itself: both series are of the same path, which stands twice in
 * the schedule. Relative: 0.01 means that a difference of 1 % may be noise.
 */
struct noise {
	/* Of ratios to this path: the larger of half the width of the paired ratio's interval and
	 * the distance of the ratio from 1. INFINITY, with which nothing is decided, when
	 * ratio_paired() gives no interval: too few rounds or an unusable sample. */
	double own;
	/* Of ratios between others: as much of the distance as is more than half the width, which
	 * is no chance. How noisy this path is says nothing of them, and their own intervals do. */
	double shared;
};

/*
 * Half the width is that of the binomial interval, or, where that is less, of one from the median
 * absolute deviation: of few rounds the binomial one is the whole range, which one outlier decides.
 * Equal series: 0. The order of the two does not matter.
 */
struct noise noise_between(const double *first, const double *second, size_t rounds,
	struct statistics_scratch *scratch);

#endif
