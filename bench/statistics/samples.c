/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "statistics/statistics.h"

#define OUTLIER_SIGMAS 3.5

/* For normal noise the standard deviation is this many times the mean absolute deviation. */
#define MEAN_DEVIATION_TO_SIGMA 1.2533

#define HUMP_SAMPLES_MIN 3
#define HUMP_SHARE 5 /* each hump holds at least one part in this many */
#define HUMP_GAP_SHARE 0.01

/* Comparisons with NaN are false, so a NaN is out of every range. */
static bool samples_within(const double *samples, size_t count, double lowest)
{
	if (count < 1 || count > STATISTICS_ROUNDS_MAX)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!(samples[i] >= lowest && samples[i] <= SAMPLE_MAGNITUDE_MAX))
			return false;
	return true;
}

bool samples_positive(const double *samples, size_t count)
{
	return samples_within(samples, count, 1 / SAMPLE_MAGNITUDE_MAX);
}

static int compare(const void *a, const void *b)
{
	const double first = *(const double *)a, second = *(const double *)b;

	return (first > second) - (first < second);
}

void samples_sort(double *samples, size_t count)
{
	qsort(samples, count, sizeof(*samples), compare);
}

double samples_median(double *samples, size_t count)
{
	samples_sort(samples, count);
	return sorted_median(samples, count);
}

double sorted_quantile(const double *sorted, size_t count, double share)
{
	const double rank = share * (double)(count - 1);
	const size_t below = (size_t)rank;

	if (below + 1 >= count)
		return sorted[count - 1];
	return sorted[below] + (rank - (double)below) * (sorted[below + 1] - sorted[below]);
}

double sorted_median(const double *sorted, size_t count)
{
	return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
}

double sorted_deviation(const double *sorted, size_t count)
{
	const double median = sorted_median(sorted, count);
	double deviations[STATISTICS_ROUNDS_MAX];

	for (size_t i = 0; i < count; i++)
		deviations[i] = fabs(sorted[i] - median);
	return samples_median(deviations, count);
}

bool sorted_two_humped(const double *sorted, size_t count)
{
	size_t side = (count + HUMP_SHARE - 1) / HUMP_SHARE, split;
	double gap = 0, spread;

	if (count < HUMPS_ROUNDS_MIN)
		return false;
	if (side < HUMP_SAMPLES_MIN)
		side = HUMP_SAMPLES_MIN;
	split = side;
	for (size_t i = side; i <= count - side; i++)
		if (sorted[i] - sorted[i - 1] > gap) {
			split = i;
			gap = sorted[i] - sorted[i - 1];
		}
	/* The wider side decides: by the narrow one, the tail of a skewed series would be a hump. */
	spread = SAMPLE_MAD_TO_SIGMA * fmax(sorted_deviation(sorted, split),
					       sorted_deviation(sorted + split, count - split));
	return gap > (2 + 30 / (double)count) * spread &&
	       gap > HUMP_GAP_SHARE * fabs(sorted_median(sorted, count));
}

static size_t count_outliers(const double *samples, size_t count, double median, double deviation)
{
	double sigma = SAMPLE_MAD_TO_SIGMA * deviation, sum = 0;
	size_t outliers = 0;

	for (size_t i = 0; i < count; i++)
		sum += fabs(samples[i] - median);
	if (!(sigma > 0))
		sigma = MEAN_DEVIATION_TO_SIGMA * (sum / (double)count);
	for (size_t i = 0; i < count; i++)
		outliers += fabs(samples[i] - median) > OUTLIER_SIGMAS * sigma;
	return outliers;
}

struct summary summary_of(const double *samples, size_t count, size_t runs)
{
	struct summary summary = { false, false, false, 0, NAN, NAN, NAN, NAN, INTERVAL_UNKNOWN };
	double sorted[STATISTICS_ROUNDS_MAX], logs[STATISTICS_ROUNDS_MAX];
	struct interval *interval = &summary.interval, between;

	if (!samples_within(samples, count, -SAMPLE_MAGNITUDE_MAX))
		return summary;
	memcpy(sorted, samples, count * sizeof(*sorted));
	summary.valid = true;
	summary.median = samples_median(sorted, count);
	summary.min = sorted[0];
	summary.max = sorted[count - 1];
	summary.deviation = sorted_deviation(sorted, count);
	summary.outliers = count_outliers(sorted, count, summary.median, summary.deviation);
	summary.two_humped = sorted_two_humped(sorted, count);
	summary.has_interval = count >= INTERVAL_ROUNDS_MIN;
	if (!summary.has_interval)
		return summary;
	*interval = interval_binomial(sorted, count);
	if (runs > 1 && samples_positive(samples, count)) {
		for (size_t i = 0; i < count; i++)
			logs[i] = log(samples[i]);
		between = interval_of_runs(logs, count, runs);
		interval->low = fmin(interval->low, exp(between.low));
		interval->high = fmax(interval->high, exp(between.high));
	}
	return summary;
}

/* The order of rounds. */

size_t schedule_rows(size_t paths)
{
	return paths == 1 || paths % 2 == 0 ? paths : 2 * paths;
}

void schedule_fill(size_t paths, size_t row, size_t *order)
{
	row %= schedule_rows(paths);
	for (size_t i = 0; i < paths; i++) {
		/* With odd k the steps pair up only against the same rows read backwards. */
		const size_t position = row < paths ? i : paths - 1 - i;

		/* The first row zigzags, 0 1 k-1 2 k-2 ...: all steps between neighbours differ. */
		order[i] = (position % 2 ? (position + 1) / 2 : paths - position / 2) + row;
		order[i] %= paths;
	}
}

size_t schedule_rounds(size_t paths, size_t wanted)
{
	const size_t rows = schedule_rows(paths);

	return wanted == 0 ? rows : (wanted + rows - 1) / rows * rows;
}
