/* SPDX-License-Identifier: BSD-2-Clause */
#include <float.h>
#include <math.h>
#include <string.h>

#include "statistics/histogram.h"

void histogram_clear(struct histogram *h)
{
	memset(h, 0, sizeof(*h));
	h->min = UINT64_MAX;
}

void histogram_copy(struct histogram *to, const struct histogram *from)
{
	to->count = 0;
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		to->buckets[i] = __atomic_load_n(&from->buckets[i], __ATOMIC_RELAXED);
		to->count += to->buckets[i];
	}
	to->max = __atomic_load_n(&from->max, __ATOMIC_RELAXED);
	to->min = __atomic_load_n(&from->min, __ATOMIC_RELAXED);
}

void histogram_merge(struct histogram *to, const struct histogram *from)
{
	for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		to->buckets[i] += from->buckets[i];
	to->count += from->count;
	if (from->max > to->max)
		to->max = from->max;
	if (from->min < to->min)
		to->min = from->min;
}

/* The highest value of a bucket. The last bucket has no end. */
static uint64_t bucket_end(uint32_t bucket)
{
	const uint32_t row = bucket >> HISTOGRAM_SUB_BITS;
	const uint64_t in_row = bucket & ((1u << HISTOGRAM_SUB_BITS) - 1);

	if (bucket == HISTOGRAM_BUCKETS - 1)
		return UINT64_MAX;
	/* The first row is exact, and the second still has buckets of one value. */
	if (row == 0)
		return bucket;
	return ((in_row + (1u << HISTOGRAM_SUB_BITS) + 1) << (row - 1)) - 1;
}

/* The rank of the quantile, from 1 to the count. */
static uint64_t rank_of(double quantile, uint64_t count)
{
	/* 0.07 * 100 is above 7 as a double: subtracts the rounding error, then rounds up. */
	const double rank = ceil(quantile * (double)count * (1 - 4 * DBL_EPSILON));

	return rank >= (double)count ? count : rank > 1 ? (uint64_t)rank : 1;
}

uint64_t histogram_quantile(const struct histogram *h, double quantile)
{
	uint64_t rank, passed = 0, value;
	uint32_t bucket = 0;

	if (h->count == 0)
		return 0;
	rank = rank_of(quantile, h->count);
	/* The last value is known exactly. */
	if (rank == h->count)
		return h->max;
	while ((passed += h->buckets[bucket]) < rank)
		bucket++;
	value = bucket_end(bucket);
	return value > h->max ? h->max : value < h->min ? h->min : value;
}
