/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting with one reader, and preparing to wait in an event loop of the caller's own.
 */
#include "descriptor.h"
#include "reader.h"

int ringview_arm(struct ringview *rv)
{
	struct reader *r = reader_of(rv);
	int found;

	r->rest = r->in_turn = false;
	do {
		ringview_release(rv);
		reader_publish(r, true);
		if (r->in_memory)
			clear_eventfd(r->map_fd);
		/*
		 * Our store of the consumer position before our load of the header, against the
		 * kernel's xchg() of the header before its load of the consumer position in
		 * bpf_ringbuf_commit(): at least one of us sees the other, so either the record is
		 * found here or it is notified.
		 */
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		found = ringview_internal_seek(rv);
		/* Discarded records that were skipped have to be released too, or the next record
		 * is not at the consumer position and nobody is notified of it. */
	} while (found == 0 && reader_position(r) != rv->released);
	return found;
}

int ringview_wait(struct ringview *rv, int64_t timeout_ns)
{
	struct reader *r = reader_of(rv);

	return waiter_wait(&r->waiter, &r, 1, timeout_ns);
}

int ringview_fd(const struct ringview *rv)
{
	return const_reader_of(rv)->map_fd;
}

void ringview_interrupt(struct ringview *rv)
{
	waiter_interrupt(&reader_of(rv)->waiter);
}
