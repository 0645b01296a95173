/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ringview_arm() and ringview_fd() in a program's own edge-triggered event loop.
 * test_reader_lost_wakeup.c has the tests with threads.
 */
#include <linux/bpf.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "support/fixture.h"

static int epoll_fd = -1;

static int open_with_epoll(void **state)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	struct fixture *f;

	if (fixture_open(state))
		return -1;
	f = *state;
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	return epoll_fd < 0 ? -1 : epoll_ctl(epoll_fd, EPOLL_CTL_ADD, ringview_fd(f->rv), &event);
}

static int close_with_epoll(void **state)
{
	close(epoll_fd);
	return fixture_close(state);
}

#define polling(test) cmocka_unit_test_setup_teardown(test, open_with_epoll, close_with_epoll)

/* Returns whether there was a notification since the last call. */
static bool notified(void)
{
	struct epoll_event event;
	int count = epoll_wait(epoll_fd, &event, 1, 0);

	assert_in_range(count, 0, 1);
	return count == 1;
}

static void arming_an_empty_ring_says_sleep(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ringview_arm(f->rv), 0);
	assert_false(notified());
}

static void arming_with_a_record_there_says_do_not_sleep(void **state)
{
	struct fixture *f = *state;

	put(f, 1, 20);
	assert_int_equal(ringview_arm(f->rv), 1);
	assert_int_equal(ringview_arm(f->rv), 1);
	assert_shows(f, 1, 20);
}

static void arming_with_a_record_behind_discards_says_do_not_sleep(void **state)
{
	struct fixture *f = *state;

	put_discarded(f, 20);
	put(f, 1, 20);
	assert_int_equal(ringview_arm(f->rv), 1);
	assert_shows(f, 1, 20);
}

static void arming_releases_what_was_shown(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 2, 20);
	assert_shows_range(f, 0, 1, 20);
	assert_int_equal(ringview_arm(f->rv), 1);
	assert_int_equal(consumer_position(f), 2 * stride_of(20));
	assert_shows(f, 2, 20);
}

static void arming_is_no_wait(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ringview_arm(f->rv), 0);
	assert_int_equal(statistics_of(f).waits, 0);
	assert_int_equal(statistics_of(f).sleeps, 0);
	assert_int_equal(statistics_of(f).timeouts, 0);
}

static void a_record_put_after_arming_notifies(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ringview_arm(f->rv), 0);
	put(f, 1, 20);
	assert_true(notified());
	assert_false(notified());
}

static void each_record_put_after_arming_anew_notifies(void **state)
{
	struct fixture *f = *state;
	uint64_t i;

	for (i = 0; i < 5; i++) {
		assert_int_equal(ringview_arm(f->rv), 0);
		put(f, i, 20);
		assert_true(notified());
		assert_shows(f, i, 20);
	}
}

/* Why arming is necessary: without it the tests below fail. */
static void a_record_put_while_another_is_unreleased_does_not_notify(void **state)
{
	struct fixture *f = *state;

	put(f, 1, 20);
	assert_true(notified());
	assert_shows(f, 1, 20);
	put(f, 2, 20);
	assert_false(notified());
	assert_int_equal(ringview_arm(f->rv), 1);
}

static void a_record_without_wakeup_does_not_notify(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ringview_arm(f->rv), 0);
	memory_ring_submit(&f->ring, reserve(f, 1, 20), BPF_RB_NO_WAKEUP);
	assert_false(notified());
	assert_int_equal(ringview_arm(f->rv), 1);
}

/* A regression: if ringview_arm() skips discards and does not release them, the next record is not
 * at the consumer position and does not notify. */
static void a_record_put_after_arming_over_discards_notifies(void **state)
{
	struct fixture *f = *state;

	put_discarded(f, 20);
	put_discarded(f, 30);
	notified();
	assert_int_equal(ringview_arm(f->rv), 0);
	assert_int_equal(consumer_position(f), producer_position(f));
	put(f, 1, 20);
	assert_true(notified());
	assert_shows(f, 1, 20);
}

