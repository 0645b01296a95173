/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which samples are usable, and what a sorted series says. Units are the caller's; the benchmark uses
 * nanoseconds per event.
 */
#ifndef BENCH_STATISTICS_SAMPLES_H
#define BENCH_STATISTICS_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>

/* A longer series is refused, never shortened. */
#define STATISTICS_ROUNDS_MAX 1024

/* No measured time is larger. Below it no sum, difference or ratio of two samples overflows, so
 * nothing in this folder checks for overflow. */
#define SAMPLE_MAGNITUDE_MAX 1e100

/* Whether there are 1 to STATISTICS_ROUNDS_MAX samples, each a number no larger in magnitude than
 * SAMPLE_MAGNITUDE_MAX. One NaN or infinity makes the whole series unusable: leaving it out would
 * report a measurement that did not happen. Zero and negative values pass. */
bool samples_usable(const double *samples, size_t count);

/* As samples_usable(), and each sample is at least 1 / SAMPLE_MAGNITUDE_MAX, as ratios need. */
bool samples_positive(const double *samples, size_t count);

/* Sorts upwards in place, without allocating. The samples must not hold a NaN. */
void samples_sort(double *samples, size_t count);

/* Of samples that are sorted and at least one: */

/* The quantile at a share from 0 (smallest) to 1 (largest): type 7 of Hyndman and Fan ("Sample
 * quantiles in statistical packages", 1996), linear between the two nearest samples. */
double sorted_quantile(const double *sorted, size_t count, double share);

/* The middle sample, or the mean of the middle two. */
double sorted_median(const double *sorted, size_t count);

/* The median absolute deviation from the median (MAD), not scaled. */
double sorted_deviation(const double *sorted, size_t count);

/* For normal noise the standard deviation is this many times the MAD. */
#define SAMPLE_MAD_TO_SIGMA 1.4826

#endif
