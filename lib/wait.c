/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for records, and being told to stop waiting.
 */
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "clock.h"
#include "reader.h"

/* Sleeps at a record that is reserved and not yet submitted: epoll, being level-triggered, would
 * return at once. BPF programs cannot sleep between the two, so the first sleeps are short. */
#define BACKOFF_FIRST_NS 1000
#define BACKOFF_LAST_NS 1000000

int reader_open_wait(struct reader *r)
{
	int fds[2], i;

	r->interrupt_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (r->interrupt_fd < 0)
		return -errno;
	r->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (r->epoll_fd < 0)
		return -errno;
	fds[0] = r->map_fd;
	fds[1] = r->interrupt_fd;
	for (i = 0; i < 2; i++) {
		struct epoll_event event = { .events = EPOLLIN, .data.fd = fds[i] };

		if (epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, fds[i], &event) < 0)
			return -errno;
	}
	return 0;
}

static void clear_eventfd(int fd)
{
	uint64_t value;

	/* EAGAIN means that it is clear already; nothing else can go wrong with an open eventfd. */
	if (read(fd, &value, sizeof(value)) < 0)
		return;
}

int ringview_arm(struct ringview *rv)
{
	struct reader *r = reader_of(rv);
	int found;

	do {
		ringview_release(rv);
		if (r->in_memory)
			clear_eventfd(r->map_fd);
		/*
		 * Our store of the consumer position before our load of the header, against the
		 * kernel's xchg() of the header before its load of the consumer position in
		 * bpf_ringbuf_commit(): at least one of us sees the other, so either the record is
		 * found here or it is notified.
		 */
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		found = ringview_internal_seek(rv);
		/* Discarded records that were skipped have to be released too, or the next record
		 * is not at the consumer position and nobody is notified of it. */
	} while (found == 0 && rv->position != rv->released);
	return found;
}

/* Ends the effect of ringview_interrupt(), if there is one. */
static bool take_interrupt(struct reader *r)
{
	/* Looked at first, as an exchange costs each wait a locked instruction. */
	if (!__atomic_load_n(&r->interrupted, __ATOMIC_RELAXED))
		return false;
	/* Acquire: what the interrupting thread did before is seen. Pairs with the release in
	 * ringview_interrupt(). */
	__atomic_exchange_n(&r->interrupted, 0, __ATOMIC_ACQUIRE);
	clear_eventfd(r->interrupt_fd);
	return true;
}

/* Sleeps until a notification, an interrupt, or for @ns. -errno, 0 timed out, or positive. */
static int sleep_in_epoll(struct reader *r, int64_t ns)
{
	struct timespec timeout = clock_timespec(ns);
	struct epoll_event events[2];
	int count, i;

	count = epoll_pwait2(r->epoll_fd, events, 2, ns == INT64_MAX ? NULL : &timeout, NULL);
	if (count < 0 && errno == ENOSYS) {
		/* Linux 5.8 to 5.10. Rounded up, or the last millisecond would be spun through. */
		int64_t ms = ns / 1000000 + 1;

		if (ns == INT64_MAX)
			ms = -1;
		else if (ms > INT32_MAX)
			ms = INT32_MAX;
		count = epoll_wait(r->epoll_fd, events, 2, (int)ms);
	}
	if (count < 0)
		return -errno;
	for (i = 0; i < count; i++) {
		if (events[i].data.fd == r->map_fd)
			r->statistics.wakeups++;
		else
			/* The flag tells. This write may have come after its flag was taken, and
			 * must not keep us awake. */
			clear_eventfd(r->interrupt_fd);
	}
	return count;
}

/* Sleeps for @ns, or until an interrupt, whatever the ring does. */
static int sleep_beside_ring(struct reader *r, int64_t ns)
{
	struct pollfd interrupt = { .fd = r->interrupt_fd, .events = POLLIN };
	struct timespec timeout = clock_timespec(ns);

	int count = ppoll(&interrupt, 1, &timeout, NULL);

	if (count > 0)
		clear_eventfd(r->interrupt_fd);
	return count < 0 ? -errno : 0;
}

int ringview_wait(struct ringview *rv, int64_t timeout_ns)
{
	struct reader *r = reader_of(rv);
	int64_t backoff = BACKOFF_FIRST_NS, deadline = 0, left = 0;
	int result;

	r->statistics.waits++;
	for (;;) {
		if (take_interrupt(r))
			return -ECANCELED;
		/* Also after a time-out: records submitted with BPF_RB_NO_WAKEUP are found here. */
		result = ringview_arm(rv);
		if (result != 0)
			return result;

		/* The clock is read only by those who have to wait. */
		if (timeout_ns != 0) {
			if (deadline == 0)
				deadline = clock_deadline(timeout_ns);
			left = deadline == INT64_MAX ? INT64_MAX : deadline - clock_now();
		}
		if (left <= 0) {
			r->statistics.timeouts++;
			return 0;
		}

		r->statistics.sleeps++;
		if (r->busy) {
			result = sleep_beside_ring(r, backoff < left ? backoff : left);
			backoff = backoff * 2 < BACKOFF_LAST_NS ? backoff * 2 : BACKOFF_LAST_NS;
		} else {
			result = sleep_in_epoll(r, left);
			backoff = BACKOFF_FIRST_NS;
		}
		if (result < 0) {
			/* A handler that interrupts is told as such. */
			if (result == -EINTR && take_interrupt(r))
				return -ECANCELED;
			return result;
		}
	}
}

int ringview_fd(const struct ringview *rv)
{
	return const_reader_of(rv)->map_fd;
}

void ringview_interrupt(struct ringview *rv)
{
	struct reader *r = reader_of(rv);
	const uint64_t one = 1;
	int saved = errno;

	/* Release: pairs with the acquire in take_interrupt(). Before the write, so that a waiter
	 * that the write wakes finds it. */
	__atomic_store_n(&r->interrupted, 1, __ATOMIC_RELEASE);
	/* EAGAIN means that the counter is full of interrupts, which is as good. */
	if (write(r->interrupt_fd, &one, sizeof(one)) < 0)
		errno = saved;
}
