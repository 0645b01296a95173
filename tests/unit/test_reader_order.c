/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order of a group: which record is next, when it may be shown, and how long a wait takes, with
 * each strategy. With a virtual clock.
 */
#include <linux/bpf.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "reader.h"
#include "support/ring_set.h"
#include "support/timed.h"
#include "support/virtual_time.h"

#define US INT64_C(1000)
#define MS INT64_C(1000000)
#define BUDGET RING_SET_BUDGET
#define LATENESS (300 * US)
#define INSTANT (20 * US) /* the most that clock readings, polls and the spinning of BUSY take */
#define RINGS 5           /* no power of two */

static uint64_t numbers[RINGS]; /* of the next record to put, per ring */

static void set_order(struct ring_set *r, int64_t lateness_ns)
{
	const struct ringview_order order = timed_order(lateness_ns);

	assert_int_equal(ringview_group_set_order(r->group, &order), 0);
}

static int open_rings(void **state)
{
	if (open_group(state))
		return -1;
	memset(numbers, 0, sizeof(numbers));
	set_order(*state, LATENESS);
	add_rings(*state, RINGS);
	return 0;
}

#define each(test) with_each(test, open_rings)

static uint64_t now(void)
{
	return (uint64_t)virtual_now();
}

static struct timed *reserve_at(struct ring_set *r, size_t ring, uint64_t time)
{
	struct timed *t = reserve_timed(&r->of[ring].ring, ring, numbers[ring]++, time);

	assert_non_null(t);
	return t;
}

static void submit(struct ring_set *r, size_t ring, struct timed *t)
{
	memory_ring_submit(&r->of[ring].ring, t, 0);
}

static void put_at(struct ring_set *r, size_t ring, uint64_t time)
{
	submit(r, ring, reserve_at(r, ring, time));
}

/* Asserts that the next record is that of @ring with @time. */
static void assert_next(struct ring_set *r, size_t ring, uint64_t time)
{
	struct ringview_record record = { NULL, 0 };
	struct ringview *rv = NULL;
	struct timed t;

	assert_int_equal(ringview_group_peek_ordered(r->group, &record, &rv), 1);
	assert_ptr_equal(rv, r->of[ring].rv);
	assert_int_equal(record.length, sizeof(t));
	memcpy(&t, record.data, sizeof(t));
	assert_int_equal(t.ring, ring);
	assert_int_equal(t.time, time);
}

static void assert_none(struct ring_set *r)
{
	struct ringview_record record = { r, 1234567 };
	struct ringview *rv = r->of[0].rv;

	assert_int_equal(ringview_group_peek_ordered(r->group, &record, &rv), 0);
	assert_ptr_equal(record.data, r);
	assert_int_equal(record.length, 1234567);
	assert_ptr_equal(rv, r->of[0].rv);
}

/* Calls @act with ring R and time @start + T for each word "R+T" or "R-T" of @words. A last word "." asserts that
 * nothing more is shown. */
static void for_each_word(struct ring_set *r, uint64_t start, const char *words,
	void (*act)(struct ring_set *, size_t, uint64_t))
{
	while (*words >= '0') {
		char *end;
		const size_t ring = strtoul(words, &end, 10);
		const int64_t offset = strtoll(end, &end, 10);

		act(r, ring, start + (uint64_t)offset);
		words = end + strspn(end, " ");
	}
	if (*words == '.')
		assert_none(r);
	else
		assert_int_equal(*words, '\0');
}

/* Puts these records, in this order. */
static void put_all(struct ring_set *r, uint64_t start, const char *words)
{
	for_each_word(r, start, words, put_at);
}

/* The next records shown are these. */
static void assert_shown(struct ring_set *r, uint64_t start, const char *words)
{
	for_each_word(r, start, words, assert_next);
}

/* Which record is next. */

static void the_oldest_of_all_rings_is_next(void **state)
{
	struct ring_set *r = *state;
	const uint64_t start = now() - 100;

	put_all(r, start, "1+20 0+30 2+10 2+25 4+5 1+35 1+40");
	assert_found(r);
	assert_shown(r, start, "4+5 2+10 1+20 2+25 0+30 1+35 1+40 .");
	assert_int_equal(statistics_of_group(r).late, 0);
	assert_int_equal(statistics_of_group(r).records, 7);
}

static void of_equal_times_the_ring_added_first_is_next(void **state)
{
	struct ring_set *r = *state;
	const uint64_t start = now() - 100;
	size_t ring;
	int i;

	for (ring = RINGS; ring-- > 0;)
		for (i = 0; i < 3; i++)
			put_at(r, ring, start);
	assert_found(r);
	for (ring = 0; ring < RINGS; ring++)
		for (i = 0; i < 3; i++)
			assert_next(r, ring, start);
	assert_none(r);
	assert_int_equal(statistics_of_group(r).late, 0);
}

