/* SPDX-License-Identifier: BSD-2-Clause */
/* What one path's samples look like, without reference to any other path. */
#ifndef BENCH_STATISTICS_SUMMARY_H
#define BENCH_STATISTICS_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>

#include "statistics/interval.h"
#include "statistics/scratch.h"

/* All values in the samples' unit. */
struct summary {
	size_t rounds;     /* samples summarised; none is ever dropped */
	bool valid;        /* false: nothing below has a meaning, all is zero */
	bool has_interval; /* false: fewer than INTERVAL_ROUNDS_MIN rounds, interval is zero */
	bool two_humped;   /* the samples form two clusters, so their median describes neither */
	size_t outliers;   /* counted, and still part of every other value */
	double min, median, max;
	double deviation;         /* median absolute deviation from the median, not scaled */
	struct interval interval; /* 95 % interval of the median */
};

/*
 * Summarises 1 to STATISTICS_ROUNDS_MAX samples, in any order; they are not changed.
 *
 * The interval is interval_binomial(), humps are
 * sorted_two_humped().
 *
 * An outlier lies further from the median than 3.5 * 1.4826 * MAD (Iglewicz and Hoaglin, "How to
 * detect and handle outliers", 1993). When more than half the samples are equal the MAD is zero and
 * 1.2533 * the mean absolute deviation takes the place of 1.4826 * MAD (for normal noise both are
 * the standard deviation); when all are equal there is no outlier.
 *
 * No samples, too many, or one that is NaN, infinite or beyond SAMPLE_MAGNITUDE_MAX: not valid.
 * Zero and negative samples are numbers like any other here. One sample: it is its own median and
 * its extremes, the deviation is zero and there is no interval.
 */
struct summary summary_of(const double *samples, size_t count, struct statistics_scratch *scratch);

#endif
