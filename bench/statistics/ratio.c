/* SPDX-License-Identifier: BSD-2-Clause */
#include "statistics/ratio.h"

#include <math.h>
#include <string.h>

#include "statistics/samples.h"

struct ratio ratio_paired(const double *baseline, const double *path, size_t rounds,
	double noise_floor, struct statistics_scratch *scratch)
{
	struct ratio ratio = { .verdict = VERDICT_UNCLEAR };
	double *logs = scratch->sorted[0];

	if (!samples_positive(baseline, rounds) || !samples_positive(path, rounds))
		return ratio;
	for (size_t i = 0; i < rounds; i++)
		logs[i] = log(baseline[i] / path[i]);
	samples_sort(logs, rounds);

	ratio.valid = true;
	ratio.median = exp(sorted_median(logs, rounds));
	ratio.has_interval = rounds >= INTERVAL_ROUNDS_MIN;
	if (ratio.has_interval) {
		struct interval interval = interval_binomial(logs, rounds);

		ratio.interval = (struct interval){ exp(interval.low), exp(interval.high) };
		ratio.verdict = verdict_of(ratio.median, ratio.interval, noise_floor);
	}
	return ratio;
}

static const double *sorted_copy(const double *samples, size_t count, double *copy)
{
	memcpy(copy, samples, count * sizeof(*copy));
	samples_sort(copy, count);
	return copy;
}

struct ratio ratio_unpaired(const double *before, size_t before_rounds, const double *after,
	size_t after_rounds, double noise_floor, struct statistics_scratch *scratch)
{
	struct ratio ratio = { .verdict = VERDICT_UNCLEAR };

	if (!samples_positive(before, before_rounds) || !samples_positive(after, after_rounds))
		return ratio;
	before = sorted_copy(before, before_rounds, scratch->sorted[0]);
	after = sorted_copy(after, after_rounds, scratch->sorted[1]);

	ratio.valid = true;
	ratio.median = sorted_median(before, before_rounds) / sorted_median(after, after_rounds);
	ratio.has_interval =
		before_rounds >= INTERVAL_ROUNDS_MIN && after_rounds >= INTERVAL_ROUNDS_MIN;
	if (ratio.has_interval) {
		ratio.interval = interval_bootstrap_ratio(
			before, before_rounds, after, after_rounds, scratch);
		ratio.verdict = verdict_of(ratio.median, ratio.interval, noise_floor);
	}
	return ratio;
}

double noise_floor_of(const double *first, const double *second, size_t rounds,
	struct statistics_scratch *scratch)
{
	struct ratio ratio = ratio_paired(first, second, rounds, 0, scratch);

	if (!ratio.has_interval)
		return INFINITY;

	double half_width = log(ratio.interval.high / ratio.interval.low) / 2;
	double distance = fabs(log(ratio.median));

	return expm1(fmax(half_width, distance));
}
