/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ringview_wait(): when it sleeps, what ends the sleep, and time-outs. Interrupts have their own
 * file.
 */
#include <linux/bpf.h>
#include <sched.h>

#include "clock.h"
#include "support/fixture.h"
#include "support/sleeper.h"

#define MS INT64_C(1000000)
#define LONGEST (5000 * MS) /* a scenario that needs longer than this has failed */

static void a_wait_of_0_on_an_empty_ring_only_looks(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ringview_wait(f->rv, 0), 0);
	assert_int_equal(statistics_of(f).waits, 1);
	assert_int_equal(statistics_of(f).timeouts, 1);
	assert_int_equal(statistics_of(f).sleeps, 0);
}

static void a_wait_of_0_finds_a_record(void **state)
{
	struct fixture *f = *state;

	put(f, 1, 20);
	assert_int_equal(ringview_wait(f->rv, 0), 1);
	assert_int_equal(statistics_of(f).timeouts, 0);
	assert_shows(f, 1, 20);
}

static void a_wait_for_a_record_that_is_there_does_not_sleep(void **state)
{
	struct fixture *f = *state;

	put(f, 1, 20);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_int_equal(statistics_of(f).sleeps, 0);
}

static void a_wait_shows_nothing_itself(void **state)
{
	struct fixture *f = *state;

	put(f, 1, 20);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_int_equal(statistics_of(f).records, 0);
	assert_shows(f, 1, 20);
}

static void a_wait_releases_what_was_shown(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 2, 20);
	assert_shows_range(f, 0, 1, 20);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_int_equal(consumer_position(f), 2 * stride_of(20));
	assert_shows(f, 2, 20);
}

static void a_wait_for_a_ring_of_discards_times_out(void **state)
{
	struct fixture *f = *state;

	put_discarded(f, 20);
	put_discarded(f, 30);
	assert_int_equal(ringview_wait(f->rv, 0), 0);
	assert_int_equal(consumer_position(f), producer_position(f));
}

static void a_time_out_lets_its_time_pass(void **state)
{
	struct fixture *f = *state;
	int64_t start = clock_now();

	assert_int_equal(ringview_wait(f->rv, 5 * MS), 0);
	assert_true(clock_now() - start >= 5 * MS);
	assert_int_equal(statistics_of(f).timeouts, 1);
	assert_true(statistics_of(f).sleeps <= 1);
}

static void a_time_out_below_a_microsecond_ends(void **state)
{
	assert_int_equal(ringview_wait(((struct fixture *)*state)->rv, 1), 0);
}

static void a_time_out_in_the_last_second_of_time_is_for_ever(void **state)
{
	struct fixture *f = *state;
	struct sleeper s;

	sleeper_start(&s, f->rv, INT64_MAX);
	assert_true(sleeper_is_asleep(&s));
	put(f, 1, 20);
	assert_int_equal(sleeper_join(&s), 1);
}

static void a_record_ends_a_sleep(void **state)
{
	struct fixture *f = *state;
	struct sleeper s;

	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	put(f, 1, 20);
	assert_int_equal(sleeper_join(&s), 1);
	assert_int_equal(statistics_of(f).sleeps, 1);
	assert_int_equal(statistics_of(f).wakeups, 1);
	assert_int_equal(statistics_of(f).timeouts, 0);
	assert_shows(f, 1, 20);
}

static void a_discarded_record_does_not_end_a_wait(void **state)
{
	struct fixture *f = *state;
	struct sleeper s;

	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	put_discarded(f, 20);
	/* Its notification has been taken once the discard is given back. */
	while (consumer_position(f) != stride_of(20) && !sleeper_is_done(&s))
		sched_yield();
	assert_true(sleeper_is_asleep(&s));
	put(f, 1, 20);
	assert_int_equal(sleeper_join(&s), 1);
	assert_shows(f, 1, 20);
}

static void a_sleep_after_a_notification_sleeps_again(void **state)
{
	struct fixture *f = *state;

	put(f, 1, 20);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows(f, 1, 20);
	assert_int_equal(sleeps_until_time_out(f), 1);
	assert_int_equal(statistics_of(f).wakeups, 0);
}

