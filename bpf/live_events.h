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

#define LIVE_SEQUENCE_BITS EVENT_SEQUENCE_BITS

/* Without a rate events have no due time: one in this many gets the time at which it was written.
 * Reading the clock for each would cost as much as the event. */
#define LIVE_STAMP_EVERY 64

#endif