static void a_record_submitted_after_arming_at_it_notifies(void **state)
{
	struct fixture *f = *state;
	void *busy = reserve(f, 0, 20);

	put(f, 1, 20);
	assert_int_equal(ringview_arm(f->rv), 0);
	assert_false(notified());
	memory_ring_submit(&f->ring, busy, 0);
	assert_true(notified());
	assert_shows_range(f, 0, 1, 20);
}

static void a_record_submitted_after_arming_at_it_behind_discards_notifies(void **state)
{
	struct fixture *f = *state;
	void *busy;

	put(f, 0, 20);
	put_discarded(f, 20);
	put_discarded(f, 30);
	busy = reserve(f, 1, 20);
	assert_shows(f, 0, 20);
	notified();
	assert_int_equal(ringview_arm(f->rv), 0);
	memory_ring_submit(&f->ring, busy, 0);
	assert_true(notified());
	assert_shows(f, 1, 20);
}

static void the_descriptor_is_not_readable_after_arming(void **state)
{
	struct fixture *f = *state;
	struct pollfd poll_fd = { .fd = ringview_fd(f->rv), .events = POLLIN };

	assert_true(poll_fd.fd >= 0);
	put(f, 0, 20);
	assert_int_equal(poll(&poll_fd, 1, -1), 1);
	assert_shows(f, 0, 20);
	assert_int_equal(ringview_arm(f->rv), 0);
	assert_int_equal(poll(&poll_fd, 1, 0), 0);
	put(f, 1, 20);
	assert_int_equal(poll(&poll_fd, 1, 0), 1);
}

/* In level-triggered and edge-triggered event loops. */
static void the_descriptor_is_not_readable_at_a_busy_record(void **state)
{
	struct fixture *f = *state;
	struct pollfd poll_fd = { .fd = ringview_fd(f->rv), .events = POLLIN };
	void *busy;

	put(f, 0, 20);
	busy = reserve(f, 1, 20);
	assert_int_equal(poll(&poll_fd, 1, -1), 1);
	assert_shows(f, 0, 20);
	assert_int_equal(ringview_arm(f->rv), 0);
	assert_int_equal(poll(&poll_fd, 1, 0), 0);
	memory_ring_submit(&f->ring, busy, 0);
	assert_int_equal(poll(&poll_fd, 1, 0), 1);
	assert_shows(f, 1, 20);
}

static void an_interrupt_makes_the_descriptor_readable_until_arming(void **state)
{
	struct fixture *f = *state;
	struct pollfd poll_fd = { .fd = ringview_fd(f->rv), .events = POLLIN };

	ringview_interrupt(f->rv);
	assert_int_equal(poll(&poll_fd, 1, 0), 1);
	assert_int_equal(ringview_arm(f->rv), 0);
	assert_int_equal(poll(&poll_fd, 1, 0), 0);
	assert_int_equal(ringview_wait(f->rv, -1), -ECANCELED);
}

static void an_interrupt_before_there_is_a_descriptor_makes_it_readable(void **state)
{
	struct fixture *f = *state;
	struct pollfd poll_fd = { .events = POLLIN };

	ringview_interrupt(f->rv);
	poll_fd.fd = ringview_fd(f->rv);
	assert_int_equal(poll(&poll_fd, 1, 0), 1);
	assert_int_equal(ringview_wait(f->rv, -1), -ECANCELED);
	assert_int_equal(poll(&poll_fd, 1, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		polling(arming_an_empty_ring_says_sleep),
		polling(arming_with_a_record_there_says_do_not_sleep),
		polling(arming_with_a_record_behind_discards_says_do_not_sleep),
		polling(arming_releases_what_was_shown),
		polling(arming_is_no_wait),
		polling(a_record_put_after_arming_notifies),
		polling(each_record_put_after_arming_anew_notifies),
		polling(a_record_put_while_another_is_unreleased_does_not_notify),
		polling(a_record_without_wakeup_does_not_notify),
		polling(a_record_put_after_arming_over_discards_notifies),
		polling(a_record_submitted_after_arming_at_it_notifies),
		polling(a_record_submitted_after_arming_at_it_behind_discards_notifies),
		polling(the_descriptor_is_not_readable_after_arming),
		polling(the_descriptor_is_not_readable_at_a_busy_record),
		polling(an_interrupt_makes_the_descriptor_readable_until_arming),
		reading(an_interrupt_before_there_is_a_descriptor_makes_it_readable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
