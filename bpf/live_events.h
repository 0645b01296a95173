/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The events of `live`: what the producers write and the consumer checks.
 */
#ifndef BENCH_LIVE_EVENTS_H
#define BENCH_LIVE_EVENTS_H

#include "events.h"

/*
 * The start of each event. The words after it are sized_word(id, index of the word), the last one cut
 * if the size is not a multiple of 8. By them the consumer checks that the event is complete.
 */
struct live_event {
	__u64 id;  /* producer << LIVE_SEQUENCE_BITS | sequence, which each attempt increments */
	__u64 due; /* CLOCK_MONOTONIC, ns: when it was due, or written; 0: no time */
};

#define LIVE_SEQUENCE_BITS EVENT_SEQUENCE_BITS

/* Without a rate, events are not due at a time: one in this many has the time at which it was
 * written. Reading the clock costs as much as an event. */
#define LIVE_STAMP_EVERY 64

#endif
