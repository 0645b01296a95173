/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small generator for resampling, the same on every machine: SplitMix64 (Steele, Lea and Flood,
 * "Fast splittable pseudorandom number generators", OOPSLA 2014). Not for secrets.
 */
#ifndef BENCH_STATISTICS_RANDOM_H
#define BENCH_STATISTICS_RANDOM_H

#include <stdint.h>

/* Any start value is a good seed, zero too. */
struct random_stream {
	uint64_t state;
};

/* The next 64 random bits. */
static inline uint64_t random_bits(struct random_stream *stream)
{
	uint64_t bits = stream->state += 0x9e3779b97f4a7c15u;

	bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9u;
	bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebu;
	return bits ^ (bits >> 31);
}

/* A whole number from 0 to limit - 1, or 0 if limit is 0. Some numbers are likelier than others by
 * less than limit / 2^32, which no median can show. */
static inline uint32_t random_below(struct random_stream *stream, uint32_t limit)
{
	/* A multiplication maps the top bits onto the range without a division. */
	return (uint32_t)(((random_bits(stream) >> 32) * limit) >> 32);
}

#endif
