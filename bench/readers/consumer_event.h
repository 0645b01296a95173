/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the consumer does with each event. The same code, inlined, whoever hands the event out.
 */
#ifndef BENCH_CONSUMER_EVENT_H
#define BENCH_CONSUMER_EVENT_H

#include <errno.h>

#include "readers/consumer.h"
#include "base/monotonic.h"

/* Says what is wrong with an event. Returns -EBADMSG. */
int consumer_wrong_event(struct consumer *c, const void *data, size_t length);

static inline bool consumer_should_stop(const struct consumer *c)
{
	/* Acquire: pairs with the release in consumer_stop(). What producers did before is in the
	 * rings then. */
	return __atomic_load_n(&c->stop, __ATOMIC_ACQUIRE);
}

/* Events that were all due before the clock was read, and that no wait parts, are handled within
 * nanoseconds: to read the clock for each would cost more than they do. One in so many does. */
#define CLOCK_EVERY 8

static inline int64_t handled_at(struct consumer *c, int64_t due)
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
static inline int consumer_handle(struct consumer *c, const void *data, size_t length)
{
	const event_word *words = data; /* id and due of struct live_event first */
	const uint32_t size = c->workload->event_size;
	struct consumer_stream *stream;
	uint64_t id, producer, sequence;
	int64_t due;

	if (__builtin_expect(length < sizeof(struct live_event), 0))
		return consumer_wrong_event(c, data, length);
	id = words[0];
	producer = id >> LIVE_SEQUENCE_BITS;
	sequence = id & ((UINT64_C(1) << LIVE_SEQUENCE_BITS) - 1);
	stream = &c->streams[producer % LIVE_PRODUCERS_MAX];
	/* The last whole word was written last: with it, the event is complete. */
	if (__builtin_expect(producer >= c->workload->producers || sequence < stream->next ||
				     length != (size ? size : live_mixed_size(id)) ||
				     (length >= 24 && words[length / 8 - 1] !=
							      sized_word(id, length / 8 - 1)),
		    0))
		return consumer_wrong_event(c, data, length);
	stream->next = sequence + 1;
	stream->read++;
	due = (int64_t)words[1];
	if (due) {
		const int64_t late = handled_at(c, due) + c->saved_ns - due;

		/* Clocks of two CPUs may differ by some nanoseconds. */
		histogram_add(c->latency, late > 0 ? (uint64_t)late : 0);
	}
	if (c->work.steps > 0) {
		/* Also in the middle of a read, which may have a ring full of such work. */
		c->finishing |= consumer_should_stop(c);
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
