/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RINGVIEW_CLOCK_H
#define RINGVIEW_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_SECOND INT64_C(1000000000)

static inline int64_t clock_ns(struct timespec t)
{
	return t.tv_sec * NS_PER_SECOND + t.tv_nsec;
}

/* A clock in nanoseconds. */
static inline int64_t clock_read(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return clock_ns(now);
}

/* CLOCK_MONOTONIC. */
static inline int64_t clock_now(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

/* The time @timeout_ns from @now; INT64_MAX if that is negative (no limit) or overflows. */
static inline int64_t clock_deadline(int64_t now, int64_t timeout_ns)
{
	int64_t deadline;

	if (timeout_ns < 0 || __builtin_add_overflow(now, timeout_ns, &deadline))
		return INT64_MAX;
	return deadline;
}

static inline struct timespec clock_timespec(int64_t ns)
{
	struct timespec t = { .tv_sec = ns / NS_PER_SECOND, .tv_nsec = ns % NS_PER_SECOND };

	return t;
}

#endif