static void times_of_any_size_are_compared(void **state)
{
	struct ring_set *r = *state;

	put_at(r, 3, 0);
	put_at(r, 2, 0);
	put_at(r, 1, 1);
	put_at(r, 0, UINT64_C(1) << 33);
	put_at(r, 0, (UINT64_C(1) << 33) + 1);
	put_at(r, 4, 1);
	assert_int_equal(ringview_group_wait(r->group, 0), 1);
	/* A timestamp of 0 counts as 1. */
	assert_next(r, 1, 1);
	assert_next(r, 2, 0);
	assert_next(r, 3, 0);
	assert_next(r, 4, 1);
	assert_next(r, 0, UINT64_C(1) << 33);
	assert_next(r, 0, (UINT64_C(1) << 33) + 1);
	assert_none(r);
}

static void records_of_one_ring_stay_in_its_order(void **state)
{
	struct ring_set *r = *state;
	const uint64_t start = now() - 100;

	put_all(r, start, "0+10 0+5 1+7 1+10");
	assert_found(r);
	assert_shown(r, start, "1+7 0+10 0+5 1+10");
	assert_int_equal(statistics_of_group(r).late, 1);
	assert_int_equal(statistics_of(&r->of[0]).late, 1);
	assert_int_equal(statistics_of(&r->of[1]).late, 0);
}

static void discarded_records_are_skipped(void **state)
{
	struct ring_set *r = *state;
	const uint64_t start = now() - 100;

	memory_ring_discard(&r->of[0].ring, reserve_at(r, 0, start), 0);
	put_at(r, 0, start + 3);
	memory_ring_discard(&r->of[0].ring, reserve_at(r, 0, start + 4), 0);
	put_all(r, start, "1+2 1+5");
	assert_found(r);
	assert_shown(r, start, "1+2 0+3 1+5 .");
	assert_int_equal(statistics_of_group(r).discarded, 2);
}

/* Puts a record of @length bytes with its timestamp at @offset. */
static void put_with_time(
	struct ring_set *r, size_t ring, uint32_t length, size_t offset, uint64_t time)
{
	unsigned char *payload = memory_ring_reserve(&r->of[ring].ring, length);

	assert_non_null(payload);
	memset(payload, 0xff, length);
	if (offset + sizeof(time) <= length)
		memcpy(payload + offset, &time, sizeof(time));
	memory_ring_submit(&r->of[ring].ring, payload, 0);
}

static void assert_next_of(struct ring_set *r, size_t ring, uint32_t length)
{
	struct ringview_record record;
	struct ringview *rv;

	assert_int_equal(ringview_group_peek_ordered(r->group, &record, &rv), 1);
	assert_ptr_equal(rv, r->of[ring].rv);
	assert_int_equal(record.length, length);
}

/* At an odd offset, at the end of the record, and in a record that wraps. */
static void the_time_is_anywhere_in_the_record(void **state)
{
	struct ringview_order order = timed_order(LATENESS);
	struct ring_set *r = *state;
	const uint64_t start = now() - 1000, position = r->of[0].ring.size - 24;

	order.timestamp_offset = 13;
	assert_int_equal(ringview_group_set_order(r->group, &order), 0);
	start_at(&r->of[0], position);
	put_with_time(r, 0, 21, 13, start + 2);
	put_with_time(r, 0, 40, 13, start + 4);
	put_with_time(r, 1, 21, 13, start + 1);
	put_with_time(r, 1, 22, 13, start + 3);
	put_with_time(r, 1, 23, 13, start + 5);
	assert_found(r);
	assert_next_of(r, 1, 21);
	assert_next_of(r, 0, 21);
	assert_next_of(r, 1, 22);
	assert_next_of(r, 0, 40);
	assert_next_of(r, 1, 23);
	assert_none(r);
}

static void a_record_without_a_time_follows_the_one_before_it(void **state)
{
	struct ringview_order order = timed_order(LATENESS);
	struct ring_set *r = *state;
	const uint64_t start = now() - 2 * LATENESS;

	order.timestamp_offset = 8;
	assert_int_equal(ringview_group_set_order(r->group, &order), 0);
	put_with_time(r, 0, 15, 8, 0);
	put_with_time(r, 0, 16, 8, start + 10);
	put_with_time(r, 0, 0, 8, 0);
	put_with_time(r, 0, 14, 8, 0);
	put_with_time(r, 1, 17, 8, start + 5);
	put_with_time(r, 1, 18, 8, start + 10);
	put_with_time(r, 1, 19, 8, start + 11);
	assert_found(r);
	assert_next_of(r, 0, 15);
	assert_next_of(r, 1, 17);
	assert_next_of(r, 0, 16);
	assert_next_of(r, 0, 0);
	assert_next_of(r, 0, 14);
	assert_next_of(r, 1, 18);
	assert_next_of(r, 1, 19);
	assert_none(r);
	assert_int_equal(statistics_of_group(r).late, 0);
}

/* When a record may be shown. */

