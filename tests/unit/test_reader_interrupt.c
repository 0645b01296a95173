/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What ends ringview_wait() from outside: ringview_interrupt() and signals.
 */
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "reader.h"
#include "support/fixture.h"
#include "support/sleeper.h"

#define MS INT64_C(1000000)

/* What the handler interrupts, or NULL. */
static struct ringview *handled;

static void handler(int number)
{
	(void)number;
	if (handled)
		ringview_interrupt(handled);
}

static int open_with_handler(void **state)
{
	struct sigaction action = { .sa_handler = handler };

	handled = NULL;
	return fixture_open(state) || sigaction(SIGUSR1, &action, NULL) < 0;
}

static int close_with_handler(void **state)
{
	struct sigaction action = { .sa_handler = SIG_DFL };

	return sigaction(SIGUSR1, &action, NULL) < 0 || fixture_close(state);
}

#define handling(test) cmocka_unit_test_setup_teardown(test, open_with_handler, close_with_handler)

static void an_interrupt_before_a_wait_ends_it(void **state)
{
	struct fixture *f = *state;

	ringview_interrupt(f->rv);
	assert_int_equal(ringview_wait(f->rv, -1), -ECANCELED);
	assert_int_equal(statistics_of(f).sleeps, 0);
	assert_int_equal(statistics_of(f).timeouts, 0);
}

static void an_interrupt_ends_a_wait_that_only_looks(void **state)
{
	struct fixture *f = *state;

	ringview_interrupt(f->rv);
	assert_int_equal(ringview_wait(f->rv, 0), -ECANCELED);
	assert_int_equal(ringview_wait(f->rv, 0), 0);
}

static void an_interrupt_ends_one_wait_only(void **state)
{
	struct fixture *f = *state;

	ringview_interrupt(f->rv);
	assert_int_equal(ringview_wait(f->rv, -1), -ECANCELED);
	assert_int_equal(ringview_wait(f->rv, MS), 0);
}

static void two_interrupts_before_a_wait_end_one(void **state)
{
	struct fixture *f = *state;

	ringview_interrupt(f->rv);
	ringview_interrupt(f->rv);
	assert_int_equal(ringview_wait(f->rv, -1), -ECANCELED);
	assert_int_equal(ringview_wait(f->rv, MS), 0);
}

/* The reader must drain the descriptor that wakes it, or the next wait does not sleep. */
static void an_interrupt_that_was_taken_disturbs_no_further_sleep(void **state)
{
	struct fixture *f = *state;

	assert_true(ringview_fd(f->rv) >= 0); /* makes the descriptor */
	ringview_interrupt(f->rv);
	assert_int_equal(ringview_wait(f->rv, -1), -ECANCELED);
	assert_int_equal(sleeps_until_time_out(f), 1);
}

static void an_interrupt_comes_before_a_record(void **state)
{
	struct fixture *f = *state;

	put(f, 1, 20);
	ringview_interrupt(f->rv);
	assert_int_equal(ringview_wait(f->rv, -1), -ECANCELED);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows(f, 1, 20);
}

static void an_interrupt_does_not_hinder_peeking(void **state)
{
	put(*state, 1, 20);
	ringview_interrupt(((struct fixture *)*state)->rv);
	assert_shows(*state, 1, 20);
}

static void an_interrupt_from_another_thread_ends_a_sleep(void **state)
{
	struct fixture *f = *state;
	struct sleeper s;

	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	ringview_interrupt(f->rv);
	assert_int_equal(sleeper_join(&s), -ECANCELED);
	assert_int_equal(statistics_of(f).wakeups, 0);
	assert_int_equal(statistics_of(f).timeouts, 0);
}

static void an_interrupt_that_ended_a_sleep_has_no_further_effect(void **state)
{
	struct fixture *f = *state;
	struct sleeper s;

	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	ringview_interrupt(f->rv);
	assert_int_equal(sleeper_join(&s), -ECANCELED);
	assert_int_equal(sleeps_until_time_out(f), 1);
}

static void an_interrupt_ends_a_sleep_at_a_busy_record(void **state)
{
	struct fixture *f = *state;
	struct sleeper s;

	reserve(f, 1, 20);
	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	ringview_interrupt(f->rv);
	assert_int_equal(sleeper_join(&s), -ECANCELED);
}

static void every_one_of_many_sleeps_is_interrupted(void **state)
{
	struct fixture *f = *state;
	int i;

	for (i = 0; i < 200; i++) {
		struct sleeper s;

		sleeper_start(&s, f->rv, -1);
		/* Before, while and after the thread goes to sleep. */
		if (i % 2 == 0)
			assert_true(sleeper_is_asleep(&s));
		ringview_interrupt(f->rv);
		assert_int_equal(sleeper_join(&s), -ECANCELED);
	}
}

static void an_interrupt_leaves_errno_alone(void **state)
{
	struct fixture *f = *state;

	errno = 1234;
	ringview_interrupt(f->rv);
	assert_int_equal(errno, 1234);
}

