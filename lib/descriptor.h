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

#endif
