/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is done with each event, inlined into the loop of each reader: in drain a touching, in live
 * a check, which also records its latency and does the work.
 */
#ifndef BENCH_LIVE_CHECK_H
#define BENCH_LIVE_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/monotonic.h"
#include "readers/reader.h"
#include "readers/work.h"
#include "statistics/histogram.h"

/* The bursts of -rate burst:EVENTS/TIME. */
struct bursts {
	uint64_t size; /* events of each producer in a burst; 0: there are no bursts */
	size_t count;
	struct burst {
		uint64_t read; /* events */
		int64_t late;  /* ns from when it was due until its last event was handled */
	} * list;
};

/* The events read in one run. */
struct live_check {
	const struct workload *workload;
	uint64_t work_steps; /* for each event */
	struct histogram *latency;
	struct complaint *why;
	struct bursts bursts;

	struct consumer_stream {
		uint64_t next;         /* sequence number after the last event read */
		uint64_t read;         /* events */
	} streams[LIVE_PRODUCERS_MAX]; /* of each producer */
	uint64_t consumed;
	int64_t latest_ns;     /* with an order: the latest due time of an event so far */
	uint64_t out_of_order; /* with an order: events that came after one due later */
	uint32_t clock_left; /* further events that count as handled at clock_ns; 0 after a wait */
	int64_t clock_ns;
	int stop;
	/* Once the producers have stopped, the work on the events that are left, which may take
	 * minutes, is not done but added to all times. */
	bool finishing;
	int64_t saved_ns;
	int64_t last_ns;  /* CLOCK_MONOTONIC, after the last read that found an event */
	int64_t cpu_ns;   /* of the thread since it began to read, without that of turns */
	uint64_t lost;    /* events that perf reports as lost */
	bool lost_is_all; /* false: events lost after the last one read are missing in @lost */
};

/* Sets c->why to what is wrong with an event. Returns -EBADMSG. */
int live_check_wrong(struct live_check *c, const void *data, size_t length);

static inline bool live_check_should_stop(const struct live_check *c)
{
	/* Acquire: pairs with the release in stop_consumer(). The rings hold all that was written. */
	return __atomic_load_n(&c->stop, __ATOMIC_ACQUIRE);
}

/* Reading the clock costs more than handling an event. Events that were due before the last
 * reading, without a wait in between, are handled within nanoseconds of it, so one event in
 * CLOCK_EVERY reads the clock. */
#define CLOCK_EVERY 8

static inline int64_t live_check_handled_at(struct live_check *c, int64_t due)
{
	if (c->clock_left == 0 || due > c->clock_ns || c->work_steps > 0) {
		c->clock_left = CLOCK_EVERY;
		c->clock_ns = monotonic_ns();
	}
	c->clock_left--;
	return c->clock_ns;
}

/* Events in perf's records are aligned to 4 bytes. */
typedef uint64_t event_word __attribute__((aligned(4), may_alias));

/* An event @sequence of a producer was handled @late ns after it was due. Events after the duration
 * of the run, while everything stops, belong to no burst. */
static inline void bursts_add(struct bursts *bursts, uint64_t sequence, int64_t late)
{
	const uint64_t index = sequence / bursts->size;

	if (index >= bursts->count)
		return;
	bursts->list[index].read++;
	if (late > bursts->list[index].late)
		bursts->list[index].late = late;
}

/* Returns 0, or -EBADMSG with c->why. */
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
	/* The producer wrote the last whole word last: if it is right, the event is complete. */
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
	if (c->work_steps > 0) {
		/* Also in the middle of a read, which may find a ring full of such work. */
		c->finishing |= live_check_should_stop(c);
		if (c->finishing)
			c->saved_ns += c->workload->work_ns;
		else
			work_do(c->work_steps);
	}
	/* Atomic, for observe() of measure/trial.c. */
	__atomic_store_n(&c->consumed, c->consumed + 1, __ATOMIC_RELAXED);
	return 0;
}

/* Call it at the start of a loop, after each wait. The loop keeps the result in registers. */
ALWAYS_INLINE struct reading_result on_event_begin(int work, struct reading *r)
{
	if (work == WORK_LIVE)
		r->live->clock_left = 0;
	return r->found;
}

/* Returns 0; in live, -EBADMSG if the event is wrong. */
ALWAYS_INLINE int on_event(
	int work, struct reading *r, struct reading_result *found, const void *data, size_t length)
{
	if (work == WORK_LIVE)
		return live_check_event(r->live, data, length);
	found->checksum =
		touch_record((enum touching)work, found->checksum, data, (uint32_t)length);
	found->events++;
	return 0;
}

/* Defines @name(r, argument), which calls the always inline @loop with the work as its first
 * argument: compiled once for each work, so that nothing is decided for each record. */
#define SPECIALIZE(name, type, loop)                         \
	static int name(struct reading *r, type argument)    \
	{                                                    \
		switch (r->work) {                           \
			FOR_EACH_TOUCHING(WORK_CASE, loop)   \
		default:                                     \
			return loop(WORK_LIVE, r, argument); \
		}                                            \
	}

#define WORK_CASE(name, loop) \
	case TOUCHING_##name: \
		return loop(TOUCHING_##name, r, argument);

#endif
