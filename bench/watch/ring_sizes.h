/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long the records of a ring are.
 */
#ifndef BENCH_RING_SIZES_H
#define BENCH_RING_SIZES_H

#include <stdint.h>

#define RING_SIZES_EXACT 2048u /* lengths below it are kept exactly */
#define RING_SIZES_SUB_BITS 5  /* others to within 1/32 */
#define RING_SIZES_BUCKETS (RING_SIZES_EXACT + ((30 - 11 + 1) << RING_SIZES_SUB_BITS))

struct ring_sizes {
	uint64_t count, sum;
	uint32_t min, max;
	uint32_t buckets[RING_SIZES_BUCKETS];
};

/* @length: below 2^30, as the kernel keeps it. */
void ring_sizes_add(struct ring_sizes *sizes, uint32_t length);

/* The length that @share of the records do not exceed, 0 < @share <= 1; 0 without records. */
uint32_t ring_sizes_quantile(const struct ring_sizes *sizes, double share);

#endif
