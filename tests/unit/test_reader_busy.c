/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RINGVIEW_WAIT_BUSY on a ring in memory: how it waits, with a virtual clock. test_reader_hold.c
 * tests what it holds back from the producers.
 */
#include <pthread.h>
#include <signal.h>

#include "reader.h"
#include "support/fixture.h"
#include "support/sleeper.h"
#include "support/virtual_time.h"

#define US INT64_C(1000)
#define MS INT64_C(1000000)
#define INSTANT US
#define LENGTH 16

static int open_busy(void **state)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;

	virtual_time_begin(NULL, NULL, VIRTUAL_NEVER);
	if (fixture_open(state))
		return -1;
	options.wait = RINGVIEW_WAIT_BUSY;
	reopen_with(*state, &options);
	return 0;
}

static int close_busy(void **state)
{
	virtual_time_end();
	return fixture_close(state);
}

#define busy(test) cmocka_unit_test_setup_teardown(test, open_busy, close_busy)

struct stream {
	struct fixture *f;
	int64_t gap;
	uint64_t left, number;
};

static int64_t produce(void *context, int64_t now)
{
	struct stream *s = context;

	put(s->f, s->number++, LENGTH);
	return --s->left > 0 ? now + s->gap : VIRTUAL_NEVER;
}

static int64_t interrupt(void *context, int64_t now)
{
	(void)now;
	ringview_interrupt(context);
	return VIRTUAL_NEVER;
}

static void a_record_in_silence_is_seen_at_once(void **state)
{
	struct fixture *f = *state;
	struct stream s = { .f = f, .left = 1 };

	virtual_time_begin(produce, &s, VIRTUAL_START + MS);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	/* 50 ns between polls, and a few clock readings. */
	assert_in_range(virtual_now(), VIRTUAL_START + MS, VIRTUAL_START + MS + 200);
	assert_int_equal(virtual_sleeps(), 0);
	assert_shows(f, 0, LENGTH);
}

static void a_stream_is_looked_at_every_5_us(void **state)
{
	struct fixture *f = *state;
	struct stream s = { .f = f, .gap = 100, .left = 10000 };
	struct ringview_record record;
	uint64_t seen = 0, looks = 0;

	virtual_time_begin(produce, &s, VIRTUAL_START + MS);
	while (seen < 10000) {
		const int64_t before = virtual_now();

		assert_int_equal(ringview_wait(f->rv, -1), 1);
		/* If no time passed, the wait found the rest of what the last poll had found. */
		looks += virtual_now() != before;
		while (ringview_peek(f->rv, &record) > 0) {
			const int64_t came = VIRTUAL_START + MS + (int64_t)seen * 100;

			assert_payload(record.data, seen++, LENGTH);
			assert_in_range(virtual_now(), came, came + 5 * US + 200);
		}
	}
	assert_in_range(looks, 10000 * 100 / 5000, 10000 * 100 / 5000 + 30);
	assert_int_equal(statistics_of(f).sleeps, 0);
}

static void a_wait_of_0_only_looks(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ringview_wait(f->rv, 0), 0);
	put(f, 0, LENGTH);
	assert_int_equal(ringview_wait(f->rv, 0), 1);
	assert_shows(f, 0, LENGTH);
	assert_int_equal(ringview_wait(f->rv, 0), 0);
	assert_true(virtual_now() - VIRTUAL_START < INSTANT);
	assert_int_equal(statistics_of(f).timeouts, 2);
}

static void a_time_out_lets_its_time_pass(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ringview_wait(f->rv, 100 * US), 0);
	assert_in_range(virtual_now() - VIRTUAL_START, 100 * US, 100 * US + INSTANT);
	assert_int_equal(statistics_of(f).timeouts, 1);
	assert_int_equal(virtual_sleeps(), 0);
}

static void an_interrupt_ends_a_spin(void **state)
{
	struct fixture *f = *state;

	virtual_time_begin(interrupt, f->rv, VIRTUAL_START + 100 * US);
	assert_int_equal(ringview_wait(f->rv, -1), -ECANCELED);
	assert_true(virtual_now() - VIRTUAL_START < 100 * US + INSTANT);
	assert_int_equal(ringview_wait(f->rv, 0), 0);
}

static void an_interrupt_comes_before_a_record(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 1, LENGTH);
	ringview_interrupt(f->rv);
	assert_int_equal(ringview_wait(f->rv, -1), -ECANCELED);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows(f, 0, LENGTH);
	ringview_interrupt(f->rv);
	assert_int_equal(ringview_wait(f->rv, -1), -ECANCELED);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows(f, 1, LENGTH);
}

static void records_that_are_left_end_a_wait_at_once_without_a_look(void **state)
{
	struct fixture *f = *state;
	uint64_t readings;

	put_range(f, 0, 2, LENGTH);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows(f, 0, LENGTH);
	put(f, 3, LENGTH);
	readings = virtual_readings();
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_int_equal(virtual_readings(), readings);
	assert_shows_range(f, 1, 2, LENGTH);
	assert_shows_nothing(f);
	assert_shows(f, 3, LENGTH);
}

static void a_busy_record_does_not_end_a_wait(void **state)
{
	struct fixture *f = *state;
	void *record = reserve(f, 0, LENGTH);

	put(f, 1, LENGTH);
	assert_int_equal(ringview_wait(f->rv, 100 * US), 0);
	memory_ring_submit(&f->ring, record, 0);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows_range(f, 0, 1, LENGTH);
}

static void ignore(int number)
{
	(void)number;
}

static void a_signal_handler_does_not_end_a_wait(void **state)
{
	struct sigaction action = { .sa_handler = ignore }, saved;
	struct fixture *f = *state;
	struct sleeper s;
	int i;

	virtual_time_end();
	assert_int_equal(sigaction(SIGUSR1, &action, &saved), 0);
	sleeper_start(&s, f->rv, -1);
	for (i = 0; i < 10; i++)
		assert_int_equal(pthread_kill(s.thread, SIGUSR1), 0);
	put(f, 0, LENGTH);
	assert_int_equal(sleeper_join(&s), 1);
	assert_int_equal(sigaction(SIGUSR1, &saved, NULL), 0);
	assert_shows(f, 0, LENGTH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		busy(a_record_in_silence_is_seen_at_once),
		busy(a_stream_is_looked_at_every_5_us),
		busy(a_wait_of_0_only_looks),
		busy(a_time_out_lets_its_time_pass),
		busy(an_interrupt_ends_a_spin),
		busy(an_interrupt_comes_before_a_record),
		busy(records_that_are_left_end_a_wait_at_once_without_a_look),
		busy(a_busy_record_does_not_end_a_wait),
		busy(a_signal_handler_does_not_end_a_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