/* The counter of interrupts wraps only after more interrupts than any program makes. */
static void an_interrupt_of_a_full_counter_leaves_errno_alone(void **state)
{
	struct fixture *f = *state;
	const uint64_t most = UINT64_MAX - 1;

	assert_true(ringview_fd(f->rv) >= 0);
	assert_int_equal(
		write(reader_of(f->rv)->waiter.interrupt_fd, &most, sizeof(most)), sizeof(most));
	errno = 1234;
	ringview_interrupt(f->rv);
	assert_int_equal(errno, 1234);
	assert_int_equal(ringview_wait(f->rv, -1), -ECANCELED);
}

/*
 * A wait may consume an interrupt's flag before the interrupt writes to the descriptor. The write
 * then comes alone, as here.
 */
static void write_late(struct fixture *f)
{
	const uint64_t one = 1;

	assert_true(ringview_fd(f->rv) >= 0);
	assert_int_equal(
		write(reader_of(f->rv)->waiter.interrupt_fd, &one, sizeof(one)), sizeof(one));
}

static void a_late_write_of_an_interrupt_ends_no_wait(void **state)
{
	struct fixture *f = *state;

	write_late(f);
	assert_int_equal(ringview_wait(f->rv, MS), 0);
}

static void a_late_write_of_an_interrupt_ends_one_sleep_only(void **state)
{
	struct fixture *f = *state;

	write_late(f);
	assert_in_range(sleeps_until_time_out(f), 1, 2);
}

static void a_late_write_of_an_interrupt_ends_one_sleep_only_at_a_busy_record(void **state)
{
	struct fixture *f = *state;
	uint64_t value;

	write_late(f);
	reserve(f, 1, 20);
	sleeps_until_time_out(f);
	assert_int_equal(read(reader_of(f->rv)->waiter.interrupt_fd, &value, sizeof(value)), -1);
	assert_int_equal(errno, EAGAIN);
}

/* Signals. */

static void an_interrupt_from_a_handler_ends_a_sleep(void **state)
{
	struct fixture *f = *state;
	struct sleeper s;

	handled = f->rv;
	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	assert_int_equal(pthread_kill(s.thread, SIGUSR1), 0);
	assert_int_equal(sleeper_join(&s), -ECANCELED);
	assert_int_equal(ringview_wait(f->rv, MS), 0);
}

static void an_interrupt_from_a_handler_before_a_wait_ends_it(void **state)
{
	struct fixture *f = *state;

	handled = f->rv;
	assert_int_equal(raise(SIGUSR1), 0);
	assert_int_equal(ringview_wait(f->rv, -1), -ECANCELED);
	assert_int_equal(ringview_wait(f->rv, 0), 0);
}

static void a_handler_that_does_not_interrupt_ends_a_sleep_with_eintr(void **state)
{
	struct fixture *f = *state;
	struct sleeper s;

	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	assert_int_equal(pthread_kill(s.thread, SIGUSR1), 0);
	assert_int_equal(sleeper_join(&s), -EINTR);
	assert_int_equal(statistics_of(f).timeouts, 0);
	put(f, 1, 20);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
}

/* A signal between two sleeps of that wait does not end it: try again. */
static void a_handler_ends_a_sleep_at_a_busy_record_with_eintr(void **state)
{
	struct fixture *f = *state;
	struct sleeper s;

	reserve(f, 1, 20);
	sleeper_start(&s, f->rv, -1);
	while (sleeper_is_asleep(&s))
		assert_int_equal(pthread_kill(s.thread, SIGUSR1), 0);
	assert_int_equal(sleeper_join(&s), -EINTR);
}

static void an_interrupt_from_a_handler_ends_a_sleep_at_a_busy_record(void **state)
{
	struct fixture *f = *state;
	struct sleeper s;

	handled = f->rv;
	reserve(f, 1, 20);
	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	assert_int_equal(pthread_kill(s.thread, SIGUSR1), 0);
	assert_int_equal(sleeper_join(&s), -ECANCELED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		reading(an_interrupt_before_a_wait_ends_it),
		reading(an_interrupt_ends_a_wait_that_only_looks),
		reading(an_interrupt_ends_one_wait_only),
		reading(two_interrupts_before_a_wait_end_one),
		reading(an_interrupt_that_was_taken_disturbs_no_further_sleep),
		reading(an_interrupt_comes_before_a_record),
		reading(an_interrupt_does_not_hinder_peeking),
		reading(an_interrupt_from_another_thread_ends_a_sleep),
		reading(an_interrupt_that_ended_a_sleep_has_no_further_effect),
		reading(an_interrupt_ends_a_sleep_at_a_busy_record),
		reading(every_one_of_many_sleeps_is_interrupted),
		reading(an_interrupt_leaves_errno_alone),
		reading(an_interrupt_of_a_full_counter_leaves_errno_alone),
		reading(a_late_write_of_an_interrupt_ends_no_wait),
		reading(a_late_write_of_an_interrupt_ends_one_sleep_only),
		reading(a_late_write_of_an_interrupt_ends_one_sleep_only_at_a_busy_record),
		handling(an_interrupt_from_a_handler_ends_a_sleep),
		handling(an_interrupt_from_a_handler_before_a_wait_ends_it),
		handling(a_handler_that_does_not_interrupt_ends_a_sleep_with_eintr),
		handling(a_handler_ends_a_sleep_at_a_busy_record_with_eintr),
		handling(an_interrupt_from_a_handler_ends_a_sleep_at_a_busy_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