/* Asserts that the record of @ring with @time is shown as soon as it is as old as the lateness. */
static void assert_shown_once_old(struct ring_set *r, size_t ring, uint64_t time)
{
	const uint64_t due = time + LATENESS;

	assert_int_equal(ringview_group_wait(r->group, 0), 0);
	assert_none(r);
	/* Each poll reads the clock once, before the rings. */
	virtual_time_pass((int64_t)(due - now()) - VIRTUAL_READING - 1);
	assert_none(r);
	assert_int_equal(now(), due - 1);
	virtual_time_pass(1);
	assert_next(r, ring, time);
	assert_none(r);
}

static void a_record_is_shown_when_it_is_as_old_as_the_lateness(void **state)
{
	struct ring_set *r = *state;
	uint64_t start = now();

	put_at(r, 2, start);
	assert_shown_once_old(r, 2, start);
	start = now();
	put_at(r, 3, start);
	put_at(r, 1, start + LATENESS);
	assert_shown_once_old(r, 3, start);
	assert_int_equal(statistics_of_group(r).late, 0);
}

static void to_the_nanosecond(void **state)
{
	struct ring_set *r = *state;
	const uint64_t start = now();

	put_all(r, start, "2+0 3+1");
	virtual_time_pass(LATENESS - VIRTUAL_READING);
	assert_next(r, 2, start);
	assert_int_equal(now(), start + LATENESS);
	assert_none(r);
	assert_next(r, 3, start + 1);
}

static void an_older_record_that_comes_in_time_goes_first(void **state)
{
	struct ring_set *r = *state;
	const uint64_t start = now();

	put_at(r, 2, start + 10);
	virtual_time_pass(LATENESS - 200);
	assert_none(r);
	put_all(r, start, "4+5 0+15");
	assert_none(r);
	virtual_time_pass(200);
	assert_found(r);
	assert_shown(r, start, "4+5 2+10 0+15");
	assert_int_equal(statistics_of_group(r).late, 0);
}

/* A reserved record may have any timestamp; only the lateness bounds the wait for it. */
static void a_reserved_record_holds_the_others_back_for_the_lateness_only(void **state)
{
	struct ring_set *r = *state;
	const uint64_t start = now();
	struct timed *busy = reserve_at(r, 0, start);

	put_all(r, start, "0+1 1+2");
	assert_shown_once_old(r, 1, start + 2);
	/* It is late now, and so is the next one of its ring. */
	submit(r, 0, busy);
	assert_found(r);
	assert_shown(r, start, "0+0 0+1 .");
	assert_int_equal(statistics_of_group(r).late, 2);
	assert_int_equal(statistics_of(&r->of[0]).late, 2);
}

static void a_reserved_record_that_is_submitted_in_time_goes_first(void **state)
{
	struct ring_set *r = *state;
	const uint64_t start = now();
	struct timed *busy = reserve_at(r, 0, start);

	put_at(r, 1, start + 2);
	virtual_time_pass(LATENESS / 2);
	assert_none(r);
	submit(r, 0, busy);
	virtual_time_pass(LATENESS);
	assert_found(r);
	assert_shown(r, start, "0+0 1+2");
	assert_int_equal(statistics_of_group(r).late, 0);
}

static void a_reserved_record_behind_one_that_is_shown_holds_nobody_back(void **state)
{
	struct ring_set *r = *state;
	const uint64_t old = now() - 2 * LATENESS;

	put_at(r, 0, old);
	reserve_at(r, 0, old + 1);
	put_at(r, 1, old + 2);
	assert_found(r);
	assert_shown(r, old, "0+0 1+2 .");
}

struct in_wait {
	struct ring_set *rings;
	size_t ring;
	uint64_t time; /* 0: interrupts */
};

static int64_t happen(void *context, int64_t at)
{
	struct in_wait *h = context;

	(void)at;
	if (h->time == 0)
		ringview_group_interrupt(h->rings->group);
	else
		put_at(h->rings, h->ring, h->time);
	return VIRTUAL_NEVER;
}

/* The record is just old enough; a poll before the clock reading would miss it. */
static void the_clock_is_read_before_the_rings_are_looked_at(void **state)
{
	struct ring_set *r = *state;
	const uint64_t start = now();
	struct in_wait h = { r, 0, start + 10 - LATENESS };

	put_at(r, 1, start + 15 - LATENESS);
	virtual_time_expect(happen, &h, (int64_t)start + 10);
	assert_next(r, 0, start + 10 - LATENESS);
	assert_next(r, 1, start + 15 - LATENESS);
	assert_none(r);
}

static void a_late_record_is_shown_at_once_and_counted(void **state)
{
	struct ring_set *r = *state;
	const uint64_t start = now();

	put_all(r, start, "2+0 2+1");
	virtual_time_pass(LATENESS + 100);
	assert_found(r);
	assert_shown(r, start, "2+0 2+1");
	put_all(r, start, "3-5 3+1");
	assert_none(r);
	assert_next(r, 3, start - 5);
	assert_int_equal(statistics_of_group(r).late, 1);
	assert_shown(r, start, "3+1 .");
	assert_int_equal(statistics_of_group(r).late, 1);
	/* An old record that follows no newer one is not late. */
	put_at(r, 3, start + 2);
	assert_next(r, 3, start + 2);
	assert_int_equal(statistics_of_group(r).late, 1);
}

