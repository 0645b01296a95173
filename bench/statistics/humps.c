/* SPDX-License-Identifier: BSD-2-Clause */
#include "statistics/humps.h"

#include <math.h>

#include "statistics/samples.h"

#define HUMP_SAMPLES_MIN 3
#define HUMP_SHARE 5 /* each hump holds at least one part in this many */
#define HUMP_GAP_SHARE 0.01

/* How many samples stand before the widest gap, among the gaps that leave "side" on each side. */
static size_t widest_gap(const double *sorted, size_t count, size_t side)
{
	size_t widest = side;

	for (size_t i = side; i <= count - side; i++) {
		if (sorted[i] - sorted[i - 1] > sorted[widest] - sorted[widest - 1])
			widest = i;
	}
	return widest;
}

bool sorted_two_humped(const double *sorted, size_t count)
{
	size_t side = (count + HUMP_SHARE - 1) / HUMP_SHARE;

	if (count < HUMPS_ROUNDS_MIN)
		return false;
	if (side < HUMP_SAMPLES_MIN)
		side = HUMP_SAMPLES_MIN;

	size_t split = widest_gap(sorted, count, side);
	double gap = sorted[split] - sorted[split - 1];
	/* The wider side judges: the narrow one of a skewed series would call its tail a hump. */
	double spread =
		SAMPLE_MAD_TO_SIGMA * fmax(sorted_deviation(sorted, split),
					      sorted_deviation(sorted + split, count - split));

	return gap > (2 + 30 / (double)count) * spread &&
	       gap > HUMP_GAP_SHARE * fabs(sorted_median(sorted, count));
}
