/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RINGVIEW_DESCRIPTOR_H
#define RINGVIEW_DESCRIPTOR_H

#include <stdint.h>
#include <unistd.h>

static inline void clear_eventfd(int fd)
{
	uint64_t value;

	/* EAGAIN: it is clear already. An open eventfd has no other error. */
	if (read(fd, &value, sizeof(value)) < 0)
		return;
}

static inline void write_eventfd(int fd)
{
	const uint64_t one = 1;

	/* EAGAIN: the counter is full, so who waits wakes anyway. */
	if (write(fd, &one, sizeof(one)) < 0)
		return;
}

#endif
