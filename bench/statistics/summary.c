/* SPDX-License-Identifier: BSD-2-Clause */
#include "statistics/summary.h"

#include <math.h>
#include <string.h>

#include "statistics/humps.h"
#include "statistics/samples.h"

#define OUTLIER_SIGMAS 3.5

/* For normal noise the standard deviation is this many times the mean absolute deviation. */
#define MEAN_DEVIATION_TO_SIGMA 1.2533

static double mean_deviation(const double *samples, size_t count, double median)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += fabs(samples[i] - median);
	return sum / (double)count;
}

static size_t count_outliers(const double *samples, size_t count, double median, double deviation)
{
	double sigma = SAMPLE_MAD_TO_SIGMA * deviation;
	size_t outliers = 0;

	if (!(sigma > 0))
		sigma = MEAN_DEVIATION_TO_SIGMA * mean_deviation(samples, count, median);
	for (size_t i = 0; i < count; i++)
		outliers += fabs(samples[i] - median) > OUTLIER_SIGMAS * sigma;
	return outliers;
}

struct summary summary_of(const double *samples, size_t count, struct statistics_scratch *scratch)
{
	struct summary summary = { .rounds = count };
	double *sorted = scratch->sorted[0];

	if (!samples_usable(samples, count))
		return summary;
	memcpy(sorted, samples, count * sizeof(*sorted));
	samples_sort(sorted, count);

	summary.valid = true;
	summary.min = sorted[0];
	summary.median = sorted_median(sorted, count);
	summary.max = sorted[count - 1];
	summary.deviation = sorted_deviation(sorted, count);
	summary.outliers = count_outliers(sorted, count, summary.median, summary.deviation);
	summary.two_humped = sorted_two_humped(sorted, count);
	summary.has_interval = count >= INTERVAL_ROUNDS_MIN;
	if (summary.has_interval)
		summary.interval = interval_binomial(sorted, count);
	return summary;
}
