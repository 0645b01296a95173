/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RINGVIEW_WAIT_PACED on a ring in memory, with a virtual clock; only the last tests have threads
 * and run in real time.
 */
#include <linux/bpf.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>

#include "reader.h"
#include "statistics/random.h"
#include "support/fixture.h"
#include "support/sleeper.h"
#include "support/virtual_time.h"

#define US INT64_C(1000)
#define MS INT64_C(1000000)
#define BUDGET (200 * US)
#define LINGER (PACING_LINGER_BUDGETS * BUDGET)
#define SLACK (50 * US)
#define INSTANT US /* the most a wait without a sleep takes: a few clock readings */
#define LENGTH 16

/* A producer: records of LENGTH bytes, numbered. */
struct stream {
	struct fixture *f;
	int64_t gap;   /* between two records */
	uint64_t left; /* to come */
	uint64_t flags;
	uint64_t number;
	int64_t oversleep;
	int64_t timeout;   /* of the waits; 0: none */
	int64_t last;      /* when the last one came */
	uint64_t notified; /* how many did */
};

static int64_t produce(void *context, int64_t now)
{
	struct stream *s = context;
	const uint64_t position = producer_position(s->f);

	/* The rule of bpf_ringbuf_commit(). */
	if (consumer_position(s->f) == position && !(s->flags & BPF_RB_NO_WAKEUP))
		s->notified++;
	else if (virtual_in_epoll() && !(s->flags & BPF_RB_NO_WAKEUP))
		fail_msg("record %llu does not notify, and the reader sleeps in epoll",
			(unsigned long long)s->number);
	memory_ring_submit(&s->f->ring, reserve(s->f, s->number++, LENGTH), s->flags);
	s->last = now;
	return --s->left > 0 ? now + s->gap : VIRTUAL_NEVER;
}

static int64_t interrupt(void *context, int64_t now)
{
	(void)now;
	ringview_interrupt(context);
	return VIRTUAL_NEVER;
}

static int open_virtual(void **state)
{
	virtual_time_begin(NULL, NULL, VIRTUAL_NEVER);
	return fixture_open(state);
}

static int close_virtual(void **state)
{
	virtual_time_end();
	return fixture_close(state);
}

#define pacing(test) cmocka_unit_test_setup_teardown(test, open_virtual, close_virtual)

static struct ringview_options paced_options(void)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;

	options.wait = RINGVIEW_WAIT_PACED;
	options.latency_budget_ns = BUDGET;
	options.timer_slack_ns = 1;
	return options;
}

/* Returns the fixture with a paced reader, in silence, and its start time. */
static struct fixture *paced(void **state)
{
	const struct ringview_options options = paced_options();

	reopen_with(*state, &options);
	return *state;
}

static struct fixture *paced_and_notified(void **state)
{
	struct ringview_options options = paced_options();

	options.always_notified = 1;
	reopen_with(*state, &options);
	return *state;
}

/* Ends the silence: finds and reads two records. */
static void end_silence(struct fixture *f)
{
	put_range(f, 0, 1, LENGTH);
	assert_int_equal(ringview_wait(f->rv, 0), 1);
	assert_shows_range(f, 0, 1, LENGTH);
	assert_shows_nothing(f);
}

/* The same, until polls are a budget apart. */
static void begin_stream(struct fixture *f)
{
	end_silence(f);
	assert_int_equal(ringview_wait(f->rv, 4 * BUDGET), 0);
	assert_false(virtual_last_sleep().in_epoll);
}

/* Reads the stream to its end, from the time @first; asserts that each record is read at most @late
 * after it came. */
static void read_stream(struct stream *s, int64_t first, int64_t late)
{
	const int64_t start = virtual_now() + first;
	const uint64_t number = s->number, count = s->left;
	uint64_t seen = 0;

	virtual_time_expect(produce, s, start);
	virtual_oversleep(s->oversleep);
	while (seen < count) {
		struct ringview_record record;

		assert_in_range(ringview_wait(s->f->rv, s->timeout > 0 ? s->timeout : -1),
			s->timeout > 0 ? 0 : 1, 1);
		while (ringview_peek(s->f->rv, &record) > 0) {
			const int64_t came = start + (int64_t)seen * s->gap;

			assert_int_equal(record.length, LENGTH);
			assert_payload(record.data, number + seen++, LENGTH);
			if (virtual_now() - came > late)
				fail_msg("record %llu was seen after %lld ns",
					(unsigned long long)(number + seen - 1),
					(long long)(virtual_now() - came));
		}
	}
	assert_int_equal(seen, count);
	ringview_release(s->f->rv);
}

/* During a stream. */

static void records_without_wakeup_are_found_by_one_look_in_a_budget(void **state)
{
	struct fixture *f = paced(state);
	struct stream s = {
		.f = f, .gap = 10 * US, .left = 10000, .number = 2, .flags = BPF_RB_NO_WAKEUP
	};
	const uint64_t budgets = s.left * (uint64_t)s.gap / BUDGET;

	end_silence(f);
	read_stream(&s, 5 * US, BUDGET + INSTANT);
	assert_in_range(statistics_of(f).sleeps, budgets * 9 / 10, budgets * 11 / 10 + 30);
	assert_int_equal(statistics_of(f).wakeups, 0);
}

