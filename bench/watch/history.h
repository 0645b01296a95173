/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What samples of a ring, one after the other, say together: rates, stalls, whether it fills up.
 * Pure: the times are those of the samples.
 */
#ifndef BENCH_WATCH_HISTORY_H
#define BENCH_WATCH_HISTORY_H

#include "watch/ring_sample.h"
#include "watch/ring_walk.h"

struct watch_history {
	uint64_t size; /* of the ring */
	bool begun;
	struct ring_sample last;

	/* Of the current interval. */
	struct ring_sample first; /* the last of the interval before */
	uint64_t written, consumed;
	uint64_t lowest; /* bytes waiting */
	uint64_t interval_high;

	/* Since the beginning. */
	uint64_t lowest_before; /* of the interval before; UINT64_MAX: there was none */
	uint64_t high_water;
	int64_t moved_ns; /* when the consumer was last seen to move, or the beginning */
	int64_t still_ns; /* since when it stands still though bytes wait; -1: it does not */
	int64_t busy_ns;  /* since when the oldest record is the same one and busy; -1: it is not */
	bool full;
	uint64_t full_episodes;
	int64_t full_ns;     /* time in them */
	uint64_t moved_back; /* times that the consumer position went backwards */
};

/* At the end of an interval. */
struct watch_figures {
	struct ring_sample sample; /* the last */
	double fill;               /* 0 to 1 */
	double written_per_s;      /* bytes, headers included */
	double consumed_per_s;
	double records_per_s; /* written, from the mean size of those that wait; NAN: not known */
	uint64_t high_water;  /* bytes; of all samples */
	uint64_t interval_high;
	int64_t still_ns;   /* how long the consumer has not moved */
	int64_t stalled_ns; /* how long it has not moved while bytes waited; 0: it moves */
	int64_t busy_ns;    /* how long the oldest record has been reserved; 0: it is not */
	int64_t full_in_ns; /* at the rate at which it fills up; 0: it is full; -1: it does not */
	bool full;
	uint64_t full_episodes;
	int64_t full_ns;
	uint64_t moved_back;
	struct ring_walk walk;
};

void watch_history_begin(struct watch_history *history, uint64_t size);

void watch_history_add(struct watch_history *history, const struct ring_sample *sample);

/* Ends the interval with the sample that was added last, and begins the next. There have to be two
 * samples at least. @walk: of the records that waited at that sample, or at one in the interval. */
void watch_history_figures(
	struct watch_history *history, const struct ring_walk *walk, struct watch_figures *figures);

#endif