static void a_time_in_the_future_is_that_at_which_it_was_found(void **state)
{
	struct ring_set *r = *state;
	const uint64_t start = now();
	uint64_t later;
	int i;

	put_at(r, 0, UINT64_MAX);
	for (i = 0; i < 5; i++)
		put_at(r, 0, start + UINT64_C(3600000000000));
	put_at(r, 1, start);
	assert_none(r);
	/* Records of other rings pass it. */
	virtual_time_pass(LATENESS);
	later = now();
	put_at(r, 2, later);
	assert_found(r);
	assert_next(r, 1, start);
	assert_next(r, 0, UINT64_MAX);
	for (i = 0; i < 5; i++)
		assert_next(r, 0, start + UINT64_C(3600000000000));
	assert_none(r);
	assert_found(r);
	assert_next(r, 2, later);
	assert_int_equal(statistics_of_group(r).late, 0);
}

/* It came after the poll began and before the poll reached its ring. */
static void a_time_just_after_the_look_is_no_future(void **state)
{
	struct ring_set *r = *state;
	const uint64_t start = now();

	put_at(r, 0, start + 500);
	assert_none(r);
	put_at(r, 1, start + 400);
	assert_none(r);
	virtual_time_pass(1000);
	assert_none(r);
	virtual_time_pass(LATENESS);
	assert_found(r);
	assert_shown(r, start, "1+400 0+500");
}

static void without_an_own_lateness_it_is_the_latency_budget(void **state)
{
	struct ring_set *r = *state;
	const uint64_t start = now();

	set_order(r, 0);
	put_at(r, 2, start);
	virtual_time_pass(BUDGET - VIRTUAL_READING - 1);
	assert_none(r);
	virtual_time_pass(1);
	assert_next(r, 2, start);
}

/* Passes. */

static void what_comes_within_a_pass_is_of_the_next(void **state)
{
	struct ring_set *r = *state;
	const uint64_t old = now() - 2 * LATENESS;

	put_all(r, old, "0+0 1+10");
	assert_found(r);
	assert_next(r, 0, old);
	put_all(r, old, "0+5 2+6");
	assert_shown(r, old, "1+10 .");
	assert_shown(r, old, "0+5 2+6 .");
	assert_none(r);
	assert_int_equal(statistics_of_group(r).late, 2);
}

/* Each pass shows this many records of ring 3, with those of ring 1 between them. */
static void a_pass_shows_an_eighth_of_a_ring_at_most(void **state)
{
	struct ring_set *r = *state;
	const uint64_t old = now() - 2 * LATENESS;
	const uint64_t most = (r->of[0].ring.size / 8 + TIMED_STRIDE - 1) / TIMED_STRIDE;
	uint64_t number, consumed = 0;

	for (number = 0; number < 3 * most; number++) {
		put_at(r, 3, old + 2 * number);
		if (number % 4 == 0)
			put_at(r, 1, old + 2 * number + 1);
	}
	for (number = 0; number < 3 * most; number++) {
		if (number % most == 0) {
			if (number > 0)
				assert_none(r);
			/* It returns at once, and releases as usual. */
			assert_int_equal(ringview_group_wait(r->group, 0), 1);
			assert_true(number == 0 || consumer_position(&r->of[3]) > consumed);
			consumed = consumer_position(&r->of[3]);
			if (number > 0 && (number - 1) % 4 == 0)
				assert_next(r, 1, old + 2 * number - 1);
		}
		assert_next(r, 3, old + 2 * number);
		if (number % 4 == 0 && (number + 1) % most != 0)
			assert_next(r, 1, old + 2 * number + 1);
	}
	assert_int_equal(statistics_of_group(r).late, 0);
}

static void what_was_not_read_is_found_again_at_once(void **state)
{
	struct ring_set *r = *state;
	const uint64_t old = now() - 2 * LATENESS;
	size_t ring;

	for (ring = 0; ring < RINGS; ring++) {
		put_at(r, ring, old + ring);
		put_at(r, ring, old + 10 + ring);
	}
	assert_found(r);
	for (ring = 0; ring < RINGS; ring++) {
		assert_next(r, ring, old + ring);
		assert_found(r);
	}
	for (ring = 0; ring < RINGS; ring++)
		assert_next(r, ring, old + 10 + ring);
	assert_none(r);
	assert_int_equal(ringview_group_wait(r->group, 0), 0);
	assert_int_equal(statistics_of_group(r).late, 0);
}

/* Waits. */

static void a_wait_ends_when_a_record_may_be_shown(void **state)
{
	struct ring_set *r = *state;
	int i;

	for (i = 0; i < 5; i++) {
		const uint64_t start = now();

		put_at(r, 1, start);
		assert_int_equal(ringview_group_wait(r->group, LATENESS / 3), 0);
		assert_in_range(now(), start + LATENESS / 3, start + LATENESS / 3 + INSTANT);
		assert_found(r);
		assert_in_range(now(), start + LATENESS,
			start + LATENESS + INSTANT +
				(r->strategy == RINGVIEW_WAIT_PACED ? BUDGET : 0));
		assert_shown(r, start, "1+0 .");
	}
}

