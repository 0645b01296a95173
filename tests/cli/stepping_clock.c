/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loaded before the C library: a wall clock that is set anew between any two looks at it, to and
 * fro by an hour, in the year 2100. All other clocks are what they are.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define YEAR_2100 4102444800
#define HOUR 3600

static time_t stepping_seconds(void)
{
	static unsigned int looks;

	return YEAR_2100 + (__atomic_fetch_add(&looks, 1, __ATOMIC_RELAXED) % 2 ? HOUR : 0);
}

int clock_gettime(clockid_t clock_id, struct timespec *tp)
{
	if (clock_id != CLOCK_REALTIME && clock_id != CLOCK_REALTIME_COARSE &&
		clock_id != CLOCK_TAI)
		return (int)syscall(SYS_clock_gettime, clock_id, tp);
	*tp = (struct timespec){ .tv_sec = stepping_seconds() };
	return 0;
}

int gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
	(void)tz;
	*tv = (struct timeval){ .tv_sec = stepping_seconds() };
	return 0;
}

time_t time(time_t *timer)
{
	const time_t seconds = stepping_seconds();

	if (timer)
		*timer = seconds;
	return seconds;
}

/* A sleep by the wall clock would end when it is set. */
int clock_nanosleep(clockid_t clock_id, int flags, const struct timespec *req, struct timespec *rem)
{
	long slept;

	if (clock_id == CLOCK_REALTIME)
		abort();
	slept = syscall(SYS_clock_nanosleep, clock_id, flags, req, rem);
	/* The function returns what the system call leaves in errno. */
	return slept == 0 ? 0 : errno;
}
