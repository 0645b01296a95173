/* SPDX-License-Identifier: BSD-2-Clause */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "fixture.h"
#include "virtual_time.h"

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
int __real_ppoll(
	struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask);
int __wrap_ppoll(
	struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask);
int __real_nanosleep(const struct timespec *time, struct timespec *left);
int __wrap_nanosleep(const struct timespec *time, struct timespec *left);

static struct {
	bool on;
	int64_t now, next, oversleep;
	virtual_event *event;
	void *context;
	size_t sleeps;
	bool in_epoll;
	struct virtual_sleep last;
	uint64_t readings;
} time_line;

void virtual_time_expect(virtual_event *event, void *context, int64_t at)
{
	time_line.next = event ? at : VIRTUAL_NEVER;
	time_line.event = event;
	time_line.context = context;
}

void virtual_time_begin(virtual_event *event, void *context, int64_t first)
{
	memset(&time_line, 0, sizeof(time_line));
	time_line.now = VIRTUAL_START;
	time_line.on = true;
	virtual_time_expect(event, context, first);
}

void virtual_time_end(void)
{
	time_line.on = false;
}

int64_t virtual_now(void)
{
	return time_line.now;
}

/* Advances to the next event, at most to @until. */
static void step(int64_t until)
{
	if (time_line.next > until) {
		time_line.now = until;
		return;
	}
	if (time_line.next > time_line.now)
		time_line.now = time_line.next;
	time_line.next = time_line.event(time_line.context, time_line.now);
}

void virtual_time_pass(int64_t ns)
{
	const int64_t until = time_line.now + ns;

	while (time_line.now < until || time_line.next <= until)
		step(until);
}

void virtual_time_set_back(int64_t ns)
{
	time_line.now -= ns;
}

void virtual_oversleep(int64_t ns)
{
	time_line.oversleep = ns;
}

size_t virtual_sleeps(void)
{
	return time_line.sleeps;
}

bool virtual_in_epoll(void)
{
	return time_line.in_epoll;
}

struct virtual_sleep virtual_last_sleep(void)
{
	return time_line.last;
}

uint64_t virtual_readings(void)
{
	return time_line.readings;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
	if (!time_line.on)
		return __real_clock_gettime(clock, now);
	assert_int_equal(clock, CLOCK_MONOTONIC);
	time_line.readings++;
	virtual_time_pass(VIRTUAL_READING);
	*now = clock_timespec(time_line.now);
	return 0;
}

/* Polls the descriptors. A result > 0 ends the sleep. */
typedef int readiness(void *context);

static int64_t oversleep(void)
{
	const int64_t slack = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);

	return time_line.oversleep < slack ? time_line.oversleep : slack;
}

static int sleep_through(bool in_epoll, int64_t ns, readiness *ready, void *context)
{
	const int64_t start = time_line.now;
	int64_t until = VIRTUAL_NEVER;
	int count;

	time_line.sleeps++;
	time_line.last = (struct virtual_sleep){ .in_epoll = in_epoll, .ns = ns };
	if (ns != VIRTUAL_NEVER)
		until = start + ns + oversleep();
	time_line.in_epoll = in_epoll;
	for (;;) {
		count = ready(context);
		if (count != 0 || (time_line.now >= until && time_line.next > until))
			break;
		if (until == VIRTUAL_NEVER && time_line.next == VIRTUAL_NEVER)
			fail_msg("sleeps for ever");
		step(until);
	}
	time_line.in_epoll = false;
	time_line.last.slept = time_line.now - start;
	return count;
}

struct polled {
	struct pollfd *fds;
	nfds_t count;
	const sigset_t *mask;
};

static int poll_is_ready(void *context)
{
	const struct timespec none = { 0, 0 };
	struct polled *polled = context;

	return __real_ppoll(polled->fds, polled->count, &none, polled->mask);
}

static bool is_epoll(int fd)
{
	char path[32], target[32] = "";

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return readlink(path, target, sizeof(target) - 1) > 0 &&
	       strcmp(target, "anon_inode:[eventpoll]") == 0;
}

int __wrap_ppoll(
	struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
	struct polled polled = { fds, count, mask };

	if (!time_line.on || count == 0)
		return __real_ppoll(fds, count, timeout, mask);
	return sleep_through(is_epoll(fds->fd), timeout ? clock_ns(*timeout) : VIRTUAL_NEVER,
		poll_is_ready, &polled);
}

static int never_ready(void *context)
{
	(void)context;
	return 0;
}

int __wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
	if (!time_line.on)
		return __real_nanosleep(time, left);
	return sleep_through(false, clock_ns(*time), never_ready, NULL);
}
