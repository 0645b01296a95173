/* SPDX-License-Identifier: BSD-2-Clause */
#include "statistics/summary.h"

#include <math.h>
#include <string.h>

#include "statistics/samples.h"

#define OUTLIER_SIGMAS 3.5

/* For normal noise the standard deviation is this many times the mean absolute deviation. */
#define MEAN_DEVIATION_TO_SIGMA 1.2533

#define HUMP_SAMPLES_MIN 3
#define HUMP_SHARE 5 /* each hump holds at least one part in this many */
#define HUMP_GAP_SHARE 0.01

/* How many samples are before the widest gap of those that leave "side" samples on each side. */
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
	/* The wider side decides: by the narrow one, the tail of a skewed series would be a hump. */
	double spread =
		SAMPLE_MAD_TO_SIGMA * fmax(sorted_deviation(sorted, split),
					      sorted_deviation(sorted + split, count - split));

	return gap > (2 + 30 / (double)count) * spread &&
	       gap > HUMP_GAP_SHARE * fabs(sorted_median(sorted, count));
}

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

struct summary summary_of(const double *samples, size_t count)
{
	struct summary summary = { .rounds = count };
	double sorted[STATISTICS_ROUNDS_MAX];

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