static void records_with_wakeup_are_found_by_one_look_in_a_budget(void **state)
{
	struct fixture *f = paced_and_notified(state);
	struct stream s = { .f = f, .gap = 10 * US, .left = 10000 };
	const uint64_t budgets = s.left * (uint64_t)s.gap / BUDGET;

	read_stream(&s, 5 * MS, BUDGET + INSTANT);
	assert_in_range(statistics_of(f).sleeps, budgets * 9 / 10, budgets * 11 / 10 + 10);
	/* The first record is single, and the second ends the silence. */
	assert_in_range(statistics_of(f).wakeups, 1, 2);
}

static void no_record_notifies_while_a_stream_lives(void **state)
{
	const int64_t gaps[] = { 100, 10 * US, BUDGET - 1, BUDGET, BUDGET + 1, LINGER - BUDGET };
	size_t i;

	for (i = 0; i < COUNT(gaps); i++) {
		struct fixture *f = paced(state);
		struct stream s = { .f = f, .gap = gaps[i], .left = 1000 };

		read_stream(&s, MS, BUDGET + INSTANT);
		/* The first record is single, and the second ends the silence. */
		assert_in_range(s.notified, 1, 2);
	}
}

/* In silence the reader sleeps until a notification, and each of these rare records notifies. */
static void a_stream_that_stops_is_over_when_the_reader_has_lingered(void **state)
{
	const int64_t lingers[] = { 1, BUDGET, 10 * BUDGET, 100 * BUDGET };
	size_t i;

	for (i = 0; i < COUNT(lingers); i++) {
		struct ringview_options options = paced_options();
		struct fixture *f = *state;
		int64_t looks;

		options.linger_ns = lingers[i];
		options.always_notified = 1;
		reopen_with(f, &options);
		end_silence(f);
		looks = (lingers[i] + BUDGET - 1) / BUDGET;
		/* Polls that find nothing, including the shorter ones after silence. */
		assert_int_equal(ringview_wait(f->rv, lingers[i] + 10 * BUDGET), 0);
		assert_in_range(virtual_sleeps(), looks, looks + 12);
		assert_true(virtual_last_sleep().in_epoll);
		assert_in_range(virtual_last_sleep().slept, 8 * BUDGET, 11 * BUDGET);
		assert_int_equal(consumer_position(f), producer_position(f));
		virtual_time_begin(NULL, NULL, VIRTUAL_NEVER);
	}
}

static void a_stream_never_ends_when_the_reader_lingers_for_ever(void **state)
{
	struct ringview_options options = paced_options();
	struct fixture *f = *state;
	struct stream s = { .f = f, .gap = 1000 * MS, .left = 10 };

	options.linger_ns = INT64_MAX;
	reopen_with(f, &options);
	read_stream(&s, MS, BUDGET + INSTANT);
	assert_int_equal(s.notified, 1);
	assert_false(virtual_last_sleep().in_epoll);
	assert_in_range(virtual_sleeps(), 9 * 1000 * MS / BUDGET, 9 * 1000 * MS / BUDGET + 30);
}

static void each_record_notifies_when_the_reader_does_not_linger(void **state)
{
	struct ringview_options options = paced_options();
	struct fixture *f = *state;
	struct stream s = { .f = f, .gap = BUDGET / 4, .left = 1000 };

	options.linger_ns = 1;
	reopen_with(f, &options);
	read_stream(&s, MS, INSTANT);
	assert_int_equal(s.notified, 1000);
	assert_int_equal(statistics_of(f).wakeups, 1000);
}

/* A handler that takes a gap for each record: those that come meanwhile are found as soon as the pass
 * ends, though the ring has room for more. */
static void a_long_pass_is_followed_by_a_look_at_once(void **state)
{
	struct fixture *f = paced(state);
	struct stream s = { .f = f, .gap = 7 * US, .left = 100, .number = 2 };
	uint64_t seen = 0;
	size_t sleeps;

	begin_stream(f);
	virtual_time_expect(produce, &s, virtual_now() + 5 * US);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	sleeps = virtual_sleeps();
	while (seen < 100) {
		struct ringview_record record;

		while (ringview_peek(f->rv, &record) > 0) {
			assert_payload(record.data, 2 + seen++, LENGTH);
			virtual_time_pass(s.gap);
		}
		if (seen == 100)
			break;
		assert_int_equal(ringview_wait(f->rv, -1), 1);
		assert_int_equal(virtual_sleeps(), sleeps);
	}
	assert_int_equal(s.notified, 0);
}

static void a_short_pass_is_followed_by_a_pause(void **state)
{
	struct fixture *f = paced(state);
	struct stream s = { .f = f, .gap = 50 * US, .left = 100, .number = 2 };
	int64_t woke;
	size_t i;

	begin_stream(f);
	virtual_time_expect(produce, &s, virtual_now() + 5 * US);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	for (i = 0; i < 20; i++) {
		struct ringview_record record;

		woke = virtual_now();
		while (ringview_peek(f->rv, &record) > 0)
			virtual_time_pass(US);
		assert_int_equal(ringview_wait(f->rv, -1), 1);
		assert_in_range(virtual_now() - woke, BUDGET - 10 * US, BUDGET + 10 * US);
	}
}

/* Timer slack. */

/* The budget holds, and no sleep is so short that polling takes a whole CPU: with budgets below, at
 * and above the slack. */