static void a_notification_ends_the_silence_and_the_lateness_follows(void **state)
{
	struct ring_set *r = *state;
	const uint64_t start = now() + 5 * MS;
	struct in_wait h = { r, 3, start };

	virtual_time_expect(happen, &h, (int64_t)start);
	assert_found(r);
	assert_in_range(now(), start + LATENESS, start + LATENESS + INSTANT);
	assert_next(r, 3, start);
	if (r->strategy == RINGVIEW_WAIT_EVENT) {
		assert_in_range(virtual_sleeps(), 2, 3);
		assert_false(virtual_last_sleep().in_epoll);
	}
}

static void what_comes_while_records_are_held_back_is_found(void **state)
{
	struct ring_set *r = *state;
	const uint64_t start = now();
	struct in_wait h = { r, 0, start + 50 * US };

	put_at(r, 2, start + 100 * US);
	virtual_time_expect(happen, &h, (int64_t)start + 150 * US);
	assert_found(r);
	assert_next(r, 0, start + 50 * US);
	assert_found(r);
	assert_next(r, 2, start + 100 * US);
	assert_int_equal(statistics_of_group(r).late, 0);
}

static void an_interrupt_ends_a_wait_for_records_held_back(void **state)
{
	struct ring_set *r = *state;
	const uint64_t start = now();
	struct in_wait h = { r, 0, 0 };

	put_at(r, 2, start);
	virtual_time_expect(happen, &h, (int64_t)start + 50 * US);
	assert_int_equal(ringview_group_wait(r->group, -1), -ECANCELED);
	/* After the pause until the record is old enough. */
	assert_in_range(now(), start + 50 * US, start + LATENESS + INSTANT);
	assert_found(r);
	assert_next(r, 2, start);
}

static void no_pass_begins_after_an_interrupt(void **state)
{
	struct ring_set *r = *state;
	const uint64_t old = now() - 2 * LATENESS;

	put_all(r, old, "2+0 3+1");
	assert_found(r);
	ringview_group_interrupt(r->group);
	assert_shown(r, old, "2+0 3+1 .");
	put_at(r, 2, old + 2);
	assert_none(r);
	assert_int_equal(ringview_group_wait(r->group, -1), -ECANCELED);
	assert_next(r, 2, old + 2);
}

static void a_reserved_record_keeps_no_wait_from_its_end(void **state)
{
	struct ring_set *r = *state;
	const uint64_t start = now();

	reserve_at(r, 0, start);
	put_at(r, 1, start + 1);
	assert_found(r);
	assert_in_range(now(), start + LATENESS,
		start + LATENESS + INSTANT + (r->strategy == RINGVIEW_WAIT_PACED ? BUDGET : 0));
	assert_shown(r, start, "1+1 .");
	assert_int_equal(ringview_group_wait(r->group, 10 * MS), 0);
}

/* Errors. */

static void assert_fails(struct ring_set *r, size_t ring, int error)
{
	struct ringview_record record = { r, 1234567 };
	struct ringview *rv = NULL;

	assert_int_equal(ringview_group_peek_ordered(r->group, &record, &rv), error);
	assert_ptr_equal(rv, r->of[ring].rv);
	assert_ptr_equal(record.data, r);
}

static void broken_rings_are_reported_once_a_pass(void **state)
{
	struct ring_set *r = *state;
	const uint64_t old = now() - 2 * LATENESS;
	struct ringview_record record;

	put_all(r, old, "0+0 1+1 1+3 2+2 2+4");
	set_header(&r->of[1], TIMED_STRIDE, 4096);
	set_producer_position(&r->of[3], 12345);
	assert_found(r);
	assert_shown(r, old, "0+0 1+1 2+2 2+4");
	assert_fails(r, 1, -EBADMSG);
	assert_fails(r, 3, -EBADMSG);
	assert_none(r);
	put_at(r, 4, old + 5);
	assert_found(r);
	assert_next(r, 4, old + 5);
	assert_int_equal(ringview_group_peek_ordered(r->group, &record, NULL), -EBADMSG);
	assert_int_equal(ringview_group_remove(r->group, r->of[1].rv), 0);
	assert_found(r);
	assert_fails(r, 3, -EBADMSG);
	assert_none(r);
	assert_int_equal(ringview_group_remove(r->group, r->of[3].rv), 0);
	assert_int_equal(ringview_group_wait(r->group, 0), 0);
	assert_none(r);
}

