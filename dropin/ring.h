/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One ring, and the callback that its records go to.
 */
#ifndef DROPIN_RING_H
#define DROPIN_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "libbpf_api.h"
#include "ringview/ringview.h"

struct ring {
	const void *maker; /* &made_here */
	struct ringview *reader;
	ring_buffer_sample_fn callback;
	void *context;
	int map_fd; /* the caller's */
	size_t size;
	size_t page_size;
	const void *positions; /* the consumer's page and the producer's, read-only */
	size_t release_after;  /* bytes that may be read before producers get them back */
	uint64_t consumed;     /* consumer position as this ring last left it */
	enum ringview_wait_strategy wait; /* of the ring_buffer; but for EVENT, by a group */
	const void *pass;                 /* stack frame of the reading under way; NULL */
};

/* 0, or a negative errno as of ring_buffer__add(). */
int ring_open(struct ring **ring, int map_fd, ring_buffer_sample_fn callback, void *context);
void ring_close(struct ring *r);

/*
 * Passes the records that are there to the callback: @most at most, though one if that is 0. Their
 * number, or what the callback returned if that was negative, or a negative errno of the ring.
 *
 * 0 from within a callback of the same ring: its record is in use.
 */
int64_t ring_read(struct ring *r, size_t most);

/* As ring_read(), in a turn of the reader's group, and until that is over. */
int64_t ring_read_turn(struct ring *r);

/*
 * Whether @frame, of a function on the stack, is within a callback of this ring: further down than
 * the reading that is under way. So a callback that was left by longjmp() or an exception does not
 * keep its ring from being read for ever, as a flag would.
 */
bool ring_is_being_read(const struct ring *r, const void *frame);

#endif