static void the_budget_holds_with_any_timer_slack(void **state)
{
	const int64_t budgets[] = { 10 * US, 25 * US, 50 * US, 75 * US, BUDGET };
	const int64_t slacks[] = { 1, 10 * US, SLACK, 100 * US, 1 * MS };
	size_t b, slack, late;

	for (b = 0; b < COUNT(budgets); b++) {
		for (slack = 0; slack < COUNT(slacks); slack++) {
			for (late = 0; late < 3; late++) {
				struct ringview_options options = paced_options();
				struct fixture *f = *state;
				struct stream s = { .f = f,
					.number = 2,
					.flags = BPF_RB_NO_WAKEUP,
					.gap = budgets[b] / 3,
					.left = 300,
					.oversleep = slacks[slack] / 2 * (int64_t)late };

				options.latency_budget_ns = budgets[b];
				options.timer_slack_ns = slacks[slack];
				reopen_with(f, &options);
				end_silence(f);
				read_stream(&s, US, budgets[b] + INSTANT);
				/* 100 budgets; the reader sleeps at least half of each. */
				assert_in_range(statistics_of(f).sleeps, 90, 220);
			}
		}
	}
}

/* A time-out that comes before the end of the budget must not be late by the slack. */
static void the_budget_holds_with_any_timer_slack_and_time_out(void **state)
{
	const int64_t timeouts[] = { BUDGET / 2, BUDGET - 1, BUDGET, BUDGET * 5 / 4, BUDGET * 3 };
	struct ringview_options options = paced_options();
	struct fixture *f = *state;

	options.timer_slack_ns = 500 * MS;
	for (size_t i = 0; i < COUNT(timeouts); i++) {
		struct stream s = { .f = f,
			.number = 2,
			.flags = BPF_RB_NO_WAKEUP,
			.gap = BUDGET / 3,
			.left = 300,
			.oversleep = options.timer_slack_ns,
			.timeout = timeouts[i] };

		reopen_with(f, &options);
		end_silence(f);
		read_stream(&s, US, BUDGET + INSTANT);
	}
}

/* At 1.2 bytes/ns, with a margin: 1 us if pages have 4 KiB. */
static int64_t fill_ns(const struct fixture *f)
{
	return (int64_t)f->ring.size / PACING_FILL_PART;
}

static void a_stream_that_would_fill_the_ring_is_read_when_a_part_of_it_is_full(void **state)
{
	struct fixture *f = paced_and_notified(state);
	struct stream s = { .f = f, .gap = 20, .left = 100000 };

	read_stream(&s, MS, fill_ns(f));
	assert_true(statistics_of(f).high_water <= f->ring.size * 110 / 100 / PACING_FILL_PART);
	/* A pass is at most an eighth of the ring. */
	assert_true(statistics_of(f).waits < s.number / 15);
}

/* With any slack, a short sleep would last longer than the ring takes to fill. */
static void a_sleep_shorter_than_the_slack_is_spun_where_the_ring_would_fill_up(void **state)
{
	struct ringview_options options = paced_options();
	struct fixture *f = *state;
	struct stream s = { .f = f, .gap = 20, .left = 10000, .oversleep = SLACK };

	options.timer_slack_ns = SLACK;
	options.always_notified = 1;
	reopen_with(f, &options);
	read_stream(&s, MS, fill_ns(f));
	assert_int_equal(virtual_sleeps(), 1);
	assert_int_equal(statistics_of(f).sleeps, 1);
}

/* In silence. */

static void single_records_as_far_apart_as_the_reader_lingers_are_seen_at_once(void **state)
{
	const int64_t gaps[] = { LINGER, LINGER + BUDGET / 2, 100 * LINGER };
	size_t i, notified;

	for (notified = 0; notified < 2; notified++) {
		for (i = 0; i < COUNT(gaps); i++) {
			struct fixture *f = notified ? paced_and_notified(state) : paced(state);
			struct stream s = { .f = f, .gap = gaps[i], .left = 100 };

			read_stream(&s, 5 * MS, INSTANT);
			assert_int_equal(s.notified, 100);
			assert_int_equal(statistics_of(f).wakeups, 100);
			if (notified)
				assert_int_equal(statistics_of(f).sleeps, 100);
		}
	}
}

static void the_first_record_after_silence_ends_the_sleep_by_its_notification(void **state)
{
	struct fixture *f = paced(state);
	struct stream s = { .f = f, .left = 1 };

	read_stream(&s, 5 * MS + 70 * US, INSTANT);
	assert_int_equal(statistics_of(f).wakeups, 1);
	assert_true(virtual_last_sleep().in_epoll);
	/* Starts after 1 + 2 + 4 + 8 budgets. */
	assert_int_equal(virtual_last_sleep().ns, 16 * BUDGET - 1);
}

static void silence_is_slept_through_where_all_is_notified(void **state)
{
	struct fixture *f = paced_and_notified(state);
	struct stream s = { .f = f, .left = 1 };

	read_stream(&s, 1000 * MS, INSTANT);
	assert_int_equal(virtual_sleeps(), 1);
	assert_true(virtual_last_sleep().in_epoll);
	assert_int_equal(virtual_last_sleep().ns, VIRTUAL_NEVER);
	assert_int_equal(statistics_of(f).sleeps, 1);
	assert_int_equal(statistics_of(f).wakeups, 1);
}

