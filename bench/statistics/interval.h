/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 95 % intervals of a median. Except for interval_of_runs() they need at least INTERVAL_ROUNDS_MIN
 * usable, sorted samples.
 */
#ifndef BENCH_STATISTICS_INTERVAL_H
#define BENCH_STATISTICS_INTERVAL_H

#include <stddef.h>

/*
 * The surest interval of a median of n samples of an unknown distribution is their whole range, which
 * misses with probability 2^(1-n): 12.5 % for four samples, 6.25 % for five, the fewest for which
 * "95 %" is not a lie.
 */
#define INTERVAL_ROUNDS_MIN 5

struct interval {
	double low, high;
};

/* Half of the width of an interval of positive numbers, relative: 0.01 is 1 %. */
double interval_half_width(struct interval interval);

/*
 * The interval between two order statistics that the binomial distribution gives exactly for any
 * distribution, interpolated to 95 % between neighbouring ranks (Hettmansperger and Sheather,
 * "Confidence intervals based on interpolated order statistics", 1986). With five samples the whole
 * range, 93.75 %. Simulated coverage: 94 to 95.5 % from 6 samples up, whatever the distribution.
 */
struct interval interval_binomial(const double *sorted, size_t count);

/*
 * The interval of a median of logarithms, from one value a run of two or more: Student's t. It
 * assumes that runs are independent, not that their rounds are, so it contains what differs between
 * runs. Few runs make it wide. They need not be sorted.
 */
struct interval interval_of_runs(const double *logs, size_t runs);

/* Widens @interval, of logarithms of the rounds of as many runs, equally many each, to that of the
 * runs' medians. Reorders @logs. */
struct interval interval_with_runs(
	double *logs, size_t rounds, size_t runs, struct interval interval);

/*
 * The percentile bootstrap (Efron, 1979) of median(top) / median(bottom) for two independent series
 * of positive samples: the 2.5 % and 97.5 % quantiles of ratios of resampled series. The random
 * seed is fixed, so the same samples give the same interval. Simulated coverage: 94 to 98 %.
 */
struct interval interval_bootstrap_ratio(
	const double *top, size_t top_count, const double *bottom, size_t bottom_count);

#endif
