/* SPDX-License-Identifier: BSD-2-Clause */
#include "statistics/samples.h"

#include <math.h>

/* Comparisons with NaN are false, so a NaN is out of every range. */
static bool samples_within(const double *samples, size_t count, double lowest)
{
	if (count < 1 || count > STATISTICS_ROUNDS_MAX)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!(samples[i] >= lowest && samples[i] <= SAMPLE_MAGNITUDE_MAX))
			return false;
	}
	return true;
}

bool samples_usable(const double *samples, size_t count)
{
	return samples_within(samples, count, -SAMPLE_MAGNITUDE_MAX);
}

bool samples_positive(const double *samples, size_t count)
{
	return samples_within(samples, count, 1 / SAMPLE_MAGNITUDE_MAX);
}

void samples_sort(double *samples, size_t count)
{
	/* Steps of Ciura (2001); qsort() may allocate, and calls a function per comparison. */
	static const size_t steps[] = { 701, 301, 132, 57, 23, 10, 4, 1 };

	for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
		size_t step = steps[s];

		for (size_t i = step; i < count; i++) {
			double moved = samples[i];
			size_t place = i;

			for (; place >= step && samples[place - step] > moved; place -= step)
				samples[place] = samples[place - step];
			samples[place] = moved;
		}
	}
}

double sorted_quantile(const double *sorted, size_t count, double share)
{
	double rank = share * (double)(count - 1);
	size_t below = (size_t)rank;

	if (below + 1 >= count)
		return sorted[count - 1];
	return sorted[below] + (rank - (double)below) * (sorted[below + 1] - sorted[below]);
}

double sorted_median(const double *sorted, size_t count)
{
	return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
}

/* The deviations of a sorted series from its median are two sorted lists, one on each side: merging
 * them up to the middle rank gives their median without a copy or a second sort. */
double sorted_deviation(const double *sorted, size_t count)
{
	double median = sorted_median(sorted, count);
	size_t left = count / 2, right = count / 2;
	double previous = 0, deviation = 0;

	for (size_t rank = 0; rank <= count / 2; rank++) {
		double to_left = left > 0 ? median - sorted[left - 1] : INFINITY;
		double to_right = right < count ? sorted[right] - median : INFINITY;

		previous = deviation;
		if (to_left < to_right) {
			deviation = to_left;
			left--;
		} else {
			deviation = to_right;
			right++;
		}
	}
	return count % 2 ? deviation : (previous + deviation) / 2;
}
