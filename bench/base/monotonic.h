/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_MONOTONIC_H
#define BENCH_MONOTONIC_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* CLOCK_MONOTONIC in nanoseconds: the clock of bpf_ktime_get_ns(). */
static inline int64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* Sleeps until that time. Returns 0, or EINTR if a signal came before. */
static inline int monotonic_sleep_until(int64_t at)
{
	const struct timespec until = {
		.tv_sec = at / INT64_C(1000000000),
		.tv_nsec = at % INT64_C(1000000000),
	};

	return clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

#endif
