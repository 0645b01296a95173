/* SPDX-License-Identifier: BSD-2-Clause */
#include <sched.h>

#include "fixture.h"
#include "handover.h"

static void delay(uint64_t rounds)
{
	volatile uint64_t round;

	for (round = 0; round < rounds; round++)
		;
}

static void *produce(void *argument)
{
	struct handover *h = argument;
	uint64_t i, *payload;
	void *discarded;

	for (i = 0; i < h->count; i++) {
		delay(i % 101 * 8);
		if (h->discards && i % 3 != 0) {
			discarded = memory_ring_reserve(h->ring, 16);
			if (!discarded)
				return NULL;
			memory_ring_discard(h->ring, discarded, 0);
		}
		payload = memory_ring_reserve(h->ring, sizeof(*payload));
		if (!payload)
			return NULL;
		*payload = i;
		delay(i % 13 * 8);
		memory_ring_submit(h->ring, payload, 0);
		while (__atomic_load_n(&h->seen, __ATOMIC_ACQUIRE) == i)
			sched_yield();
	}
	return h;
}

void handover_start(struct handover *h)
{
	h->seen = 0;
	assert_int_equal(pthread_create(&h->thread, NULL, produce, h), 0);
}

void handover_seen(struct handover *h, uint64_t number)
{
	__atomic_store_n(&h->seen, number + 1, __ATOMIC_RELEASE);
}

bool handover_join(struct handover *h)
{
	void *complete;

	assert_int_equal(pthread_join(h->thread, &complete), 0);
	return complete != NULL;
}
