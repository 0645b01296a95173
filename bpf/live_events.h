/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The events of `live`: what the producers write and the consumer checks.
 */
#ifndef BENCH_LIVE_EVENTS_H
#define BENCH_LIVE_EVENTS_H

#include "events.h"

/*
 * The start of each event. The words after it are sized_word(id, index of the word), the last cut
 * off where the size is not a multiple of 8, so that the consumer can see that it reads a whole
 * event.
 */
struct live_event {
	__u64 id;  /* producer << LIVE_SEQUENCE_BITS | sequence; counted on for each attempt */
	__u64 due; /* CLOCK_MONOTONIC, ns: when it was due, or written; 0: not stamped */
};

#define LIVE_SEQUENCE_BITS 48

/* Without a rate events have no due time: one in this many gets the time at which it was written.
 * Reading the clock for each would cost as much as the event. */
#define LIVE_STAMP_EVERY 64

/* Whole numbers that look random, from an event's id. */
static inline __u64 live_hash(__u64 id)
{
	__u64 hash = (id + 1) * SIZED_FACTOR;

	hash ^= hash >> 29;
	hash *= 0xbf58476d1ce4e5b9ull;
	return hash ^ (hash >> 32);
}

#define LIVE_MIXED_SIZES 5

/* The size of event @id where sizes are mixed: one of 16, 24, 64, 200 and 1000 B. */
static inline __u32 live_mixed_size(__u64 id)
{
	switch (live_hash(id) % LIVE_MIXED_SIZES) {
	case 0:
		return 16;
	case 1:
		return 24;
	case 2:
		return 64;
	case 3:
		return 200;
	default:
		return 1000;
	}
}

/* Whether event @id is discarded, where the share @discarded / 2^32 of all are. */
static inline int live_is_discarded(__u64 id, __u64 discarded)
{
	return (live_hash(~id) >> 32) < discarded;
}

#endif
