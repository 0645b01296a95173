/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts the records that wait in a ring by their headers, without consuming any.
 */
#ifndef BENCH_RING_WALK_H
#define BENCH_RING_WALK_H

#include "watch/ring_sample.h"

/* No more of them are looked at: each is a cache line that producers or a consumer may want. */
#define RING_WALK_RECORDS 1024
#define RING_WALK_BYTES ((uint64_t)256 << 10)

struct ring_walk {
	bool known;       /* nothing that was looked at was overwritten meanwhile */
	bool all;         /* to the end; else there are more */
	uint64_t records; /* with those that are busy or discarded */
	uint64_t busy, discarded;
	uint64_t bytes; /* that the records take */
};

/* Walks from the consumer position of @sample, which has to be without fault. */
void ring_walk(
	struct ring_walk *walk, const struct ring_access *ring, const struct ring_sample *sample);

#endif