static void silence_is_looked_at_at_times_that_back_off_otherwise(void **state)
{
	struct fixture *f = paced(state);

	assert_int_equal(ringview_wait(f->rv, 1000 * MS), 0);
	/* 1, 2, 4 ... 128 budgets, and then 50 ms each. */
	assert_in_range(virtual_sleeps(), 8 + 18, 8 + 20);
	assert_true(virtual_last_sleep().in_epoll);
	assert_int_equal(statistics_of(f).wakeups, 0);
	assert_int_equal(statistics_of(f).timeouts, 1);
}

/* As long as the silence has lasted, at most 50 ms. */
static void a_record_without_wakeup_after_silence_is_found_within_50_ms(void **state)
{
	const int64_t gaps[] = { LINGER, LINGER + 70 * US, 10 * LINGER, 1000 * MS };
	size_t i;

	for (i = 0; i < COUNT(gaps); i++) {
		struct fixture *f = paced(state);
		struct stream s = {
			.f = f, .gap = gaps[i], .left = 100, .flags = BPF_RB_NO_WAKEUP
		};
		const int64_t late = gaps[i] < PACING_SILENCE_NS ? gaps[i] : PACING_SILENCE_NS;

		read_stream(&s, BUDGET, late + INSTANT);
	}
}

static void waits_that_only_look_lengthen_no_sleep(void **state)
{
	struct fixture *f = paced(state);
	int i;

	for (i = 0; i < 100; i++)
		assert_int_equal(ringview_wait(f->rv, 0), 0);
	assert_int_equal(ringview_wait(f->rv, BUDGET + BUDGET / 2), 0);
	assert_int_equal(virtual_sleeps(), 2);
}

static void everything_is_released_before_a_sleep_in_epoll(void **state)
{
	struct fixture *f = paced(state);
	struct stream s = { .f = f, .gap = 3 * LINGER, .left = 50, .number = 2 };

	end_silence(f);
	read_stream(&s, 2 * LINGER, INSTANT);
	assert_int_equal(s.notified, 50);
}

/* Discarded records. */

/* Without a notification, in silence; then a record that must notify. */
static int64_t discard_silently(void *context, int64_t now)
{
	struct stream *s = context;

	memory_ring_discard(&s->f->ring, reserve(s->f, s->number++, LENGTH), BPF_RB_NO_WAKEUP);
	virtual_time_expect(produce, s, now + s->gap);
	return now + s->gap;
}

static void a_discard_found_in_silence_is_not_held_back(void **state)
{
	struct fixture *f = paced(state);
	struct stream s = { .f = f, .gap = 30 * MS, .left = 1 };

	virtual_time_expect(discard_silently, &s, virtual_now() + MS);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_int_equal(s.notified, 1);
	assert_true(virtual_now() - s.last < INSTANT);
}

/* The return values of peek. */

static void peek_says_0_once_at_the_end_of_what_the_wait_found(void **state)
{
	struct fixture *f = paced(state);

	put_range(f, 0, 4, LENGTH);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows(f, 0, LENGTH);
	put_range(f, 5, 6, LENGTH);
	assert_shows_range(f, 1, 4, LENGTH);
	assert_shows_nothing(f);
	assert_shows_range(f, 5, 6, LENGTH);
	assert_shows_nothing(f);
	put(f, 7, LENGTH);
	assert_shows(f, 7, LENGTH);
}

static void peek_says_0_at_the_end_of_mixed_lengths_and_discards(void **state)
{
	struct fixture *f = paced(state);

	put(f, 0, 8);
	put_discarded(f, 20);
	put(f, 1, 100);
	put_discarded(f, 0);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	put(f, 2, 8);
	assert_shows(f, 0, 8);
	assert_shows(f, 1, 100);
	assert_shows_nothing(f);
	assert_shows(f, 2, 8);
}

static void peek_without_a_wait_runs_on(void **state)
{
	struct fixture *f = paced(state);

	put(f, 0, LENGTH);
	assert_shows(f, 0, LENGTH);
	put(f, 1, LENGTH);
	assert_shows(f, 1, LENGTH);
	assert_shows_nothing(f);
}

static void records_that_are_left_end_a_wait_at_once_without_a_look(void **state)
{
	struct fixture *f = paced(state);
	uint64_t readings;

	put_range(f, 0, 2, LENGTH);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows(f, 0, LENGTH);
	put(f, 3, LENGTH);
	readings = virtual_readings();
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_int_equal(ringview_wait(f->rv, 0), 1);
	assert_int_equal(virtual_readings(), readings);
	assert_int_equal(virtual_sleeps(), 0);
	assert_shows_range(f, 1, 2, LENGTH);
	assert_shows_nothing(f);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows(f, 3, LENGTH);
}

static void discards_that_are_left_end_no_wait(void **state)
{
	struct fixture *f = paced(state);

	put(f, 0, LENGTH);
	put_discarded(f, LENGTH);
	put_discarded(f, LENGTH);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows(f, 0, LENGTH);
	assert_int_equal(ringview_wait(f->rv, 2 * LINGER), 0);
	assert_int_equal(consumer_position(f), producer_position(f));
}

static void a_cancelled_record_is_shown_after_the_next_wait(void **state)
{
	struct fixture *f = paced(state);

	put_range(f, 0, 2, LENGTH);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows_range(f, 0, 1, LENGTH);
	ringview_cancel(f->rv);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows_range(f, 0, 2, LENGTH);
	assert_shows_nothing(f);
}

