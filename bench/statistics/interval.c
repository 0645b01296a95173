/* SPDX-License-Identifier: BSD-2-Clause */
#include "statistics/interval.h"

#include <math.h>

#include "statistics/random.h"
#include "statistics/samples.h"

/* 95 % inside leaves this much beyond each end. */
#define BEYOND_EACH_END 0.025

#define BOOTSTRAP_SEED 1979

/* Enough that another seed moves an end of a 95 % interval by a small part of its width. */
#define RESAMPLES 2000

double interval_half_width(struct interval interval)
{
	return expm1(log(interval.high / interval.low) / 2);
}

struct interval interval_of_runs(const double *logs, size_t runs)
{
	/* 97.5 % of Student's t, by degrees of freedom; more come down to 1.96. */
	static const double t[] = { 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262,
		2.228 };
	const size_t freedom = runs - 1, known = sizeof(t) / sizeof(t[0]);
	double mean = 0, squares = 0, half;

	for (size_t i = 0; i < runs; i++)
		mean += logs[i] / (double)runs;
	for (size_t i = 0; i < runs; i++)
		squares += (logs[i] - mean) * (logs[i] - mean);
	half = (freedom <= known ? t[freedom - 1] : 1.96 + 2.7 / (double)freedom) *
	       sqrt(squares / (double)freedom / (double)runs);
	return (struct interval){ mean - half, mean + half };
}

struct interval interval_with_runs(
	double *logs, size_t rounds, size_t runs, struct interval interval)
{
	const size_t each = rounds / runs;
	struct interval between;

	for (size_t i = 0; i < runs; i++) {
		samples_sort(&logs[i * each], each);
		logs[i] = sorted_median(&logs[i * each], each);
	}
	between = interval_of_runs(logs, runs);
	return (struct interval){ fmin(between.low, interval.low),
		fmax(between.high, interval.high) };
}

struct interval interval_binomial(const double *sorted, size_t count)
{
	const double *low = sorted, *high = sorted + count - 1;
	/* Chance that at most "depth" of the samples lie below the true median. */
	double missed = ldexp(1, -(int)count);
	double step = missed;
	size_t depth = 0;

	if (missed > BEYOND_EACH_END)
		return (struct interval){ *low, *high };

	for (;;) {
		step *= (double)(count - depth) / (double)(depth + 1);
		if (missed + step > BEYOND_EACH_END)
			break;
		missed += step;
		depth++;
	}
	low += depth;
	high -= depth;

	/* 95 % lies this far on the way to the next pair of samples inwards... */
	double part = (BEYOND_EACH_END - missed) / step;
	/* ...in chance, and this far in distance: chance grows faster towards the middle. */
	double rank = (double)depth + 1, n = (double)count;
	double weight = (n - rank) * part / (rank + (n - 2 * rank) * part);

	return (struct interval){
		low[0] + weight * (low[1] - low[0]),
		high[0] - weight * (high[0] - high[-1]),
	};
}

/* The median of one resample: counting how often each sorted sample is drawn replaces sorting the
 * resample. */
static double resample_median(struct random_stream *random, const double *sorted, size_t count)
{
	uint16_t drawn[STATISTICS_ROUNDS_MAX] = { 0 };

	for (size_t i = 0; i < count; i++)
		drawn[random_below(random, (uint32_t)count)]++;

	size_t lower = 0, seen = drawn[0];
	while (seen <= (count - 1) / 2)
		seen += drawn[++lower];
	size_t upper = lower;
	while (seen <= count / 2)
		seen += drawn[++upper];
	return (sorted[lower] + sorted[upper]) / 2;
}

struct interval interval_bootstrap_ratio(
	const double *top, size_t top_count, const double *bottom, size_t bottom_count)
{
	struct random_stream random = { BOOTSTRAP_SEED };
	double resampled[RESAMPLES];

	for (size_t i = 0; i < RESAMPLES; i++) {
		double above = resample_median(&random, top, top_count);
		double below = resample_median(&random, bottom, bottom_count);

		resampled[i] = above / below;
	}
	samples_sort(resampled, RESAMPLES);
	return (struct interval){
		sorted_quantile(resampled, RESAMPLES, BEYOND_EACH_END),
		sorted_quantile(resampled, RESAMPLES, 1 - BEYOND_EACH_END),
	};
}
