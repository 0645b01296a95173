/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What came of each burst of -rate burst:EVENTS/TIME.
 */
#ifndef BENCH_BURSTS_H
#define BENCH_BURSTS_H

#include "rings/workload.h"

struct burst {
	uint64_t read;
	int64_t late; /* the last of its events to be handled, after they were due; ns */
};

struct bursts {
	uint64_t size; /* events of each producer in a burst; 0: there are no bursts */
	size_t count;
	struct burst *list;
};

/* What they amount to: how many there were; how many lost events, and the most that one lost; how
 * long after a burst the last of its events was handled, at the median and at most, or NAN. */
struct bursts_sum {
	uint64_t bursts, losing, lost_most;
	double late_ns, late_most_ns;
};

/* 0, or -ENOMEM. */
int bursts_begin(struct bursts *bursts, const struct workload *workload);

/* Once it is known what was produced: @sequences of each producer. */
struct bursts_sum bursts_sum_up(
	const struct bursts *bursts, const struct workload *workload, const uint64_t *sequences);

void bursts_end(struct bursts *bursts);

/* Event @sequence of a producer was handled @late. Those that come after the time that was asked
 * for, while everything stops, are of no burst. */
static inline void bursts_add(struct bursts *bursts, uint64_t sequence, int64_t late)
{
	const uint64_t index = sequence / bursts->size;

	if (index >= bursts->count)
		return;
	bursts->list[index].read++;
	if (late > bursts->list[index].late)
		bursts->list[index].late = late;
}

#endif
