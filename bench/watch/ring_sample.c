/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <linux/bpf.h>
#include <stdio.h>

#include "watch/ring_header.h"
#include "watch/ring_sample.h"

/* A consumer that moves between two loads of its position is working, so this need not be exact:
 * the next sample will tell. */
#define TRIES 8

const char *const ring_head_names[] = { "none", "ready", "busy", "discarded", "unknown" };

uint64_t ring_load_producer(const struct ring_access *ring)
{
	/* Acquire: pairs with smp_store_release(&rb->producer_pos) in __bpf_ringbuf_reserve(). */
	return __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
}

bool ring_is_intact(const struct ring_access *ring, uint64_t position)
{
	/* Orders the loads before that of the position, which says whether they were valid. A
	 * header is written before the producer position passes it, so a whole lap is too much. */
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

static void look_at_head(struct ring_sample *s, const struct ring_access *ring)
{
	const unsigned char *at;
	uint32_t header;

	if (s->waiting == 0)
		return;
	s->head = HEAD_UNKNOWN;
	at = ring->data(ring->context, s->oldest % ring->size, RING_HEADER);
	if (!at)
		return;
	header = ring_header_load(at);
	if (ring_header_stride(header) > s->waiting) {
		s->fault = FAULT_HEADER;
		return;
	}
	s->head_stride = (uint32_t)ring_header_stride(header);
	s->head = header & BPF_RINGBUF_BUSY_BIT      ? HEAD_BUSY
		  : header & BPF_RINGBUF_DISCARD_BIT ? HEAD_DISCARDED
						     : HEAD_READY;
}

/* After the producer position, from which it is at most a ring's size away then. */
static uint64_t load_oldest(const struct ring_access *ring, uint64_t consumer)
{
	uint64_t oldest;

	if (!ring->overwrite)
		return consumer;
	oldest = __atomic_load_n(ring->overwrite, __ATOMIC_ACQUIRE);
	return (int64_t)(oldest - consumer) > 0 ? oldest : consumer;
}

/* Whether the consumer stood still meanwhile, and nothing that was read was overwritten. */
static bool look(struct ring_sample *s, const struct ring_access *ring)
{
	s->head = HEAD_NONE;
	s->head_stride = 0;
	s->waiting = 0;
	/* Acquire: pairs with the store-release of the ring's reader. The producer position that it
	 * knew then is older than the one that is loaded next. */
	s->consumer = __atomic_load_n(ring->consumer, __ATOMIC_ACQUIRE);
	s->producer = ring_load_producer(ring);
	s->oldest = load_oldest(ring, s->consumer);
	s->fault = positions_fault(s, ring->size);
	if (s->fault == FAULT_NONE) {
		s->waiting = s->producer - s->oldest;
		look_at_head(s, ring);
	} else {
		s->head = HEAD_UNKNOWN;
	}
	/* Orders the loads before it before the one after it, which says whether they were valid.
	 *  */
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(ring->consumer, __ATOMIC_RELAXED) == s->consumer &&
	       load_oldest(ring, s->consumer) == s->oldest;
}

void ring_sample(struct ring_sample *s, const struct ring_access *ring, int64_t time_ns)
{
	s->time_ns = time_ns;
	s->settled = false;
	for (int i = 0; i < TRIES && !s->settled; i++)
		s->settled = look(s, ring);
	if (s->settled)
		return;
	/* Both positions moved after the consumer's was loaded. */
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
	/* As __bpf_ringbuf_reserve() has it: up to size - 1 may wait. */
	return s->fault == FAULT_NONE && s->settled && s->waiting + stride > size - 1;
}

char *ring_fault_text(const struct ring_sample *s, uint64_t size, char *text, size_t length)
{
	switch (s->fault) {
	case FAULT_NONE:
		text[0] = '\0';
		break;
	case FAULT_CONSUMER_ALIGNMENT:
		snprintf(text, length, "the consumer position %" PRIu64 " is no multiple of 8",
			s->consumer);
		break;
	case FAULT_PRODUCER_ALIGNMENT:
		snprintf(text, length, "the producer position %" PRIu64 " is no multiple of 8",
			s->producer);
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