static void another_consumer_is_noticed(void **state)
{
	struct ring_set *r = *state;
	const uint64_t old = now() - 2 * LATENESS;

	put_all(r, old, "2+0 4+1 4+2");
	assert_found(r);
	set_consumer_position(&r->of[4], TIMED_STRIDE);
	assert_shown(r, old, "2+0 4+1 4+2 .");
	assert_found(r);
	assert_fails(r, 4, -EBUSY);
	assert_none(r);
	set_consumer_position(&r->of[4], 2 * TIMED_STRIDE);
	assert_int_equal(ringview_restart(r->of[4].rv), 0);
	put_at(r, 4, old + 3);
	assert_next(r, 4, old + 3);
	assert_int_equal(statistics_of_group(r).late, 0);
}

/* In the middle of a pass. */
static void nothing_of_a_ring_is_shown_after_a_conflict(void **state)
{
	struct ring_set *r = *state;
	const uint64_t old = now() - 2 * LATENESS;

	put_all(r, old, "4+0 4+1 4+2");
	assert_found(r);
	assert_next(r, 4, old);
	set_consumer_position(&r->of[4], 3 * TIMED_STRIDE);
	ringview_release(r->of[4].rv);
	assert_fails(r, 4, -EBUSY);
}

static void a_clock_that_is_set_back_delays_nothing_longer(void **state)
{
	struct ring_set *r = *state;
	const uint64_t before = now();
	uint64_t start;

	put_at(r, 2, before);
	assert_none(r);
	virtual_time_set_back(500 * NS_PER_SECOND);
	start = now();
	put_at(r, 1, start);
	virtual_time_pass(LATENESS + BUDGET);
	assert_found(r);
	assert_next(r, 1, start);
	/* Its time is in the future now. */
	assert_none(r);
	virtual_time_pass(2 * LATENESS + BUDGET);
	assert_found(r);
	assert_next(r, 2, before);
	assert_int_equal(statistics_of_group(r).late, 0);
}

/* Changes of the group and of its readers, in the middle of a pass. */

static void put_two_each(struct ring_set *r, uint64_t old)
{
	size_t ring;

	for (ring = 0; ring < RINGS; ring++) {
		put_at(r, ring, old + ring);
		put_at(r, ring, old + 10 + ring);
	}
}

static void assert_is_of(const struct ringview_record *record, uint64_t number, uint64_t ring)
{
	const struct timed *t = record->data;

	assert_int_equal(t->number, number);
	assert_int_equal(t->ring, ring);
}

static void a_removed_reader_keeps_what_it_showed(void **state)
{
	struct ring_set *r = *state;
	const uint64_t old = now() - 2 * LATENESS;
	struct ringview_record first, second;
	struct ringview *rv;

	put_two_each(r, old);
	assert_found(r);
	assert_int_equal(ringview_group_peek_ordered(r->group, &first, NULL), 1);
	assert_int_equal(ringview_group_peek_ordered(r->group, &second, &rv), 1);
	assert_ptr_equal(rv, r->of[1].rv);
	assert_int_equal(ringview_group_remove(r->group, rv), 0);
	assert_int_equal(consumer_position(&r->of[1]), 0);
	assert_shown(r, old, "2+2 3+3 4+4 0+10 2+12");
	assert_is_of(&first, 0, 0);
	assert_is_of(&second, 0, 1);
	/* The removed reader continues by itself. */
	assert_int_equal(ringview_peek(rv, &second), 1);
	assert_is_of(&second, 1, 1);
	ringview_release(rv);
	assert_int_equal(consumer_position(&r->of[1]), producer_position(&r->of[1]));
	assert_shown(r, old, "3+13 4+14 .");
	assert_int_equal(ringview_group_wait(r->group, 0), 0);
	put_at(r, 1, old + 15);
	assert_none(r);
	assert_int_equal(ringview_group_add(r->group, rv), 0);
	assert_next(r, 1, old + 15);
	assert_int_equal(statistics_of_group(r).late, 0);
}

static void a_closed_reader_leaves_the_order(void **state)
{
	struct ring_set *r = *state;
	const uint64_t old = now() - 2 * LATENESS;

	put_two_each(r, old);
	assert_found(r);
	assert_next(r, 0, old);
	ringview_close(r->of[1].rv);
	r->of[1].rv = NULL;
	assert_next(r, 2, old + 2);
	ringview_close(r->of[4].rv);
	r->of[4].rv = NULL;
	assert_shown(r, old, "3+3 0+10 2+12 3+13 .");
}

static void an_added_reader_is_looked_at_before_others_are_shown(void **state)
{
	struct ring_set *r = *state;
	const uint64_t old = now() - 2 * LATENESS;

	assert_int_equal(ringview_group_remove(r->group, r->of[3].rv), 0);
	put_all(r, old, "3+1 0+0 0+2");
	assert_found(r);
	assert_next(r, 0, old);
	assert_int_equal(ringview_group_add(r->group, r->of[3].rv), 0);
	assert_shown(r, old, "3+1 0+2 .");
	assert_int_equal(statistics_of_group(r).late, 0);
}

