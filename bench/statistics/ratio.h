/* SPDX-License-Identifier: BSD-2-Clause */
/* How much faster one series is than another, and how sure that is. */
#ifndef BENCH_STATISTICS_RATIO_H
#define BENCH_STATISTICS_RATIO_H

#include <stdbool.h>
#include <stddef.h>

#include "statistics/interval.h"
#include "statistics/verdict.h"

/* A ratio of times: above 1 the second series is the faster one. */
struct ratio {
	bool valid;               /* false: all numbers are zero and mean nothing */
	bool has_interval;        /* false: too few rounds, the interval is zero */
	double median;            /* the ratio */
	struct interval interval; /* its 95 % interval */
	enum verdict verdict;     /* of the second series against the first */
};

/*
 * Two series measured in the same rounds, baseline[i] and path[i] next to each other in time: the
 * median over the rounds of baseline[i] / path[i], in logarithms, so that swapping the series gives
 * the inverse. What slows both samples of a round alike (frequency, neighbours, another CPU) cancels.
 *
 * The interval is interval_binomial() of the log ratios, which assumes only that rounds are
 * independent. With @runs, 2 or more, the rounds are those of as many runs, equally many each, and
 * the interval is widened by interval_with_runs(). In simulations a path against itself is called
 * faster or slower in at most 5.8 % of comparisons of 5 rounds, 5.3 % of longer ones, and less than
 * 2 % once the noise is measured.
 *
 * The verdict is verdict_of() with TOLERANCE_PAIRED and @noise_floor, relative and >= 0. Fewer than
 * INTERVAL_ROUNDS_MIN rounds have no interval and are too few. Not valid if either series is not
 * samples_positive().
 */
struct ratio ratio_paired(
	const double *baseline, const double *path, size_t rounds, size_t runs, double noise_floor);

/*
 * Two series with nothing in common, as from two result files, of any length: median(before) /
 * median(after), with interval_bootstrap_ratio(), widened by what differs between parts of each
 * series, in the order measured. Nothing cancels: a change of the machine between the two is in
 * neither the interval nor the noise, so read faster and slower as "the runs differ". Intervals,
 * verdict and validity as in ratio_paired().
 */
struct ratio ratio_unpaired(const double *before, size_t before_rounds, const double *after,
	size_t after_rounds, double noise_floor, struct tolerance tolerance);

/*
 * How much one path seems to differ from itself: both series are of the same path, which is in the
 * schedule twice. Relative: at 0.01 a difference of 1 % may be noise.
 */
struct noise {
	/* For ratios to this path: the larger of half the width of the paired ratio's interval and
	 * the distance of the ratio from 1. INFINITY, with which nothing is decided, if there is no
	 * interval: too few rounds or an unusable sample. */
	double own;
	/* For ratios between others: the part of the distance beyond half the width, which is not
	 * chance. Otherwise the noise of this path says nothing of them; their intervals do. */
	double shared;
};

/* Half the width is that of the binomial interval, or of one from the MAD if that is less: of few
 * rounds the binomial one is the whole range, which one outlier decides. The order of the two does
 * not matter. */
struct noise noise_between(const double *first, const double *second, size_t rounds);

#endif
