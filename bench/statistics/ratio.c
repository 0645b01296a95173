/* SPDX-License-Identifier: BSD-2-Clause */
#include "statistics/ratio.h"

#include <math.h>
#include <string.h>

#include "statistics/samples.h"

/* Stores the log ratio of each round. False: the series are not samples_positive(). */
static bool log_ratios(const double *baseline, const double *path, size_t rounds, double *logs)
{
	if (!samples_positive(baseline, rounds) || !samples_positive(path, rounds))
		return false;
	for (size_t i = 0; i < rounds; i++)
		logs[i] = log(baseline[i] / path[i]);
	return true;
}

struct ratio ratio_paired(
	const double *baseline, const double *path, size_t rounds, size_t runs, double noise_floor)
{
	struct ratio ratio = { .verdict = VERDICT_TOO_FEW };
	double logs[STATISTICS_ROUNDS_MAX];

	if (!log_ratios(baseline, path, rounds, logs))
		return ratio;
	samples_sort(logs, rounds);
	ratio.valid = true;
	ratio.median = exp(sorted_median(logs, rounds));
	ratio.has_interval = rounds >= INTERVAL_ROUNDS_MIN;
	if (ratio.has_interval) {
		struct interval interval = interval_binomial(logs, rounds);

		if (runs > 1 && log_ratios(baseline, path, rounds, logs))
			interval = interval_with_runs(logs, rounds, runs, interval);
		ratio.interval = (struct interval){ exp(interval.low), exp(interval.high) };
		ratio.verdict =
			verdict_of(ratio.median, ratio.interval, noise_floor, TOLERANCE_PAIRED);
	}
	return ratio;
}

static const double *sorted_copy(const double *samples, size_t count, double *copy)
{
	memcpy(copy, samples, count * sizeof(*copy));
	samples_sort(copy, count);
	return copy;
}

/* Rounds near each other in time are alike, which resampling single rounds ignores. The medians of this
 * many parts of a series show it. */
#define PARTS 5
#define T_OF_PARTS 2.306 /* Student's t, 97.5 %, with 2 * (PARTS - 1) degrees of freedom */

/* The variance of the mean of the logarithms of the parts' medians. */
static double variance_by_parts(const double *samples, size_t rounds)
{
	const size_t each = rounds / PARTS;
	double part[STATISTICS_ROUNDS_MAX / PARTS], logs[PARTS], mean = 0, squares = 0;

	for (size_t i = 0; i < PARTS; i++) {
		logs[i] = log(sorted_median(sorted_copy(&samples[i * each], each, part), each));
		mean += logs[i] / PARTS;
	}
	for (size_t i = 0; i < PARTS; i++)
		squares += (logs[i] - mean) * (logs[i] - mean);
	return squares / (PARTS - 1) / PARTS;
}

struct ratio ratio_unpaired(const double *before, size_t before_rounds, const double *after,
	size_t after_rounds, double noise_floor, struct tolerance tolerance)
{
	struct ratio ratio = { .verdict = VERDICT_TOO_FEW };
	double sorted[2][STATISTICS_ROUNDS_MAX], by_parts = 0;

	if (!samples_positive(before, before_rounds) || !samples_positive(after, after_rounds))
		return ratio;
	if (before_rounds >= 2 * PARTS && after_rounds >= 2 * PARTS)
		by_parts = T_OF_PARTS * sqrt(variance_by_parts(before, before_rounds) +
						variance_by_parts(after, after_rounds));
	before = sorted_copy(before, before_rounds, sorted[0]);
	after = sorted_copy(after, after_rounds, sorted[1]);

	ratio.valid = true;
	ratio.median = sorted_median(before, before_rounds) / sorted_median(after, after_rounds);
	ratio.has_interval =
		before_rounds >= INTERVAL_ROUNDS_MIN && after_rounds >= INTERVAL_ROUNDS_MIN;
	if (ratio.has_interval) {
		ratio.interval =
			interval_bootstrap_ratio(before, before_rounds, after, after_rounds);
		ratio.interval.low = fmin(ratio.interval.low, ratio.median * exp(-by_parts));
		ratio.interval.high = fmax(ratio.interval.high, ratio.median * exp(by_parts));
		ratio.verdict = verdict_of(ratio.median, ratio.interval, noise_floor, tolerance);
	}
	return ratio;
}

/* Half the width of the 95 % interval of a median of normal samples, from their MAD; wider for few
 * samples, whose MAD is less sure. */
static double median_half_width(const double *sorted, size_t rounds)
{
	const double sigma = SAMPLE_MAD_TO_SIGMA * sorted_deviation(sorted, rounds);

	return (1.96 + 5 / (double)rounds) * 1.2533 * sigma / sqrt((double)rounds);
}

struct noise noise_between(const double *first, const double *second, size_t rounds)
{
	double logs[STATISTICS_ROUNDS_MAX];
	struct interval interval;
	double half, distance;

	if (rounds < INTERVAL_ROUNDS_MIN || !log_ratios(first, second, rounds, logs))
		return (struct noise){ INFINITY, INFINITY };
	samples_sort(logs, rounds);
	interval = interval_binomial(logs, rounds);
	half = fmin((interval.high - interval.low) / 2, median_half_width(logs, rounds));
	distance = fabs(sorted_median(logs, rounds));
	return (struct noise){ expm1(fmax(half, distance)), expm1(fmax(distance - half, 0)) };
}