static void a_cancelled_record_is_shown_again(void **state)
{
	struct ring_set *r = *state;
	const uint64_t old = now() - 2 * LATENESS;

	put_two_each(r, old);
	assert_found(r);
	assert_shown(r, old, "0+0 1+1");
	ringview_cancel(r->of[0].rv);
	assert_shown(r, old, "0+0 2+2");
	assert_int_equal(statistics_of_group(r).late, 1);
	ringview_release(r->of[2].rv);
	ringview_cancel(r->of[2].rv);
	assert_shown(r, old, "3+3 4+4 0+10");
	assert_int_equal(ringview_restart(r->of[0].rv), 0);
	assert_shown(r, old, "0+0 0+10 1+11");
}

/* What its own functions read is out of the order and breaks nothing. */
static void a_member_may_be_read_by_itself(void **state)
{
	struct ring_set *r = *state;
	const uint64_t old = now() - 2 * LATENESS;
	struct ringview_record record = { NULL, 0 };
	struct timed t = { 0 };
	size_t length;

	put_two_each(r, old);
	assert_found(r);
	assert_next(r, 0, old);
	assert_int_equal(ringview_peek(r->of[1].rv, &record), 1);
	assert_is_of(&record, 0, 1);
	assert_int_equal(ringview_read_into(r->of[3].rv, &t, sizeof(t), &length), 1);
	assert_int_equal(t.ring, 3);
	assert_shown(r, old, "2+2 4+4 0+10 1+11 2+12 3+13 4+14 .");
}

static void readers_are_added_to_an_order_without_end(void **state)
{
	enum { MORE = 60 };
	struct ring_set *r = *state;
	const uint64_t old = now() - 2 * LATENESS;
	struct ringview_record record = { NULL, 0 };
	size_t i;

	for (i = 0; i < MORE; i++) {
		struct fixture *f = add_ring(r, (size_t)sysconf(_SC_PAGESIZE));

		memory_ring_submit(
			&f->ring, reserve_timed(&f->ring, i, 0, old + (i * 37) % MORE), 0);
	}
	assert_found(r);
	for (i = 0; i < MORE; i++) {
		assert_int_equal(ringview_group_peek_ordered(r->group, &record, NULL), 1);
		assert_int_equal(((const struct timed *)record.data)->time, old + i);
	}
	assert_none(r);
	for (i = RINGS; i < r->count; i++) {
		ringview_close(r->of[i].rv);
		r->of[i].rv = NULL;
	}
	put_at(r, 4, old + 100);
	assert_next(r, 4, old + 100);
}

/* Setting and removing the order. */

static void orders_that_are_unknown_are_refused(void **state)
{
	struct ring_set *r = *state;
	struct ringview_order good = timed_order(1), bad;
	struct {
		struct ringview_order order;
		uint64_t more;
	} later = { good, 0 };

	bad = good;
	bad.size = sizeof(bad.size) - 1;
	assert_int_equal(ringview_group_set_order(r->group, &bad), -EINVAL);
	bad = good;
	bad.lateness_ns = -1;
	assert_int_equal(ringview_group_set_order(r->group, &bad), -EINVAL);
	bad.lateness_ns = 10 * NS_PER_SECOND + 1;
	assert_int_equal(ringview_group_set_order(r->group, &bad), -EINVAL);
	bad = good;
	bad.timestamp_offset = SIZE_MAX - 4;
	assert_int_equal(ringview_group_set_order(r->group, &bad), -EINVAL);
	bad = good;
	bad.clock = (enum ringview_clock)(RINGVIEW_CLOCK_TAI + 1);
	assert_int_equal(ringview_group_set_order(r->group, &bad), -EINVAL);
	bad.clock = (enum ringview_clock) - 1;
	assert_int_equal(ringview_group_set_order(r->group, &bad), -EINVAL);
	later.order.size = sizeof(later);
	later.more = 1;
	assert_int_equal(ringview_group_set_order(r->group, &later.order), -EINVAL);
	later.more = 0;
	assert_int_equal(ringview_group_set_order(r->group, &later.order), 0);
	good.size = offsetof(struct ringview_order, lateness_ns);
	assert_int_equal(ringview_group_set_order(r->group, &good), 0);
	good.size = sizeof(good);
	good.lateness_ns = 10 * NS_PER_SECOND;
	assert_int_equal(ringview_group_set_order(r->group, &good), 0);
}

static void a_group_has_turns_or_an_order(void **state)
{
	struct ringview_record record = { NULL, 7 };
	struct ring_set *r = *state;
	const uint64_t old = now() - 2 * LATENESS;
	struct ringview *rv;

	put_two_each(r, old);
	assert_found(r);
	assert_int_equal(ringview_group_next(r->group, &rv), -EINVAL);
	assert_next(r, 0, old);
	assert_int_equal(ringview_group_set_order(r->group, NULL), 0);
	assert_int_equal(ringview_group_peek_ordered(r->group, &record, NULL), -EINVAL);
	assert_int_equal(record.length, 7);
	/* What was shown remains unreleased. */
	assert_int_equal(consumer_position(&r->of[0]), 0);
	assert_int_equal(ringview_group_wait(r->group, 0), 1);
	assert_int_equal(ringview_group_next(r->group, &rv), 1);
	assert_int_equal(ringview_peek(rv, &record), 1);
	/* In the middle of a turn. */
	set_order(r, LATENESS);
	assert_next(r, rv == r->of[1].rv ? 2 : 1, rv == r->of[1].rv ? old + 2 : old + 1);
}

