/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last records before a boundary, found without knowing where any of them begins: those that
 * were consumed, and nobody saw being written.
 */
#ifndef BENCH_RING_TAIL_H
#define BENCH_RING_TAIL_H

#include "watch/ring_walk.h"

/* The most bytes that are searched. */
#define RING_TAIL_BYTES ((uint64_t)16 << 20)

/* Records that have to be before one, for it to be taken for a record. */
#define RING_TAIL_DEPTH 8

/*
 * Finds up to @most records that end at @end, a record's boundary at or before the producer
 * position, and puts them into @records, the newest first. Returns how many, or -ENOMEM.
 *
 * A header holds its record's length and the page of the ring that it lies in. So records are a
 * chain of headers, each with the right page, that ends exactly at @end. A payload may contain
 * headers of the lap before, which lead there too: where such a chain is as long as the other, it
 * is not known which is right, and the search ends there. Whether a record was overwritten
 * meanwhile is for the caller to ask (ring_is_intact()).
 */
long ring_tail(const struct ring_access *ring, uint64_t end, uint64_t producer,
	struct ring_record *records, size_t most);

#endif
