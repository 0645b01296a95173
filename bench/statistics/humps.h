/* SPDX-License-Identifier: BSD-2-Clause */
/* Two clusters in one series: the mark of a virtual CPU that moved during a measurement. */
#ifndef BENCH_STATISTICS_HUMPS_H
#define BENCH_STATISTICS_HUMPS_H

#include <stdbool.h>
#include <stddef.h>

/* Fewer samples cannot tell two humps from chance. */
#define HUMPS_ROUNDS_MIN 8

/*
 * True when the sorted series falls into two clusters. The series is split at its widest gap that
 * leaves each side at least a fifth of the samples and at least three, so that a few outliers
 * make no hump. The sides are humps when the gap is wider than
 *
 *	(2 + 30 / count) * 1.4826 * the larger of the two sides' MADs
 *
 * and wider than 1 % of the median (humps closer than that harm no comparison; it also keeps two
 * neighbouring ticks of a coarse clock from counting). The factor falls with count because chance
 * gaps do; it was fitted by simulation, see tests/unit/test_statistics.c: one-humped noise
 * (normal, lognormal, uniform, exponential, heavy-tailed) is called two-humped in less than 5 % of
 * series of 8 to 15 samples and about 1 % of longer ones. Equal humps ten standard deviations
 * apart are found in about 80 % of series of 10 and 95 % of series of 20 or more; fifteen apart,
 * almost always; six apart, seldom.
 *
 * False for fewer than HUMPS_ROUNDS_MIN samples and when all are equal. The samples must be usable
 * and sorted.
 */
bool sorted_two_humped(const double *sorted, size_t count);

#endif
