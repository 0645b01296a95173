/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RINGVIEW_EPOLL_H
#define RINGVIEW_EPOLL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

/*
 * epoll_wait() with a time-out in nanoseconds; INT64_MAX means none. A cancellation point.
 *
 * *@coarse, false at first, remembers that this thread cannot use epoll_pwait2(): time-outs are
 * whole milliseconds then, rounded up.
 */
int epoll_wait_ns(int fd, struct epoll_event *events, int count, int64_t ns, bool *coarse);

#endif
