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
uint64_t random_bits(struct random_stream *stream);

/* A whole number from 0 to limit - 1, or 0 if limit is 0. Some numbers are likelier than others by
 * less than limit / 2^32, which no median can show. */
uint32_t random_below(struct random_stream *stream, uint32_t limit);

#endif
