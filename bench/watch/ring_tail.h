/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds the last records before a boundary without knowing where any of them begins: records that
 * were consumed, and written before the watching began.
 */
#ifndef BENCH_RING_TAIL_H
#define BENCH_RING_TAIL_H

#include "watch/ring_walk.h"

/* The most bytes that are searched. */
#define RING_TAIL_BYTES ((uint64_t)16 << 20)

/* How many records have to precede a place for it to count as a record. */
#define RING_TAIL_DEPTH 8

/*
 * Finds up to @most records that end at @end, a record's boundary at or before the producer
 * position, and puts them into @records, the newest first. Returns how many, or -ENOMEM.
 *
 * A header holds its record's length and the page of the ring that it lies in. So records are a
 * chain of headers, each with the right page, that ends exactly at @end. A payload may contain
 * headers of the previous lap, which lead there too. If such a chain is as long as the other, the
 * search ends there, as either may be right. The caller has to check by ring_is_intact() whether a
 * record was overwritten meanwhile.
 */
long ring_tail(const struct ring_access *ring, uint64_t end, uint64_t producer,
	struct ring_record *records, size_t most);

#endif
