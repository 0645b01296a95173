/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting with one reader, and in an event loop of the caller's own.
 */
#include "reader.h"

int ringview_wait(struct ringview *rv, int64_t timeout_ns)
{
	struct reader *r = reader_of(rv);

	return r->group ? -EINVAL : waiter_wait(&r->waiter, timeout_ns);
}

void ringview_interrupt(struct ringview *rv)
{
	waiter_interrupt(&reader_of(rv)->waiter);
}

int ringview_fd(const struct ringview *rv)
{
	/* The descriptors that it makes are not visible state. */
	return waiter_descriptor(&((struct reader *)(uintptr_t)rv)->waiter);
}

int ringview_arm(struct ringview *rv)
{
	struct reader *r = reader_of(rv);

	if (r->is_passive)
		return -EACCES;
	waiter_take_over(&r->waiter);
	/* Before polling the ring: later notifications are for later records. */
	waiter_take_notifications(&r->waiter);
	return reader_arm(r);
}
