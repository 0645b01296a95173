/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A log-linear histogram of latencies: each power of two is split into equal buckets, so every value
 * is kept to within 1/64 of itself, in constant memory.
 */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_SUB_BITS 6 /* 64 buckets a power of two */
/* Values up to 2^40 - 1 ns, 18 minutes; larger ones go into the last bucket. */
#define HISTOGRAM_MAX_BITS 40
#define HISTOGRAM_BUCKETS ((HISTOGRAM_MAX_BITS - HISTOGRAM_SUB_BITS + 1) << HISTOGRAM_SUB_BITS)

struct histogram {
	uint64_t count;
	uint64_t max; /* exact, and not limited */
	uint64_t min; /* exact; UINT64_MAX when empty */
	uint64_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_clear(struct histogram *h);

/* Inline: it is called between events. */
static inline uint32_t histogram_bucket(uint64_t value)
{
	uint32_t shift;

	if (value >> HISTOGRAM_MAX_BITS)
		return HISTOGRAM_BUCKETS - 1;
	if (value < (1u << HISTOGRAM_SUB_BITS))
		return (uint32_t)value;
	shift = 63 - (uint32_t)__builtin_clzll(value) - HISTOGRAM_SUB_BITS;
	return (shift << HISTOGRAM_SUB_BITS) + (uint32_t)(value >> shift);
}

/* By whole words, for histogram_copy(). */
static inline void histogram_set(uint64_t *word, uint64_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELAXED);
}

static inline void histogram_add(struct histogram *h, uint64_t value)
{
	uint64_t *bucket = &h->buckets[histogram_bucket(value)];

	histogram_set(bucket, *bucket + 1);
	h->count++;
	if (value > h->max)
		histogram_set(&h->max, value);
	if (value < h->min)
		histogram_set(&h->min, value);
}

/* Copies @from while another thread may add to it: the last values may be missing, none is torn. The
 * count is that of the copied values. */
void histogram_copy(struct histogram *to, const struct histogram *from);

/* Adds all of @from to @to. */
void histogram_merge(struct histogram *to, const struct histogram *from);

/* The highest value of the bucket in which the share @quantile (0 to 1) of all values is reached,
 * limited to min and max; max for the last value and in the last, endless bucket. 0 when empty. */
uint64_t histogram_quantile(const struct histogram *h, double quantile);

#endif
