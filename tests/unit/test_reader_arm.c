/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ringview_arm() and ringview_fd() in an event loop of one's own, edge-triggered.
 */
#include <linux/bpf.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "reader.h"
#include "support/fixture.h"
#include "support/handover.h"

#define HANDOVERS 10000
#define ROUNDS 100000
#define LAST_DITCH_MS 20000 /* ends a sleep that would be for ever */

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

/* Whether there was a notification since the last call. */
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

/* What makes arming necessary, and the tests below able to fail. */
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

/* A regression: discards that arm() skips, but does not release, keep the next record from being
 * at the consumer position. */
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
	uint64_t value;

	put(f, 0, 20);
	assert_shows(f, 0, 20);
	assert_int_equal(ringview_arm(f->rv), 0);
	assert_int_equal(read(ringview_fd(f->rv), &value, sizeof(value)), -1);
	assert_int_equal(errno, EAGAIN);
}

static void hand_over(struct fixture *f, bool discards)
{
	struct handover handover = { .ring = &f->ring, .count = HANDOVERS, .discards = discards };
	struct ringview_record record;
	struct epoll_event event;
	uint64_t seen = 0;

	handover_start(&handover);
	while (seen < HANDOVERS) {
		int armed = ringview_arm(f->rv);

		assert_in_range(armed, 0, 1);
		if (armed == 0)
			assert_int_equal(epoll_wait(epoll_fd, &event, 1, LAST_DITCH_MS), 1);
		while (ringview_peek(f->rv, &record) > 0) {
			assert_int_equal(*(const uint64_t *)record.data, seen);
			handover_seen(&handover, seen++);
		}
	}
	assert_true(handover_join(&handover));
}

static void no_edge_triggered_handover_is_lost(void **state)
{
	hand_over(*state, false);
}

static void no_edge_triggered_handover_is_lost_among_discards(void **state)
{
	hand_over(*state, true);
}

/*
 * The reader releases and looks at a record, while a thread submits that record and looks at the
 * consumer position: both at once, so that a processor may do its load before its store is seen.
 */
struct submitter {
	struct memory_ring *ring;
	void *record;
	uint64_t round, submitted; /* the last round that began, and that the thread has ended */
};

/* Without a system call as long as the other is about to come: it takes longer than the race. */
static void wait_for_round(const uint64_t *word, uint64_t round)
{
	int spins;

	for (spins = 0; __atomic_load_n(word, __ATOMIC_ACQUIRE) != round; spins++)
		if (spins > 2000)
			sched_yield();
}

static void delay(uint64_t spins)
{
	volatile uint64_t spin;

	for (spin = 0; spin < spins; spin++)
		;
}

static void *submit_each_round(void *argument)
{
	struct submitter *s = argument;
	uint64_t round;

	for (round = 1; round <= ROUNDS; round++) {
		wait_for_round(&s->round, round);
		memory_ring_submit(s->ring, s->record, 0);
		__atomic_store_n(&s->submitted, round, __ATOMIC_RELEASE);
	}
	return NULL;
}

static void a_record_submitted_while_arming_is_seen_or_notified(void **state)
{
	struct fixture *f = *state;
	struct submitter s = { .ring = &f->ring };
	struct ringview_record record;
	uint64_t round, value, missed = 0;
	pthread_t thread;

	/* Reading the notification is a system call, which orders everything by itself: as for a
	 * ring of the kernel, it is left out. */
	reader_of(f->rv)->in_memory = false;
	assert_int_equal(pthread_create(&thread, NULL, submit_each_round, &s), 0);
	for (round = 1; round <= ROUNDS; round++) {
		int armed;
		bool told;

		put(f, 0, 8);
		s.record = reserve(f, 0, 8);
		ringview_peek(f->rv, &record);
		while (read(f->ring.notify_fd, &value, sizeof(value)) > 0)
			;
		__atomic_store_n(&s.round, round, __ATOMIC_RELEASE);
		delay(round % 128);
		armed = ringview_arm(f->rv);
		wait_for_round(&s.submitted, round);
		told = read(f->ring.notify_fd, &value, sizeof(value)) > 0;
		missed += armed == 0 && !told;
		ringview_peek(f->rv, &record);
		ringview_release(f->rv);
	}
	pthread_join(thread, NULL);
	assert_int_equal(missed, 0);
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
		polling(a_record_submitted_while_arming_is_seen_or_notified),
		polling(no_edge_triggered_handover_is_lost),
		polling(no_edge_triggered_handover_is_lost_among_discards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
