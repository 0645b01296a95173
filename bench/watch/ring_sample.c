/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>

#include "watch/ring_access.h"

/* If the consumer moves at each attempt it works, and the next sample will do. */
#define ATTEMPTS 8

const char *const ring_head_names[] = { "none", "ready", "busy", "discarded", "unknown" };

uint64_t ring_load_producer(const struct ring_access *ring)
{
	/* Acquire: pairs with smp_store_release(&rb->producer_pos) in __bpf_ringbuf_reserve(). */
	return __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
}

bool ring_is_intact(const struct ring_access *ring, uint64_t position)
{
	/* Orders earlier loads before that of the position, which says whether they were valid. The
	 * kernel moves it after it has written a header, so a distance of one lap is too much. */
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(ring->producer, __ATOMIC_RELAXED) - position < ring->size;
}

static enum ring_fault positions_fault(const struct ring_sample *s, uint64_t size)
{
	if (s->consumer % RING_ALIGNMENT != 0)
		return FAULT_CONSUMER_ALIGNMENT;
	if (s->producer % RING_ALIGNMENT != 0)
		return FAULT_PRODUCER_ALIGNMENT;
	/* Positions wrap around: the sign of their distance says which is ahead. */
	if ((int64_t)(s->producer - s->consumer) < 0)
		return FAULT_CONSUMER_AHEAD;
	return s->producer - s->oldest >= size ? FAULT_OVERFULL : FAULT_NONE;
}

static void load_head(struct ring_sample *s, const struct ring_access *ring)
{
	const unsigned char *header;
	struct ring_record head;

	if (s->waiting == 0)
		return;
	s->head = HEAD_UNKNOWN;
	header = ring->data(ring->context, s->oldest % ring->size, RING_HEADER);
	if (!header)
		return;
	head = ring_record_load(header, s->oldest);
	if (ring_stride(head.length) > s->waiting) {
		s->fault = FAULT_HEADER;
		return;
	}
	s->head_stride = (uint32_t)ring_stride(head.length);
	s->head = head.busy ? HEAD_BUSY : head.discarded ? HEAD_DISCARDED : HEAD_READY;
}

/* Call it after the load of the producer position, which is then at most a lap ahead. */
static uint64_t load_oldest(const struct ring_access *ring, uint64_t consumer)
{
	uint64_t oldest;

	if (!ring->overwrite)
		return consumer;
	oldest = __atomic_load_n(ring->overwrite, __ATOMIC_ACQUIRE);
	return (int64_t)(oldest - consumer) > 0 ? oldest : consumer;
}

/* Returns whether the consumer stood still meanwhile, and nothing that was read was overwritten. */
static bool attempt(struct ring_sample *s, const struct ring_access *ring)
{
	*s = (struct ring_sample){ .time_ns = s->time_ns };
	/* Acquire: pairs with the store-release of the ring's reader. The producer position that the
	 * reader knew then is older than the one that is loaded next. */
	s->consumer = __atomic_load_n(ring->consumer, __ATOMIC_ACQUIRE);
	s->producer = ring_load_producer(ring);
	s->oldest = load_oldest(ring, s->consumer);
	s->fault = positions_fault(s, ring->size);
	if (s->fault == FAULT_NONE) {
		s->waiting = s->producer - s->oldest;
		load_head(s, ring);
	} else {
		s->head = HEAD_UNKNOWN;
	}
	/* Orders these loads before the next ones, which say whether they were valid. */
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(ring->consumer, __ATOMIC_RELAXED) == s->consumer &&
	       load_oldest(ring, s->consumer) == s->oldest;
}

void ring_sample(struct ring_sample *s, const struct ring_access *ring, int64_t time_ns)
{
	bool settled = false;

	s->time_ns = time_ns;
	for (int i = 0; i < ATTEMPTS && !settled; i++)
		settled = attempt(s, ring);
	s->settled = settled;
	if (settled)
		return;
	/* Both positions moved after the load of the consumer position. */
	if (s->fault == FAULT_OVERFULL || s->fault == FAULT_HEADER)
		s->fault = FAULT_NONE;
	if (s->fault == FAULT_NONE) {
		s->waiting = s->producer - s->oldest;
		if (s->waiting >= ring->size)
			s->waiting = ring->size - RING_ALIGNMENT;
	}
	s->head = HEAD_UNKNOWN;
	s->head_stride = 0;
}

bool ring_sample_has_no_room(const struct ring_sample *s, uint64_t size, uint64_t stride)
{
	/* As in __bpf_ringbuf_reserve(): at most size - 1 bytes wait. */
	return s->fault == FAULT_NONE && s->settled && s->waiting + stride > size - 1;
}

char *ring_fault_text(const struct ring_sample *s, uint64_t size, char *text, size_t length)
{
	const bool of_producer = s->fault == FAULT_PRODUCER_ALIGNMENT;

	switch (s->fault) {
	case FAULT_NONE:
		text[0] = '\0';
		break;
	case FAULT_CONSUMER_ALIGNMENT:
	case FAULT_PRODUCER_ALIGNMENT:
		snprintf(text, length, "the %s position %" PRIu64 " is not a multiple of 8",
			of_producer ? "producer" : "consumer",
			of_producer ? s->producer : s->consumer);
		break;
	case FAULT_CONSUMER_AHEAD:
		snprintf(text, length,
			"the consumer position %" PRIu64 " is beyond the producer's, %" PRIu64,
			s->consumer, s->producer);
		break;
	case FAULT_OVERFULL:
		snprintf(text, length,
			"the consumer position %" PRIu64 " is %" PRIu64
			" B behind the producer's, and the ring holds %" PRIu64,
			s->consumer, s->producer - s->consumer, size);
		break;
	case FAULT_HEADER:
		snprintf(text, length,
			"the record at the consumer position %" PRIu64
			" is longer than the %" PRIu64 " B that wait",
			s->consumer, s->waiting);
		break;
	}
	return text;
}