static void a_wait_releases_what_was_shown(void **state)
{
	struct fixture *f = paced(state);

	end_silence(f);
	assert_int_equal(consumer_position(f), 0);
	assert_int_equal(ringview_wait(f->rv, 0), 0);
	assert_int_equal(consumer_position(f), stride_of(LENGTH));
	assert_int_equal(ringview_wait(f->rv, 2 * LINGER), 0);
	assert_int_equal(consumer_position(f), producer_position(f));
}

/* Time-outs. */

static void a_time_out_of_0_only_looks(void **state)
{
	struct fixture *f = paced(state);

	assert_int_equal(ringview_wait(f->rv, 0), 0);
	end_silence(f);
	assert_int_equal(ringview_wait(f->rv, 0), 0);
	put(f, 2, LENGTH);
	assert_int_equal(ringview_wait(f->rv, 0), 1);
	assert_int_equal(virtual_sleeps(), 0);
	assert_true(virtual_now() - VIRTUAL_START < INSTANT);
	assert_int_equal(statistics_of(f).sleeps, 0);
	assert_int_equal(statistics_of(f).timeouts, 2);
}

static void assert_times_out_after(struct fixture *f, int64_t ns)
{
	const int64_t start = virtual_now();

	assert_int_equal(ringview_wait(f->rv, ns), 0);
	assert_in_range(virtual_now() - start, ns, ns + INSTANT);
}

static void a_time_out_shorter_than_the_budget_ends_a_wait_in_silence(void **state)
{
	assert_times_out_after(paced(state), BUDGET / 4);
	assert_times_out_after(paced_and_notified(state), BUDGET / 4);
	assert_times_out_after(paced_and_notified(state), 1);
}

static void a_time_out_longer_than_the_budget_ends_a_wait_in_silence(void **state)
{
	assert_times_out_after(paced(state), 7 * BUDGET + 1);
	assert_times_out_after(paced_and_notified(state), 7 * BUDGET + 1);
}

static void a_time_out_ends_a_wait_between_looks(void **state)
{
	struct fixture *f = paced(state);

	end_silence(f);
	assert_times_out_after(f, 300);
	end_silence(f);
	assert_times_out_after(f, BUDGET / 4);
	end_silence(f);
	assert_times_out_after(f, 7 * BUDGET);
}

static void a_wait_looks_once_more_when_its_time_is_over(void **state)
{
	struct fixture *f = paced(state);
	struct stream s = { .f = f, .left = 1, .flags = BPF_RB_NO_WAKEUP };

	virtual_time_begin(produce, &s, VIRTUAL_START + 20 * US);
	assert_int_equal(ringview_wait(f->rv, 21 * US), 1);
	assert_true(virtual_now() - VIRTUAL_START < 21 * US + INSTANT);
	assert_shows(f, 0, LENGTH);
}

static void negative_waits_have_no_end(void **state)
{
	const int64_t waits[] = { -1, -1000000000, INT64_MIN, INT64_MAX };
	size_t i;

	for (i = 0; i < COUNT(waits); i++) {
		struct fixture *f = paced_and_notified(state);
		struct stream s = { .f = f, .left = 1 };

		virtual_time_begin(produce, &s, VIRTUAL_START + 3600000 * MS);
		assert_int_equal(ringview_wait(f->rv, waits[i]), 1);
		assert_int_equal(virtual_last_sleep().ns, VIRTUAL_NEVER);
		assert_shows(f, 0, LENGTH);
		ringview_release(f->rv);
	}
}

/* Interrupts. */

static void an_interrupt_before_a_wait_ends_it(void **state)
{
	struct fixture *f = paced(state);

	put(f, 0, LENGTH);
	ringview_interrupt(f->rv);
	assert_int_equal(ringview_wait(f->rv, -1), -ECANCELED);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows(f, 0, LENGTH);
}

static void an_interrupt_comes_before_records_that_are_left(void **state)
{
	struct fixture *f = paced(state);

	put_range(f, 0, 1, LENGTH);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows(f, 0, LENGTH);
	ringview_interrupt(f->rv);
	assert_int_equal(ringview_wait(f->rv, -1), -ECANCELED);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows(f, 1, LENGTH);
}

/* @late: the interrupt may wait for the end of a pause as long as that. */
static void assert_interrupted_after(struct fixture *f, int64_t ns, int64_t late)
{
	const int64_t at = virtual_now() + ns;

	virtual_time_expect(interrupt, f->rv, at);
	assert_int_equal(ringview_wait(f->rv, -1), -ECANCELED);
	assert_in_range(virtual_now(), at, at + late + INSTANT);
	/* The stream is over. */
	assert_int_equal(ringview_wait(f->rv, 0), 0);
}

static void an_interrupt_ends_a_sleep_in_silence(void **state)
{
	assert_interrupted_after(paced(state), 30 * US, 0);
	assert_true(virtual_last_sleep().in_epoll);
	assert_interrupted_after(paced_and_notified(state), 30 * MS, 0);
	assert_true(virtual_last_sleep().in_epoll);
}

static void an_interrupt_ends_a_sleep_between_looks(void **state)
{
	struct fixture *f = paced(state);

	begin_stream(f);
	assert_interrupted_after(f, BUDGET / 2, BUDGET / 2);
	assert_false(virtual_last_sleep().in_epoll);
	assert_int_equal(virtual_last_sleep().ns, BUDGET - 1);
}

