/* SPDX-License-Identifier: BSD-2-Clause */
/* What may be claimed from a ratio, its interval and the noise of the machine. */
#ifndef BENCH_STATISTICS_VERDICT_H
#define BENCH_STATISTICS_VERDICT_H

#include "statistics/interval.h"

/* Unclear is zero, so that an unfilled result claims nothing. */
enum verdict {
	VERDICT_UNCLEAR,
	VERDICT_SAME,
	VERDICT_FASTER,
	VERDICT_SLOWER,
};

/* "unclear", "same", "faster" or "slower"; "unclear" for any other value. */
const char *verdict_name(enum verdict verdict);

/*
 * The smallest relative difference that may be called faster or slower: the noise floor, but never
 * less than 0.005 (0.5 %). The noise floor is relative, 0.01 for 1 %. NaN and negative noise
 * floors, which verdict_of() refuses, give the minimum.
 */
double verdict_threshold(double noise_floor);

/*
 * The relative difference that "same" rules out: twice the threshold, never less than 0.02 (2 %).
 * It also never exceeds 0.10 (10 %): on a machine so noisy that it would, "same" says nothing.
 */
double verdict_margin(double noise_floor);

/*
 * Judges a ratio of times, reference / measured, so that above 1 the measured side is faster. With
 * t the threshold and m the margin:
 *
 * - faster: the whole interval is above 1 and the ratio above 1 + t;
 * - slower: the whole interval is below 1 and the ratio below 1 / (1 + t);
 * - same: neither, and the whole interval lies from 1 / (1 + m) to 1 + m. Any difference there is
 *   has been shown to be smaller than m (an equivalence test: Schuirmann, 1987);
 * - unclear: all else. The data do not decide.
 *
 * Unclear too when any number is NaN or infinite, the noise floor is negative, the ratio or an end
 * of its interval is not positive, or the ratio lies outside its interval.
 */
enum verdict verdict_of(double ratio, struct interval interval, double noise_floor);

#endif
