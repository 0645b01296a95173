/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What live does with each event: checks it, takes its latency, works. The same code is
 * inlined into each reader.
 */
#ifndef BENCH_LIVE_CHECK_H
#define BENCH_LIVE_CHECK_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/complaint.h"
#include "base/monotonic.h"
#include "live_producer.h"
#include "readers/bursts.h"
#include "readers/work.h"
#include "rings/workload.h"
#include "statistics/histogram.h"

/* What is read of one producer. */
struct consumer_stream {
	uint64_t next; /* sequence number: all after the last event read */
	uint64_t read; /* events */
};

/* What was read in one run. */
struct live_check {
	const struct workload *workload;
	struct work work;
	struct histogram *latency;
	struct complaint *why;
	struct bursts bursts;

	struct consumer_stream streams[LIVE_PRODUCERS_MAX];
	uint64_t consumed;
	int64_t latest_ns;     /* of an order: the latest time of an event so far, */
	uint64_t out_of_order; /* and how many came after one of a later time */
	uint32_t clock_left;   /* events that are handled at clock_ns; 0 after each wait */
	int64_t clock_ns;
	int stop;
	/* Once the producers have stopped, the work on what is left in the rings, which may take
	 * minutes, is not done but added to all times. */
	bool finishing;
	int64_t saved_ns;
	int64_t last_ns;  /* CLOCK_MONOTONIC, after the last read that found something */
	int64_t cpu_ns;   /* of the thread, from when it began to read, without that of turns */
	uint64_t lost;    /* events that perf says it had no room for; */
	bool lost_is_all; /* or else those after the last event that was read are not in it */
};

/* Says what is wrong with an event. Returns -EBADMSG. */
int live_check_wrong(struct live_check *c, const void *data, size_t length);

static inline bool live_check_should_stop(const struct live_check *c)
{
	/* Acquire: pairs with the release in consumer_stop(). What producers did before is in the
	 * rings then. */
	return __atomic_load_n(&c->stop, __ATOMIC_ACQUIRE);
}

/* Events that were all due before the clock was read, and that no wait parts, are handled within
 * nanoseconds: to read the clock for each would cost more than they do. So one event in
 * CLOCK_EVERY does. */
#define CLOCK_EVERY 8

static inline int64_t live_check_handled_at(struct live_check *c, int64_t due)
{
	if (c->clock_left == 0 || due > c->clock_ns || c->work.steps > 0) {
		c->clock_left = CLOCK_EVERY;
		c->clock_ns = monotonic_ns();
	}
	c->clock_left--;
	return c->clock_ns;
}

/* Perf's records begin where 8 divides the address, and their events 12 bytes after. */
typedef uint64_t event_word __attribute__((aligned(4), may_alias));

/* 0, or -EBADMSG with c->why. */
static inline int live_check_event(struct live_check *c, const void *data, size_t length)
{
	const event_word *words = data; /* id and due of struct live_event first */
	struct consumer_stream *stream;
	uint64_t id, producer, sequence;
	int64_t due;

	if (__builtin_expect(length < sizeof(struct live_event), 0))
		return live_check_wrong(c, data, length);
	id = words[0];
	producer = id >> LIVE_SEQUENCE_BITS;
	sequence = id & ((UINT64_C(1) << LIVE_SEQUENCE_BITS) - 1);
	stream = &c->streams[producer % LIVE_PRODUCERS_MAX];
	/* The last whole word was written last: with it, the event is complete. */
	if (__builtin_expect(producer >= c->workload->producers || sequence < stream->next ||
				     length != workload_size(c->workload, id) ||
				     (length >= 24 && words[length / 8 - 1] !=
							      sized_word(id, length / 8 - 1)),
		    0))
		return live_check_wrong(c, data, length);
	stream->next = sequence + 1;
	stream->read++;
	due = (int64_t)words[1];
	if (c->workload->order) {
		c->out_of_order += due < c->latest_ns;
		if (due > c->latest_ns)
			c->latest_ns = due;
	}
	if (due) {
		const int64_t late = live_check_handled_at(c, due) + c->saved_ns - due;

		/* Clocks of two CPUs may differ by some nanoseconds. */
		histogram_add(c->latency, late > 0 ? (uint64_t)late : 0);
		if (c->bursts.size > 0)
			bursts_add(&c->bursts, sequence, late);
	}
	if (c->work.steps > 0) {
		/* Also in the middle of a read, which may have a ring full of such work. */
		c->finishing |= live_check_should_stop(c);
		if (c->finishing)
			c->saved_ns += c->workload->work_ns;
		else
			work_do(&c->work);
	}
	/* Whole, for consumer_observe(); it costs no more than counting. */
	__atomic_store_n(&c->consumed, c->consumed + 1, __ATOMIC_RELAXED);
	return 0;
}

#endif
