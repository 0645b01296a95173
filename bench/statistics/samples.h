/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ground under every statistic: which samples are usable, and what a sorted series says.
 * Units are the caller's (the benchmark uses nanoseconds per event).
 */
#ifndef BENCH_STATISTICS_SAMPLES_H
#define BENCH_STATISTICS_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Beyond this no measured time makes sense; below it no sum, difference or ratio of two samples
 * overflows, so nothing else in this folder has to look for overflow.
 */
#define SAMPLE_MAGNITUDE_MAX 1e100

/*
 * True when there are 1 to STATISTICS_ROUNDS_MAX samples and each is a number no larger in
 * magnitude than SAMPLE_MAGNITUDE_MAX. One NaN or infinity makes the series unusable: to leave it
 * out silently would report a measurement that did not happen. Zero and negative values pass.
 */
bool samples_usable(const double *samples, size_t count);

/*
 * As samples_usable(), and each sample lies from 1 / SAMPLE_MAGNITUDE_MAX up: what a ratio needs.
 * Zero and negative values fail.
 */
bool samples_positive(const double *samples, size_t count);

/* Sorts upwards in place (Shell's method, no memory). The samples must not hold a NaN. */
void samples_sort(double *samples, size_t count);

/*
 * The quantile at a share from 0 (smallest) to 1 (largest): type 7 of Hyndman and Fan ("Sample
 * quantiles in statistical packages", 1996), linear between the two nearest samples, as R and
 * NumPy do by default. With one sample, that sample. Sorted and count >= 1.
 */
double sorted_quantile(const double *sorted, size_t count, double share);

/* The middle sample, or the mean of the middle two. Sorted and count >= 1. */
double sorted_median(const double *sorted, size_t count);

/*
 * The median absolute deviation from the median (MAD), not scaled; SAMPLE_MAD_TO_SIGMA makes it
 * comparable to a standard deviation. Zero with one sample and whenever more than half the samples
 * are equal. Sorted and count >= 1.
 */
double sorted_deviation(const double *sorted, size_t count);

/* For normal noise the standard deviation is this many times the MAD. */
#define SAMPLE_MAD_TO_SIGMA 1.4826

#endif
