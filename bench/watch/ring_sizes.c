/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>

#include "watch/ring_sizes.h"

static uint32_t bucket_of(uint32_t length)
{
	uint32_t bits;

	if (length < RING_SIZES_EXACT)
		return length;
	bits = 31u - (uint32_t)__builtin_clz(length); /* 11 to 29 */
	return RING_SIZES_EXACT + ((bits - 11) << RING_SIZES_SUB_BITS) +
	       ((length >> (bits - RING_SIZES_SUB_BITS)) & ((1u << RING_SIZES_SUB_BITS) - 1));
}

/* The largest length of a bucket. */
static uint32_t last_of(uint32_t bucket)
{
	const uint32_t above = bucket - RING_SIZES_EXACT;
	const uint32_t bits = 11 + (above >> RING_SIZES_SUB_BITS);
	const uint32_t sub = above & ((1u << RING_SIZES_SUB_BITS) - 1);

	if (bucket < RING_SIZES_EXACT)
		return bucket;
	return (1u << bits) + ((sub + 1) << (bits - RING_SIZES_SUB_BITS)) - 1;
}

void ring_sizes_add(struct ring_sizes *sizes, uint32_t length)
{
	if (sizes->count == 0 || length < sizes->min)
		sizes->min = length;
	if (length > sizes->max)
		sizes->max = length;
	sizes->count++;
	sizes->sum += length;
	sizes->buckets[bucket_of(length)]++;
}

uint32_t ring_sizes_quantile(const struct ring_sizes *sizes, double share)
{
	const double wanted = ceil((double)sizes->count * share);
	uint64_t seen = 0;

	for (uint32_t i = 0; i < RING_SIZES_BUCKETS && sizes->count > 0; i++) {
		seen += sizes->buckets[i];
		if ((double)seen >= wanted)
			return last_of(i) < sizes->max ? last_of(i) : sizes->max;
	}
	return sizes->max;
}