static void an_interrupt_ends_a_long_sleep_between_looks_at_once(void **state)
{
	struct ringview_options options = paced_options();
	struct fixture *f = *state;

	options.latency_budget_ns = 10 * MS;
	reopen_with(f, &options);
	begin_stream(f);
	assert_interrupted_after(f, 5 * MS, 0);
	assert_false(virtual_last_sleep().in_epoll);
}

static void an_interrupt_ends_a_spin(void **state)
{
	struct ringview_options options = paced_options();
	struct fixture *f = *state;
	int64_t at;

	options.timer_slack_ns = SLACK;
	reopen_with(f, &options);
	end_silence(f);
	/* The first poll after silence is due after as many nanoseconds as an eighth of the ring
	 * has bytes. */
	at = virtual_now() + 100;
	virtual_time_expect(interrupt, f->rv, at);
	assert_int_equal(ringview_wait(f->rv, -1), -ECANCELED);
	assert_int_equal(virtual_sleeps(), 0);
	assert_in_range(virtual_now(), at, at + 100);
	assert_int_equal(ringview_wait(f->rv, 0), 0);
}

/* Records reserved and not yet submitted. */

static void a_busy_record_is_neither_spun_nor_slept_through(void **state)
{
	struct fixture *f = paced(state);

	reserve(f, 0, LENGTH);
	/* The first record of a stream is reserved. */
	assert_int_equal(ringview_wait(f->rv, 2 * LINGER), 0);
	virtual_time_begin(NULL, NULL, VIRTUAL_NEVER);
	assert_int_equal(ringview_wait(f->rv, 100 * MS), 0);
	/* 20 us, 40 us ... and then 20 ms each. */
	assert_in_range(virtual_sleeps(), 14, 20);
	assert_true(virtual_readings() < 4 * virtual_sleeps());
	assert_true(virtual_last_sleep().in_epoll);
}

static int64_t submit(void *context, int64_t now)
{
	struct stream *s = context;

	memory_ring_submit(&s->f->ring, (void *)(uintptr_t)s->last, s->flags);
	s->last = now;
	return VIRTUAL_NEVER;
}

/* At once with a notification, else within 20 ms. */
static void a_busy_record_in_silence_is_found_in_time(void **state)
{
	const struct {
		uint64_t flags;
		int64_t late;
	} cases[] = {
		{ 0, INSTANT },
		{ BPF_RB_NO_WAKEUP, 20 * MS + INSTANT },
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		struct fixture *f = paced(state);
		struct stream s = { .f = f, .flags = cases[i].flags };

		s.last = (int64_t)(uintptr_t)reserve(f, 0, LENGTH);
		put(f, 1, LENGTH);
		virtual_time_expect(submit, &s, virtual_now() + 113 * MS);
		assert_int_equal(ringview_wait(f->rv, -1), 1);
		assert_true(virtual_now() - s.last < cases[i].late);
		assert_shows_range(f, 0, 1, LENGTH);
		ringview_release(f->rv);
	}
}

static void a_record_behind_a_busy_one_in_a_stream_is_found(void **state)
{
	struct fixture *f = paced(state);
	struct stream s = { .f = f };

	end_silence(f);
	s.last = (int64_t)(uintptr_t)reserve(f, 2, LENGTH);
	virtual_time_expect(submit, &s, virtual_now() + 100 * US);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_true(virtual_now() - s.last < BUDGET + INSTANT);
	assert_shows(f, 2, LENGTH);
}

/* Errors. */

static void an_impossible_record_ends_a_wait(void **state)
{
	struct fixture *f = paced(state);

	put(f, 0, LENGTH);
	set_header(f, 0, 5000);
	assert_int_equal(ringview_wait(f->rv, -1), -EBADMSG);
	assert_int_equal(ringview_wait(f->rv, -1), -EBADMSG);
	assert_peek_returns(f, -EBADMSG);
}

static void an_impossible_record_ends_a_wait_between_looks(void **state)
{
	struct fixture *f = paced(state);

	end_silence(f);
	put(f, 2, LENGTH);
	set_header(f, 2 * stride_of(LENGTH), 5000);
	assert_int_equal(ringview_wait(f->rv, -1), -EBADMSG);
	assert_peek_returns(f, -EBADMSG);
}

static void records_shown_before_an_impossible_position_stay_counted(void **state)
{
	struct fixture *f = paced(state);

	put_range(f, 0, 1, LENGTH);
	assert_int_equal(ringview_wait(f->rv, 0), 1);
	assert_shows_range(f, 0, 1, LENGTH);
	set_producer_position(f, producer_position(f) + 4);
	assert_int_equal(ringview_wait(f->rv, -1), -EBADMSG);
	assert_int_equal(statistics_of(f).records, 2);
	assert_int_equal(statistics_of(f).bytes, 2 * LENGTH);
}

static void another_consumer_ends_a_wait(void **state)
{
	struct fixture *f = paced(state);

	put_range(f, 0, 1, LENGTH);
	set_consumer_position(f, stride_of(LENGTH));
	assert_int_equal(ringview_wait(f->rv, -1), -EBUSY);
	assert_peek_returns(f, -EBUSY);
	assert_int_equal(consumer_position(f), stride_of(LENGTH));
}

static void another_consumer_ends_a_wait_between_looks(void **state)
{
	struct fixture *f = paced(state);

	end_silence(f);
	set_consumer_position(f, stride_of(LENGTH));
	assert_int_equal(ringview_wait(f->rv, -1), -EBUSY);
	assert_int_equal(consumer_position(f), stride_of(LENGTH));
}