/* Longer and longer, until the record was there before the time-out was over. */
static void a_record_without_wakeup_is_found_after_the_time_out(void **state)
{
	struct fixture *f = *state;
	int64_t timeout = 20 * MS;
	int found;

	do {
		struct sleeper s;
		void *payload;

		sleeper_start(&s, f->rv, timeout);
		payload = sleeper_is_asleep(&s) ? reserve(f, 1, 20) : NULL;
		if (payload)
			memory_ring_submit(&f->ring, payload, BPF_RB_NO_WAKEUP);
		found = sleeper_join(&s);
		if (payload && !found) {
			assert_shows(f, 1, 20);
			ringview_release(f->rv);
		}
		timeout *= 2;
	} while (found == 0 && timeout < LONGEST);
	assert_int_equal(found, 1);
	assert_int_equal(statistics_of(f).wakeups, 0);
	assert_shows(f, 1, 20);
}

static void a_forced_wakeup_ends_a_sleep_behind_a_record_without(void **state)
{
	struct fixture *f = *state;
	struct sleeper s;

	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	memory_ring_submit(&f->ring, reserve(f, 1, 20), BPF_RB_NO_WAKEUP);
	assert_true(sleeper_is_asleep(&s));
	memory_ring_submit(&f->ring, reserve(f, 2, 20), BPF_RB_FORCE_WAKEUP);
	assert_int_equal(sleeper_join(&s), 1);
	assert_shows_range(f, 1, 2, 20);
}

/* Busy records: epoll says that there is something, so the reader sleeps beside it. */

static void a_wait_at_a_busy_record_times_out(void **state)
{
	struct fixture *f = *state;

	reserve(f, 1, 20);
	put(f, 2, 20);
	assert_int_equal(ringview_wait(f->rv, 3 * MS), 0);
	assert_int_equal(statistics_of(f).timeouts, 1);
	assert_int_equal(statistics_of(f).wakeups, 0);
}

static void a_wait_at_a_busy_record_ends_with_its_submission(void **state)
{
	struct fixture *f = *state;
	void *busy = reserve(f, 1, 20);
	struct sleeper s;

	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	memory_ring_submit(&f->ring, busy, 0);
	assert_int_equal(sleeper_join(&s), 1);
	assert_shows(f, 1, 20);
}

static void a_wait_at_a_busy_record_finds_it_without_a_wakeup(void **state)
{
	struct fixture *f = *state;
	void *busy = reserve(f, 1, 20);
	struct sleeper s;

	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	memory_ring_submit(&f->ring, busy, BPF_RB_NO_WAKEUP);
	assert_int_equal(sleeper_join(&s), 1);
	assert_shows(f, 1, 20);
}

/* It sleeps in epoll again, once, and not beside the ring from look to look. */
static void a_sleep_after_a_busy_record_is_one(void **state)
{
	struct fixture *f = *state;
	void *busy = reserve(f, 1, 20);

	assert_int_equal(ringview_wait(f->rv, 0), 0);
	memory_ring_submit(&f->ring, busy, 0);
	assert_shows(f, 1, 20);
	assert_int_equal(sleeps_until_time_out(f), 1);
}

/* As a thread that is in libbpf's poll. */
static void a_thread_can_be_cancelled_while_it_waits(void **state)
{
	const int64_t time_outs[] = { -1, 1000 * NS_PER_SECOND };
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(time_outs); i++) {
		struct sleeper s;
		void *result;

		sleeper_start(&s, f->rv, time_outs[i]);
		assert_true(sleeper_is_asleep(&s));
		assert_int_equal(pthread_cancel(s.thread), 0);
		assert_int_equal(pthread_join(s.thread, &result), 0);
		assert_ptr_equal(result, PTHREAD_CANCELED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		reading(a_wait_of_0_on_an_empty_ring_only_looks),
		reading(a_wait_of_0_finds_a_record),
		reading(a_wait_for_a_record_that_is_there_does_not_sleep),
		reading(a_wait_shows_nothing_itself),
		reading(a_wait_releases_what_was_shown),
		reading(a_wait_for_a_ring_of_discards_times_out),
		reading(a_time_out_lets_its_time_pass),
		reading(a_time_out_below_a_microsecond_ends),
		reading(a_time_out_in_the_last_second_of_time_is_for_ever),
		reading(a_record_ends_a_sleep),
		reading(a_discarded_record_does_not_end_a_wait),
		reading(a_sleep_after_a_notification_sleeps_again),
		reading(a_record_without_wakeup_is_found_after_the_time_out),
		reading(a_forced_wakeup_ends_a_sleep_behind_a_record_without),
		reading(a_wait_at_a_busy_record_times_out),
		reading(a_wait_at_a_busy_record_ends_with_its_submission),
		reading(a_wait_at_a_busy_record_finds_it_without_a_wakeup),
		reading(a_sleep_after_a_busy_record_is_one),
		reading(a_thread_can_be_cancelled_while_it_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
