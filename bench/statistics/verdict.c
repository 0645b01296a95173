/* SPDX-License-Identifier: BSD-2-Clause */
#include "statistics/verdict.h"

#include <math.h>
#include <stdbool.h>

#define THRESHOLD_MIN 0.005
#define MARGIN_MIN 0.02
#define MARGIN_MAX 0.10

const char *verdict_name(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_SAME:
		return "same";
	case VERDICT_FASTER:
		return "faster";
	case VERDICT_SLOWER:
		return "slower";
	case VERDICT_UNCLEAR:
		break;
	}
	return "unclear";
}

double verdict_threshold(double noise_floor)
{
	return fmax(noise_floor, THRESHOLD_MIN);
}

double verdict_margin(double noise_floor)
{
	return fmin(fmax(2 * verdict_threshold(noise_floor), MARGIN_MIN), MARGIN_MAX);
}

/* Written so that each NaN makes it false. */
static bool is_judgeable(double ratio, struct interval interval, double noise_floor)
{
	return interval.low > 0 && interval.low <= ratio && ratio <= interval.high &&
	       interval.high < INFINITY && noise_floor >= 0 && noise_floor < INFINITY;
}

enum verdict verdict_of(double ratio, struct interval interval, double noise_floor)
{
	double beyond_noise = 1 + verdict_threshold(noise_floor);
	double of_matter = 1 + verdict_margin(noise_floor);

	if (!is_judgeable(ratio, interval, noise_floor))
		return VERDICT_UNCLEAR;
	if (interval.low > 1 && ratio > beyond_noise)
		return VERDICT_FASTER;
	if (interval.high < 1 && ratio < 1 / beyond_noise)
		return VERDICT_SLOWER;
	if (interval.low >= 1 / of_matter && interval.high <= of_matter)
		return VERDICT_SAME;
	return VERDICT_UNCLEAR;
}
