/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <linux/time_types.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "epoll.h"

/* Headers of before Linux 5.11 lack it; all architectures but Alpha and MIPS have this number. */
#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

/* By number, as glibc has the function since 2.35 and musl does not have it. */
static int epoll_wait_exactly(int fd, struct epoll_event *events, int count, int64_t ns)
{
	const struct __kernel_timespec timeout = {
		.tv_sec = ns / NS_PER_SECOND,
		.tv_nsec = ns % NS_PER_SECOND,
	};
	int type, result;

	/* libc's functions that sleep do the same: nothing is lost by a thread that ends here. */
	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &type);
	result = (int)syscall(SYS_epoll_pwait2, fd, events, count, &timeout, NULL, 0);
	pthread_setcanceltype(type, NULL);
	return result;
}

/* Whether a kernel of before 5.11 or a seccomp filter refused epoll_pwait2(), which itself has none
 * of these errors. */
static bool is_refused(int error)
{
	return error == ENOSYS || error == EPERM || error == EACCES;
}

int epoll_wait_ns(int fd, struct epoll_event *events, int count, int64_t ns, bool *coarse)
{
	int64_t ms;

	if (ns == INT64_MAX)
		return epoll_wait(fd, events, count, -1);
	if (!*coarse) {
		const int ready = epoll_wait_exactly(fd, events, count, ns);

		if (ready >= 0 || !is_refused(errno))
			return ready;
		*coarse = true;
	}
	/* Rounded up, or the last millisecond would be spun through. */
	ms = ns / 1000000 + 1;
	return epoll_wait(fd, events, count, ms > INT32_MAX ? INT32_MAX : (int)ms);
}
