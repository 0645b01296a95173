/* SPDX-License-Identifier: BSD-2-Clause */
/* What a ratio, its interval and the noise of the machine allow to claim. */
#ifndef BENCH_STATISTICS_VERDICT_H
#define BENCH_STATISTICS_VERDICT_H

#include <stdbool.h>

#include "statistics/interval.h"

/* Too few is zero, so that an unfilled result claims nothing. The first three decide nothing. */
enum verdict {
	VERDICT_TOO_FEW,   /* rounds: there is no interval */
	VERDICT_TOO_NOISY, /* a difference of VERDICT_NOISE_MOST could not be seen */
	VERDICT_WITHIN_NOISE,
	VERDICT_SAME,
	VERDICT_FASTER,
	VERDICT_SLOWER,
};

/* "too few rounds", "too noisy", "within noise", "same", "faster", "slower"; the first for any other
 * value. */
const char *verdict_name(enum verdict verdict);

/* The same in a column of a table: "+", "-", "=", or "?" if it decides nothing. */
const char *verdict_sign(enum verdict verdict);

static inline bool verdict_decides(enum verdict verdict)
{
	return verdict >= VERDICT_SAME && verdict <= VERDICT_SLOWER;
}

/* Relative, 0.01 for 1 %, as all noise and tolerance here. */
#define VERDICT_NOISE_MOST 0.05

struct tolerance {
	double least;  /* a smaller difference is not called faster or slower */
	double margin; /* same: the difference is shown to be smaller */
};

/* For series measured in the same rounds. */
#define TOLERANCE_PAIRED ((struct tolerance){ 0.005, 0.02 })

/* The smallest difference that is called faster or slower: the noise, at least tolerance.least. */
double verdict_threshold(double noise, struct tolerance tolerance);

/*
 * Judges a ratio of times, reference / measured: above 1 the measured side is faster. With the
 * threshold t and the margin m:
 *
 * - faster: the whole interval is above 1 and the ratio above 1 + t;
 * - slower: the whole interval is below 1 and the ratio below 1 / (1 + t);
 * - same: neither, the whole interval lies from 1 / (1 + m) to 1 + m, and the noise is at most m. So
 *   any difference is shown to be smaller than m (an equivalence test: Schuirmann, 1987);
 * - too noisy: none of these, and the noise or half of the interval exceeds VERDICT_NOISE_MOST;
 * - within noise: all else.
 *
 * Too few rounds if any number is NaN or infinite, the noise is negative, the ratio or an end of its
 * interval is not positive, or the ratio lies outside its interval.
 */
enum verdict verdict_of(
	double ratio, struct interval interval, double noise, struct tolerance tolerance);

#endif