static void a_restart_goes_on_at_the_stored_position(void **state)
{
	struct fixture *f = paced(state);

	put_range(f, 0, 2, LENGTH);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows_range(f, 0, 1, LENGTH);
	assert_int_equal(ringview_restart(f->rv), 0);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows_range(f, 0, 2, LENGTH);
}

/* The thread's timer slack. */

struct slack {
	struct ringview *rv;
	int before, after;
};

static void *wait_and_ask_for_slack(void *argument)
{
	struct slack *slack = argument;

	slack->before = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
	ringview_wait(slack->rv, 10 * BUDGET);
	slack->after = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
	return NULL;
}

static struct slack slack_of_a_wait(struct fixture *f, int64_t timer_slack_ns)
{
	struct ringview_options options = paced_options();
	struct slack slack;
	pthread_t thread;

	options.timer_slack_ns = timer_slack_ns;
	reopen_with(f, &options);
	slack.rv = f->rv;
	assert_int_equal(pthread_create(&thread, NULL, wait_and_ask_for_slack, &slack), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	return slack;
}

static void the_timer_slack_is_set_when_asked_for(void **state)
{
	struct slack slack = slack_of_a_wait(*state, 4321);

	assert_int_not_equal(slack.before, 4321);
	assert_int_equal(slack.after, 4321);
}

static void the_timer_slack_is_left_alone_otherwise(void **state)
{
	struct slack slack = slack_of_a_wait(*state, 0);

	assert_int_equal(slack.after, slack.before);
}

struct lowered {
	struct fixture *f;
	int slack; /* during the sleep */
	bool ends; /* the sleep, by an interrupt */
};

static int64_t look_at_slack(void *context, int64_t now)
{
	struct lowered *lowered = context;

	(void)now;
	lowered->slack = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
	if (lowered->ends)
		ringview_interrupt(lowered->f->rv);
	return VIRTUAL_NEVER;
}

/* If the slack is more than half of a sleep, whatever ends the sleep. */
static void the_timer_slack_is_lowered_for_a_sleep_and_restored(void **state)
{
	const int64_t budgets[] = { 10 * US, 60 * US, 99 * US, 100 * US, BUDGET };
	size_t i, ends;

	for (i = 0; i < COUNT(budgets); i++) {
		for (ends = 0; ends < 2; ends++) {
			struct ringview_options options = paced_options();
			struct fixture *f = *state;
			struct lowered lowered = { .f = f, .ends = ends };
			const bool low = budgets[i] < 2 * SLACK;

			options.latency_budget_ns = budgets[i];
			options.linger_ns = INT64_MAX;
			options.timer_slack_ns = SLACK;
			reopen_with(f, &options);
			end_silence(f);
			assert_int_equal(ringview_wait(f->rv, 1000 * US), 0);
			virtual_time_expect(
				look_at_slack, &lowered, virtual_now() + budgets[i] / 3);
			assert_int_equal(
				ringview_wait(f->rv, 3 * budgets[i]), ends ? -ECANCELED : 0);
			assert_int_equal(lowered.slack, low ? budgets[i] / 8 + 1 : SLACK);
			assert_int_equal(prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0), SLACK);
		}
	}
}

/* Signals. */

static int handled;

static void count_signal(int number)
{
	(void)number;
	handled++;
}

static int64_t raise_signal(void *context, int64_t now)
{
	(void)context;
	(void)now;
	raise(SIGUSR1);
	return VIRTUAL_NEVER;
}

static struct fixture *in_a_stream(void **state)
{
	struct fixture *f = paced(state);

	begin_stream(f);
	return f;
}

static struct fixture *of_event_at_a_busy_record(void **state)
{
	struct fixture *f = *state;

	reopen(f);
	reserve(f, 0, LENGTH);
	return f;
}

/* At any moment after the wait began to sleep, also between two sleeps. During a stream, after the
 * pause that the signal comes in. */
static void a_handled_signal_ends_each_wait(void **state)
{
	struct fixture *(*const scenes[])(
		void **) = { in_a_stream, paced, of_event_at_a_busy_record };
	struct sigaction action = { .sa_handler = count_signal }, saved;
	int64_t after;
	size_t i;

	assert_int_equal(sigaction(SIGUSR1, &action, &saved), 0);
	for (i = 0; i < COUNT(scenes); i++) {
		for (after = 100; after < 3 * BUDGET; after += 7 + after % 5) {
			struct fixture *f = *state;
			int64_t start;

			start_at(f, 0);
			scenes[i](state);
			start = virtual_now();
			handled = 0;
			virtual_time_expect(raise_signal, NULL, start + after);
			if (ringview_wait(f->rv, 5 * BUDGET) != -EINTR)
				fail_msg("no signal after %lld ns ends wait %zu", (long long)after,
					i);
			assert_int_equal(handled, 1);
			assert_in_range(virtual_now() - start, after,
				after + (i == 0 ? BUDGET : 0) + INSTANT);
		}
	}
	assert_int_equal(sigaction(SIGUSR1, &saved, NULL), 0);
}

/* In real time. */

static void ignore(int number)
{
	(void)number;
}

static int open_real(void **state)
{
	struct sigaction action = { .sa_handler = ignore };

	return sigaction(SIGUSR1, &action, NULL) < 0 || fixture_open(state);
}

#define in_real_time(test) cmocka_unit_test_setup_teardown(test, open_real, fixture_close)

