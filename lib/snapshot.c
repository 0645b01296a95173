/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copies everything in a ring, without consuming it.
 */
#include <sys/syscall.h>
#include <unistd.h>

#include "copy_words.h"
#include "reader.h"

/* Attempts, if the copy is overwritten before it is complete. */
#define TRIES_MOST 3

#define MEMBARRIER_GLOBAL 1 /* MEMBARRIER_CMD_GLOBAL; called _SHARED in older headers */

/* Orders the loads of the copy before those that follow, with regard to every producer's stores. */
static int order_after_copy(const struct reader *r)
{
	/* A producer that waits for the consumer position sees it before it writes: ordered on all
	 * processors. */
	if (!r->overwrite || r->in_order)
		return 0;
	/* Makes each CPU complete its stores: if a payload was visible, its position is now. */
	return syscall(SYS_membarrier, MEMBARRIER_GLOBAL, 0, 0) < 0 ? -errno : 0;
}

/* As ringview_snapshot(); -EAGAIN if all of the copy was overwritten meanwhile. */
static int try_snapshot(
	const struct reader *r, void *memory, size_t size, struct ringview_window *window)
{
	/* Everything before it may be overwritten at any time. */
	const uint64_t *const oldest = r->overwrite ? r->overwrite : r->ring_consumer;
	/* The end first, so that the start is at most a ring's size before it. */
	const uint64_t end = __atomic_load_n(r->producer, __ATOMIC_ACQUIRE);
	const uint64_t start = __atomic_load_n(oldest, __ATOMIC_ACQUIRE), length = end - start;
	uint64_t gone;
	int err;

	if ((end | start) % RING_ALIGNMENT != 0)
		return -EBADMSG;
	if ((int64_t)length < 0)
		return -EAGAIN;
	if (length > r->mask + 1)
		return -EBADMSG;
	window->bytes = length;
	if (length > size)
		return -EMSGSIZE;
	copy_words(memory, r->data + (start & r->mask), length);
	err = order_after_copy(r);
	if (err)
		return err;
	gone = __atomic_load_n(oldest, __ATOMIC_ACQUIRE) - start;
	if (gone % RING_ALIGNMENT != 0)
		return -EBADMSG;
	if (gone > length)
		return -EAGAIN;
	window->position = start + gone;
	window->bytes = length - gone;
	window->next = (const unsigned char *)memory + gone;
	window->end = (const unsigned char *)memory + length;
	return 0;
}

int ringview_snapshot(
	const struct ringview *rv, void *memory, size_t size, struct ringview_window *window)
{
	int err = -EAGAIN;

	memset(window, 0, sizeof(*window));
	if ((uintptr_t)memory % RING_ALIGNMENT != 0)
		return -EINVAL;
	for (int tries = 0; tries < TRIES_MOST && err == -EAGAIN; tries++)
		err = try_snapshot(const_reader_of(rv), memory, size, window);
	return err;
}

int ringview_window_next(struct ringview_window *window, struct ringview_record *record)
{
	while (window->next != window->end) {
		const unsigned char *const at = window->next;
		const uint32_t header = *(const uint32_t *)(const void *)at;
		const uint32_t length = header & ~(RING_BUSY | RING_DISCARD);
		const uint64_t stride = ringview_internal_stride(length);

		if (stride > (uint64_t)(window->end - at))
			return -EBADMSG;
		window->next = at + stride;
		window->busy += (header & RING_BUSY) != 0;
		if (header != length)
			continue;
		record->data = at + RINGVIEW_HEADER_SIZE;
		record->length = length;
		return 1;
	}
	return 0;
}
