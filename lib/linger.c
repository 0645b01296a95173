/* SPDX-License-Identifier: BSD-2-Clause */
#include "clock.h"
#include "reader.h"

/* Whether there is a submitted or discarded record at @position. */
static bool has_come(const struct reader *r, uint64_t position)
{
	/* Acquire: the header has been written. Pairs with smp_store_release(&rb->producer_pos) in
	 * __bpf_ringbuf_reserve(). */
	if (__atomic_load_n(r->producer, __ATOMIC_ACQUIRE) == position)
		return false;
	/* One that is only reserved would notify. Relaxed: who reads the record loads it again. */
	return !(__atomic_load_n(reader_header(r, position), __ATOMIC_RELAXED) & RING_BUSY);
}

bool linger(struct ringview *rv)
{
	struct reader *r = reader_of(rv);
	struct linger *l = &r->linger;
	const uint64_t position = reader_position(r);
	int64_t until;

	/* If everything is released, the next record notifies anyway. */
	if (rv->released == position)
		return false;
	if (l->skips > 0) {
		l->skips--;
		return false;
	}
	/* No trial contains this time. */
	foresight_pause(r);
	until = clock_now() + LINGER_NS;
	do {
		if (has_come(r, position)) {
			l->last = 0;
			return true;
		}
	} while (clock_now() < until);
	l->last = l->last < LINGER_SKIPS ? 2 * l->last + 1 : LINGER_SKIPS;
	l->skips = l->last;
	return false;
}