static void an_order_of_no_rings_waits_all_the_same(void **state)
{
	struct ring_set *r = *state;
	size_t i;

	for (i = 0; i < RINGS; i++)
		assert_int_equal(ringview_group_remove(r->group, r->of[i].rv), 0);
	assert_none(r);
	assert_int_equal(ringview_group_wait(r->group, MS), 0);
	set_order(r, 1);
	assert_none(r);
	assert_int_equal(ringview_group_wait(r->group, 0), 0);
}

static void no_ring_that_overwrites_has_an_order(void **state)
{
	struct ring_set *r = *state;
	const struct ringview_order order = timed_order(LATENESS);

	assert_int_equal(ringview_group_remove(r->group, r->of[3].rv), 0);
	memory_ring_let_overwrite(&r->of[3].ring);
	reopen(&r->of[3]);
	assert_int_equal(ringview_group_add(r->group, r->of[3].rv), -EOPNOTSUPP);
	assert_int_equal(ringview_group_set_order(r->group, NULL), 0);
	assert_int_equal(ringview_group_add(r->group, r->of[3].rv), 0);
	assert_int_equal(ringview_group_set_order(r->group, &order), -EOPNOTSUPP);
}

/* In real time. */
static void times_are_of_the_clock_of_the_order(void **state)
{
	static const clockid_t clocks[] = { CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_TAI };
	struct ringview_order order = timed_order(10 * NS_PER_SECOND);
	struct ringview_record record;
	struct ring_set *r = *state;
	size_t i;

	virtual_time_end();
	for (i = 0; i < COUNT(clocks); i++) {
		const uint64_t time = (uint64_t)clock_read(clocks[i]);

		order.clock = (enum ringview_clock)i;
		assert_int_equal(ringview_group_set_order(r->group, &order), 0);
		put_at(r, i, time - (uint64_t)(10 * NS_PER_SECOND));
		put_at(r, i, time + (uint64_t)(60 * NS_PER_SECOND));
		assert_int_equal(ringview_group_peek_ordered(r->group, &record, NULL), 1);
		assert_none(r);
		start_at(&r->of[i], producer_position(&r->of[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		each(the_oldest_of_all_rings_is_next),
		each(of_equal_times_the_ring_added_first_is_next),
		each(times_of_any_size_are_compared),
		each(records_of_one_ring_stay_in_its_order),
		each(discarded_records_are_skipped),
		each(the_time_is_anywhere_in_the_record),
		each(a_record_without_a_time_follows_the_one_before_it),
		each(a_record_is_shown_when_it_is_as_old_as_the_lateness),
		each(to_the_nanosecond),
		each(an_older_record_that_comes_in_time_goes_first),
		each(a_reserved_record_holds_the_others_back_for_the_lateness_only),
		each(a_reserved_record_that_is_submitted_in_time_goes_first),
		each(a_reserved_record_behind_one_that_is_shown_holds_nobody_back),
		each(the_clock_is_read_before_the_rings_are_looked_at),
		each(a_late_record_is_shown_at_once_and_counted),
		each(a_time_in_the_future_is_that_at_which_it_was_found),
		each(a_time_just_after_the_look_is_no_future),
		each(without_an_own_lateness_it_is_the_latency_budget),
		each(what_comes_within_a_pass_is_of_the_next),
		each(a_pass_shows_an_eighth_of_a_ring_at_most),
		each(what_was_not_read_is_found_again_at_once),
		each(a_wait_ends_when_a_record_may_be_shown),
		each(a_notification_ends_the_silence_and_the_lateness_follows),
		each(what_comes_while_records_are_held_back_is_found),
		each(an_interrupt_ends_a_wait_for_records_held_back),
		each(no_pass_begins_after_an_interrupt),
		each(a_reserved_record_keeps_no_wait_from_its_end),
		each(broken_rings_are_reported_once_a_pass),
		each(another_consumer_is_noticed),
		each(nothing_of_a_ring_is_shown_after_a_conflict),
		each(a_clock_that_is_set_back_delays_nothing_longer),
		each(a_removed_reader_keeps_what_it_showed),
		each(a_closed_reader_leaves_the_order),
		each(an_added_reader_is_looked_at_before_others_are_shown),
		each(a_cancelled_record_is_shown_again),
		each(a_member_may_be_read_by_itself),
		each(readers_are_added_to_an_order_without_end),
		each(orders_that_are_unknown_are_refused),
		each(a_group_has_turns_or_an_order),
		each(an_order_of_no_rings_waits_all_the_same),
		each(no_ring_that_overwrites_has_an_order),
		each(times_are_of_the_clock_of_the_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
