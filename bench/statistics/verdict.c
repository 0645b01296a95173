/* SPDX-License-Identifier: BSD-2-Clause */
#include "statistics/verdict.h"

#include <math.h>

static const struct {
	const char *name, *sign;
} verdicts[] = {
	[VERDICT_TOO_FEW] = { "too few rounds", "?" },
	[VERDICT_TOO_NOISY] = { "too noisy", "?" },
	[VERDICT_WITHIN_NOISE] = { "within noise", "?" },
	[VERDICT_SAME] = { "same", "=" },
	[VERDICT_FASTER] = { "faster", "+" },
	[VERDICT_SLOWER] = { "slower", "-" },
};

static enum verdict known(enum verdict verdict)
{
	return verdict > VERDICT_SLOWER ? VERDICT_TOO_FEW : verdict;
}

const char *verdict_name(enum verdict verdict)
{
	return verdicts[known(verdict)].name;
}

const char *verdict_sign(enum verdict verdict)
{
	return verdicts[known(verdict)].sign;
}

double verdict_threshold(double noise, struct tolerance tolerance)
{
	return fmax(noise, tolerance.least);
}

/* Written so that each NaN makes it false. */
static bool is_judgeable(double ratio, struct interval interval, double noise)
{
	return interval.low > 0 && interval.low <= ratio && ratio <= interval.high &&
	       interval.high < INFINITY && noise >= 0 && noise < INFINITY;
}

enum verdict verdict_of(
	double ratio, struct interval interval, double noise, struct tolerance tolerance)
{
	const double beyond_noise = 1 + verdict_threshold(noise, tolerance);
	const double of_matter = 1 + tolerance.margin;

	if (!is_judgeable(ratio, interval, noise))
		return VERDICT_TOO_FEW;
	if (interval.low > 1 && ratio > beyond_noise)
		return VERDICT_FASTER;
	if (interval.high < 1 && ratio < 1 / beyond_noise)
		return VERDICT_SLOWER;
	if (interval.low >= 1 / of_matter && interval.high <= of_matter &&
		noise <= tolerance.margin)
		return VERDICT_SAME;
	if (noise > VERDICT_NOISE_MOST || interval_half_width(interval) > VERDICT_NOISE_MOST)
		return VERDICT_TOO_NOISY;
	return VERDICT_WITHIN_NOISE;
}
