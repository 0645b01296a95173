/* SPDX-License-Identifier: BSD-2-Clause */
/* What one reader's samples look like, without reference to any other. */
#ifndef BENCH_STATISTICS_SUMMARY_H
#define BENCH_STATISTICS_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>

#include "statistics/interval.h"

/* All values in the samples' unit. */
struct summary {
	size_t rounds;     /* samples summarised; none is ever dropped */
	bool valid;        /* false: all below is zero and means nothing */
	bool has_interval; /* false: fewer than INTERVAL_ROUNDS_MIN rounds, the interval is zero */
	bool two_humped;   /* sorted_two_humped(): the median describes neither cluster */
	size_t outliers;   /* counted, and part of every other value */
	double min, median, max;
	double deviation;         /* median absolute deviation (MAD), not scaled */
	struct interval interval; /* interval_binomial() */
};

/*
 * Summarises 1 to STATISTICS_ROUNDS_MAX samples, in any order; they are not changed. Not valid if
 * they are not samples_usable().
 *
 * An outlier is further from the median than 3.5 * 1.4826 * MAD (Iglewicz and Hoaglin, "How to detect
 * and handle outliers", 1993). If more than half the samples are equal, the MAD is zero, and 1.2533 *
 * the mean absolute deviation takes the place of 1.4826 * MAD.
 */
struct summary summary_of(const double *samples, size_t count);

/* Fewer samples cannot tell two humps from chance. */
#define HUMPS_ROUNDS_MIN 8

/*
 * Whether a sorted series of usable samples falls into two clusters: the mark of a virtual CPU that
 * moved during a measurement. The series is split at its widest gap that leaves each side at least a
 * fifth of the samples and at least three, so that a few outliers make no hump. The sides are humps
 * if the gap is wider than 1 % of the median and than
 *
 *	(2 + 30 / count) * 1.4826 * the larger of the two sides' MADs
 *
 * The factor falls with count because chance gaps do; it was fitted by simulation
 * (tests/unit/test_statistics.c): noise with one hump (normal, lognormal, uniform, exponential,
 * heavy-tailed) is called two-humped in less than 5 % of series of 8 to 15 samples and about 1 % of
 * longer ones. Equal humps ten standard deviations apart are found in about 80 % of series of 10 and
 * 95 % of series of 20 or more.
 */
bool sorted_two_humped(const double *sorted, size_t count);

#endif