static void a_record_ends_a_sleep_of_another_thread(void **state)
{
	struct fixture *f = paced_and_notified(state);
	struct sleeper s;

	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	put(f, 0, LENGTH);
	assert_int_equal(sleeper_join(&s), 1);
	assert_int_equal(statistics_of(f).wakeups, 1);
	assert_shows(f, 0, LENGTH);
}

static void a_record_without_wakeup_ends_a_wait_of_another_thread(void **state)
{
	struct fixture *f = paced(state);
	struct sleeper s;

	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	memory_ring_submit(&f->ring, reserve(f, 0, LENGTH), BPF_RB_NO_WAKEUP);
	assert_int_equal(sleeper_join(&s), 1);
	assert_int_equal(statistics_of(f).wakeups, 0);
	assert_shows(f, 0, LENGTH);
}

static void an_interrupt_ends_a_sleep_of_another_thread(void **state)
{
	struct fixture *f = paced_and_notified(state);
	struct sleeper s;

	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	ringview_interrupt(f->rv);
	assert_int_equal(sleeper_join(&s), -ECANCELED);
}

static void a_signal_handler_ends_a_sleep_with_eintr(void **state)
{
	struct fixture *f = paced_and_notified(state);
	struct sleeper s;

	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	assert_int_equal(pthread_kill(s.thread, SIGUSR1), 0);
	assert_int_equal(sleeper_join(&s), -EINTR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		pacing(records_without_wakeup_are_found_by_one_look_in_a_budget),
		pacing(records_with_wakeup_are_found_by_one_look_in_a_budget),
		pacing(no_record_notifies_while_a_stream_lives),
		pacing(a_stream_that_stops_is_over_when_the_reader_has_lingered),
		pacing(a_stream_never_ends_when_the_reader_lingers_for_ever),
		pacing(each_record_notifies_when_the_reader_does_not_linger),
		pacing(a_long_pass_is_followed_by_a_look_at_once),
		pacing(a_short_pass_is_followed_by_a_pause),
		pacing(the_budget_holds_with_any_timer_slack),
		pacing(the_budget_holds_with_any_timer_slack_and_time_out),
		pacing(a_stream_that_would_fill_the_ring_is_read_when_a_part_of_it_is_full),
		pacing(a_sleep_shorter_than_the_slack_is_spun_where_the_ring_would_fill_up),
		pacing(single_records_as_far_apart_as_the_reader_lingers_are_seen_at_once),
		pacing(the_first_record_after_silence_ends_the_sleep_by_its_notification),
		pacing(silence_is_slept_through_where_all_is_notified),
		pacing(silence_is_looked_at_at_times_that_back_off_otherwise),
		pacing(a_record_without_wakeup_after_silence_is_found_within_50_ms),
		pacing(waits_that_only_look_lengthen_no_sleep),
		pacing(everything_is_released_before_a_sleep_in_epoll),
		pacing(a_discard_found_in_silence_is_not_held_back),
		pacing(peek_says_0_once_at_the_end_of_what_the_wait_found),
		pacing(peek_says_0_at_the_end_of_mixed_lengths_and_discards),
		pacing(peek_without_a_wait_runs_on),
		pacing(records_that_are_left_end_a_wait_at_once_without_a_look),
		pacing(discards_that_are_left_end_no_wait),
		pacing(a_cancelled_record_is_shown_after_the_next_wait),
		pacing(a_wait_releases_what_was_shown),
		pacing(a_time_out_of_0_only_looks),
		pacing(a_time_out_shorter_than_the_budget_ends_a_wait_in_silence),
		pacing(a_time_out_longer_than_the_budget_ends_a_wait_in_silence),
		pacing(a_time_out_ends_a_wait_between_looks),
		pacing(a_wait_looks_once_more_when_its_time_is_over),
		pacing(negative_waits_have_no_end),
		pacing(an_interrupt_before_a_wait_ends_it),
		pacing(an_interrupt_comes_before_records_that_are_left),
		pacing(an_interrupt_ends_a_sleep_in_silence),
		pacing(an_interrupt_ends_a_sleep_between_looks),
		pacing(an_interrupt_ends_a_long_sleep_between_looks_at_once),
		pacing(an_interrupt_ends_a_spin),
		pacing(a_busy_record_is_neither_spun_nor_slept_through),
		pacing(a_busy_record_in_silence_is_found_in_time),
		pacing(a_record_behind_a_busy_one_in_a_stream_is_found),
		pacing(an_impossible_record_ends_a_wait),
		pacing(an_impossible_record_ends_a_wait_between_looks),
		pacing(records_shown_before_an_impossible_position_stay_counted),
		pacing(another_consumer_ends_a_wait),
		pacing(another_consumer_ends_a_wait_between_looks),
		pacing(a_restart_goes_on_at_the_stored_position),
		pacing(the_timer_slack_is_set_when_asked_for),
		pacing(the_timer_slack_is_left_alone_otherwise),
		pacing(the_timer_slack_is_lowered_for_a_sleep_and_restored),
		pacing(a_handled_signal_ends_each_wait),
		in_real_time(a_record_ends_a_sleep_of_another_thread),
		in_real_time(a_record_without_wakeup_ends_a_wait_of_another_thread),
		in_real_time(an_interrupt_ends_a_sleep_of_another_thread),
		in_real_time(a_signal_handler_ends_a_sleep_with_eintr),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
