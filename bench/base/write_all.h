/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_WRITE_ALL_H
#define BENCH_WRITE_ALL_H

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

/* Writes all of @text, with as many calls as necessary. Returns 0 or a negative errno. */
static inline int write_all(int fd, const char *text, size_t size)
{
	while (size > 0) {
		const ssize_t written = write(fd, text, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		text += written;
		size -= (size_t)written;
	}
	return 0;
}

#endif
