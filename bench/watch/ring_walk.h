/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads the headers of records without consuming any. Headers stay in the ring after the records
 * were consumed, until producers overwrite them a lap later. Each producer position is a record's
 * boundary, so a remembered position is where a walk can start.
 */
#ifndef BENCH_RING_WALK_H
#define BENCH_RING_WALK_H

#include "watch/ring_sample.h"

struct ring_record {
	uint64_t position;
	uint32_t length; /* of the payload */
	bool busy, discarded;
};

enum ring_walk_end {
	WALK_WHOLE,    /* came to the end */
	WALK_BUSY,     /* stands before a record that is neither submitted nor discarded */
	WALK_MOST,     /* visited as many records as it may */
	WALK_OVERTAKEN /* what comes next was overwritten, or no producer of the kernel wrote it */
};

struct ring_walk {
	uint64_t at;    /* a record's boundary; afterwards that of the first one not visited */
	uint64_t end;   /* a producer position that was loaded by ring_load_producer() */
	uint64_t most;  /* records; 0 is unlimited: the ring bounds the walk */
	bool past_busy; /* visits busy records too */
	void (*visit)(void *context, const struct ring_record *record);
	void *context;
};

/* Visits records, after checking that their headers had not been overwritten. Only loads, at most
 * one header for each 8 bytes of the ring. */
enum ring_walk_end ring_walk(struct ring_walk *walk, const struct ring_access *ring);

/* How many records wait at @sample, at most @most, and what they are. */
struct ring_waiting {
	bool known; /* nothing was overwritten meanwhile */
	bool all;   /* else there are more */
	uint64_t records, busy, discarded;
};

struct ring_waiting ring_count_waiting(
	const struct ring_access *ring, const struct ring_sample *sample, uint64_t most);

#endif
