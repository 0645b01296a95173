/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records with a timestamp, for groups with an order.
 */
#ifndef TEST_TIMED_H
#define TEST_TIMED_H

#include "fixture.h"

/* The payload of a record. */
struct timed {
	uint64_t number; /* within its ring */
	uint64_t time;
	uint64_t ring;
};

#define TIMED_STRIDE (sizeof(struct timed) + RINGVIEW_HEADER_SIZE)

static inline struct timed *reserve_timed(
	struct memory_ring *ring, uint64_t which, uint64_t number, uint64_t time)
{
	struct timed *t = memory_ring_reserve(ring, sizeof(*t));

	if (t)
		*t = (struct timed){ number, time, which };
	return t;
}

static inline struct ringview_order timed_order(int64_t lateness_ns)
{
	struct ringview_order order = RINGVIEW_ORDER_DEFAULT;

	order.timestamp_offset = offsetof(struct timed, time);
	order.lateness_ns = lateness_ns;
	return order;
}

#endif
