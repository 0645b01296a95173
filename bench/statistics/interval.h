/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * 95 % intervals of a median. All need a sorted series of at least INTERVAL_ROUNDS_MIN usable
 * samples; callers with fewer must say that there is no interval.
 */
#ifndef BENCH_STATISTICS_INTERVAL_H
#define BENCH_STATISTICS_INTERVAL_H

#include <stddef.h>

#include "statistics/scratch.h"

/*
 * From n samples of an unknown distribution no interval of the median is surer than its whole
 * range, which misses with chance 2^(1-n): 50 % for two samples, 12.5 % for four. Five (6.25 %)
 * are the fewest for which "95 %" is not a lie.
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
 * "Confidence intervals based on interpolated order statistics", 1986). No random numbers. With
 * five samples the whole range, 93.75 %. All samples equal: width zero. Simulated coverage: 94 to
 * 95.5 % from 6 samples up, whatever the distribution.
 */
struct interval interval_binomial(const double *sorted, size_t count);

/*
 * Of a median of logarithms, from one value a run of two or more: Student's t. It asks that the
 * runs be independent, and no more of their rounds: so what differs between runs is in it. Few runs
 * make it wide. They need not be sorted.
 */
struct interval interval_of_runs(const double *logs, size_t runs);

/*
 * The percentile bootstrap (Efron, 1979) of median(top) / median(bottom) for two independent
 * series: the 2.5 % and 97.5 % quantiles of STATISTICS_RESAMPLES ratios, each series resampled by
 * itself with a fixed seed, so the same samples always give the same interval. All samples must be
 * positive. Both series may lie in scratch->sorted. Simulated coverage: 94 to 98 %.
 */
struct interval interval_bootstrap_ratio(const double *top, size_t top_count, const double *bottom,
	size_t bottom_count, struct statistics_scratch *scratch);

#endif
