/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups of readers on rings in memory: turns and waits with each strategy. With a virtual clock.
 */
#include <linux/bpf.h>
#include <unistd.h>

#include "reader.h"
#include "statistics/random.h"
#include "support/ring_set.h"
#include "support/virtual_time.h"

#define US INT64_C(1000)
#define MS INT64_C(1000000)
#define BUDGET RING_SET_BUDGET
#define INSTANT US
#define LENGTH 16
#define STRIDE 24

#define RINGS 4 /* in most tests */
static int open_rings(void **state)
{
	if (open_group(state))
		return -1;
	add_rings(*state, RINGS);
	return 0;
}

#define each(test) with_each(test, open_rings)
#define each_empty(test) with_each(test, open_group)

/* Assert that the next turn is that of @f, or that there is none. */
static void assert_turn_of(struct ring_set *r, const struct fixture *f)
{
	struct ringview *rv = NULL;

	assert_int_equal(ringview_group_next(r->group, &rv), 1);
	assert_ptr_equal(rv, f->rv);
}

/* Asserts that the next turn is that of @f, and begins with record @number. */
static void assert_turn_shows(struct ring_set *r, struct fixture *f, uint64_t number)
{
	assert_turn_of(r, f);
	assert_shows(f, number, LENGTH);
}

static void assert_no_turn(struct ring_set *r)
{
	struct ringview *const untouched = (struct ringview *)r;
	struct ringview *rv = untouched;

	assert_int_equal(ringview_group_next(r->group, &rv), 0);
	assert_ptr_equal(rv, untouched);
}

/* Fills the ring with records of LENGTH. Returns their number. */
static uint64_t flood(struct fixture *f, uint64_t first)
{
	uint64_t number = first;

	while (producer_position(f) + STRIDE - consumer_position(f) < f->ring.size)
		put(f, number++, LENGTH);
	return number - first;
}

/* Turns. */

static void a_record_of_any_ring_is_found(void **state)
{
	struct ring_set *r = *state;
	uint64_t number;
	size_t i;

	for (number = 0; number < 3; number++) {
		for (i = 0; i < RINGS; i++) {
			put(&r->of[i], number, LENGTH);
			assert_found(r);
			assert_turn_shows(r, &r->of[i], number);
			assert_shows_nothing(&r->of[i]);
			assert_no_turn(r);
			assert_no_turn(r);
		}
	}
}

static void every_ring_with_a_record_has_a_turn(void **state)
{
	struct ring_set *r = *state;
	size_t i;

	for (i = 0; i < RINGS; i++)
		put(&r->of[i], 7, LENGTH);
	assert_found(r);
	for (i = 0; i < RINGS; i++) {
		assert_turn_shows(r, &r->of[i], 7);
		assert_shows_nothing(&r->of[i]);
	}
	assert_no_turn(r);
	assert_int_equal(ringview_group_wait(r->group, 0), 0);
}

/* Reads to the end of the turn. Returns the number of records. */
static uint64_t read_turn(struct fixture *f, uint64_t first)
{
	struct ringview_record record;
	uint64_t number = first;

	while (ringview_peek(f->rv, &record) > 0)
		assert_payload(record.data, number++, record.length);
	return number - first;
}

static void a_turn_is_an_eighth_of_the_ring_at_most(void **state)
{
	struct ring_set *r = *state;
	struct fixture *f = &r->of[1];
	const uint64_t count = flood(f, 0), most = f->ring.size / 8 / STRIDE + 1;
	uint64_t shown = 0, turn;

	assert_found(r);
	while (shown < count) {
		assert_turn_of(r, f);
		turn = read_turn(f, shown);
		assert_in_range(turn, 1, most);
		if (shown + turn < count)
			assert_int_equal(turn, most);
		shown += turn;
		/* With each further call. */
		assert_shows_nothing(f);
		assert_shows_nothing(f);
		ringview_release(f->rv);
		assert_shows_nothing(f);
	}
	assert_no_turn(r);
}

static void a_turn_ends_with_a_record_longer_than_a_turn(void **state)
{
	struct ring_set *r = *state;
	struct fixture *f = &r->of[0];
	const uint32_t longer = (uint32_t)f->ring.size / 4;

	put(f, 0, longer);
	put(f, 1, LENGTH);
	assert_found(r);
	assert_turn_of(r, f);
	assert_shows(f, 0, longer);
	assert_shows_nothing(f);
	assert_turn_shows(r, f, 1);
	assert_shows_nothing(f);
	assert_no_turn(r);
}

static int count_up(void *context, const void *data, size_t length)
{
	(void)data;
	(void)length;
	++*(uint64_t *)context;
	return 0;
}

static void a_drain_ends_with_the_turn(void **state)
{
	struct ring_set *r = *state;
	struct fixture *f = &r->of[0];
	const uint64_t most = f->ring.size / 8 / STRIDE + 1;
	uint64_t drained = 0;

	flood(f, 0);
	assert_found(r);
	assert_turn_of(r, f);
	assert_int_equal(ringview_drain(f->rv, count_up, &drained, NULL), most);
	assert_int_equal(drained, most);
	assert_int_equal(ringview_drain(f->rv, count_up, &drained, NULL), 0);
}

static void quiet_rings_have_turns_between_those_of_a_flooded_one(void **state)
{
	struct ring_set *r = *state;
	const uint64_t count = flood(&r->of[1], 0);
	uint64_t shown = 0;
	size_t turns = 0;

	put(&r->of[2], 0, LENGTH);
	put(&r->of[0], 0, LENGTH);
	assert_found(r);
	assert_turn_shows(r, &r->of[0], 0);
	assert_turn_of(r, &r->of[1]);
	shown += read_turn(&r->of[1], 0);
	assert_turn_shows(r, &r->of[2], 0);
	/* Also the records that come meanwhile. */
	for (turns = 1; shown < count - 30; turns++) {
		put(&r->of[3], turns, LENGTH);
		virtual_time_pass(BUDGET);
		assert_turn_of(r, &r->of[1]);
		shown += read_turn(&r->of[1], shown);
		assert_turn_shows(r, &r->of[3], turns);
		assert_shows_nothing(&r->of[3]);
	}
	assert_true(turns > 4);
}

static void a_turn_that_is_finished_early_goes_on_in_the_next(void **state)
{
	struct ring_set *r = *state;

	put_range(&r->of[0], 0, 3, LENGTH);
	put_range(&r->of[1], 0, 3, LENGTH);
	assert_found(r);
	assert_turn_shows(r, &r->of[0], 0);
	assert_turn_of(r, &r->of[1]);
	assert_turn_of(r, &r->of[0]);
	assert_shows_range(&r->of[0], 1, 3, LENGTH);
	assert_turn_of(r, &r->of[1]);
	assert_shows_range(&r->of[1], 0, 3, LENGTH);
	assert_no_turn(r);
}

static void a_cancelled_turn_is_shown_again(void **state)
{
	struct ring_set *r = *state;
	struct fixture *f = &r->of[2];
	const uint64_t count = flood(f, 0);
	uint64_t turn;

	assert_found(r);
	assert_turn_of(r, f);
	turn = read_turn(f, 0);
	ringview_cancel(f->rv);
	assert_turn_of(r, f);
	assert_int_equal(read_turn(f, 0), turn);
	ringview_release(f->rv);
	assert_turn_shows(r, f, turn);
	ringview_cancel(f->rv);
	assert_found(r);
	assert_turn_of(r, f);
	assert_true(read_turn(f, turn) > 1);
	assert_true(count > 3 * turn);
}

static void a_wait_ends_all_views_and_turns(void **state)
{
	struct ring_set *r = *state;

	put_range(&r->of[0], 0, 1, LENGTH);
	put_range(&r->of[3], 0, 1, LENGTH);
	assert_found(r);
	assert_turn_shows(r, &r->of[0], 0);
	assert_turn_shows(r, &r->of[3], 0);
	assert_found(r);
	assert_int_equal(r->of[0].rv->released, STRIDE);
	assert_int_equal(r->of[3].rv->released, STRIDE);
	assert_turn_shows(r, &r->of[0], 1);
	assert_turn_shows(r, &r->of[3], 1);
	assert_int_equal(ringview_group_wait(r->group, 0), 0);
}

static void discarded_records_have_no_turn(void **state)
{
	struct ring_set *r = *state;

	put_discarded(&r->of[0], LENGTH);
	put(&r->of[1], 0, LENGTH);
	put_discarded(&r->of[1], LENGTH);
	put_discarded(&r->of[2], LENGTH);
	assert_found(r);
	assert_turn_shows(r, &r->of[1], 0);
	assert_no_turn(r);
	assert_int_equal(ringview_group_wait(r->group, 0), 0);
	assert_int_equal(ringview_group_wait(r->group, MS), 0);
	assert_int_equal(producer_position(&r->of[1]) - consumer_position(&r->of[1]),
		r->strategy == RINGVIEW_WAIT_EVENT ? 0 : STRIDE);
}

/* The strategy decides when to poll; the turns of a ring do not. */
static void the_last_ring_that_is_left_is_not_looked_at(void **state)
{
	struct ring_set *r = *state;

	put(&r->of[0], 0, LENGTH);
	assert_found(r);
	assert_turn_shows(r, &r->of[0], 0);
	put(&r->of[0], 1, LENGTH);
	assert_shows_nothing(&r->of[0]);
	assert_no_turn(r);
	assert_found(r);
	assert_turn_shows(r, &r->of[0], 1);
}

/* Membership. */

static void a_reader_is_in_one_group_once(void **state)
{
	struct ring_set *r = *state;
	struct ringview_group *other;

	assert_int_equal(ringview_group_open(&other, NULL), 0);
	assert_int_equal(ringview_group_add(r->group, r->of[0].rv), -EEXIST);
	assert_int_equal(ringview_group_add(other, r->of[0].rv), -EEXIST);
	assert_int_equal(ringview_group_remove(other, r->of[0].rv), -ENOENT);
	assert_int_equal(ringview_group_remove(r->group, r->of[0].rv), 0);
	assert_int_equal(ringview_group_remove(r->group, r->of[0].rv), -ENOENT);
	assert_int_equal(ringview_group_add(other, r->of[0].rv), 0);
	put(&r->of[0], 0, LENGTH);
	assert_int_equal(ringview_group_wait(r->group, 0), 0);
	assert_int_equal(ringview_group_wait(other, 0), 1);
	ringview_group_close(other);
	assert_int_equal(ringview_group_add(r->group, r->of[0].rv), 0);
	assert_found(r);
}

static void bad_options_are_refused(void **state)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct ringview_group *group = (struct ringview_group *)state;

	options.latency_budget_ns = -1;
	assert_int_equal(ringview_group_open(&group, &options), -EINVAL);
	options.latency_budget_ns = 0;
	options.size = 0;
	assert_int_equal(ringview_group_open(&group, &options), -EINVAL);
	assert_ptr_equal(group, state);
}

static void closing_no_group_is_fine(void **state)
{
	(void)state;
	ringview_group_close(NULL);
}

static void a_removed_ring_has_no_turn(void **state)
{
	struct ring_set *r = *state;
	size_t i;

	for (i = 0; i < RINGS; i++)
		put(&r->of[i], 0, LENGTH);
	assert_found(r);
	assert_turn_shows(r, &r->of[0], 0);
	assert_int_equal(ringview_group_remove(r->group, r->of[1].rv), 0);
	assert_turn_shows(r, &r->of[2], 0);
	assert_turn_shows(r, &r->of[3], 0);
	assert_no_turn(r);
	assert_int_equal(ringview_group_wait(r->group, 0), 0);
	assert_shows(&r->of[1], 0, LENGTH);
}

static void a_removal_takes_no_turn_from_others(void **state)
{
	struct ring_set *r = *state;
	size_t i;

	for (i = 0; i < RINGS; i++)
		put(&r->of[i], 0, LENGTH);
	assert_found(r);
	assert_turn_of(r, &r->of[0]);
	assert_turn_of(r, &r->of[1]);
	assert_int_equal(ringview_group_remove(r->group, r->of[0].rv), 0);
	assert_turn_of(r, &r->of[2]);
	assert_turn_of(r, &r->of[3]);
	assert_int_equal(ringview_group_remove(r->group, r->of[3].rv), 0);
	assert_turn_of(r, &r->of[1]);
}

/* Each member, at each turn. */
static void turns_go_on_after_each_removal(void **state)
{
	struct ring_set *r = *state;
	size_t turns, removed, i;

	for (turns = 0; turns <= RINGS; turns++) {
		for (removed = 0; removed < RINGS; removed++) {
			struct ringview *rv = NULL;
			size_t left = RINGS - 1;

			for (i = 0; i < RINGS; i++) {
				reopen(&r->of[i]);
				assert_int_equal(ringview_group_add(r->group, r->of[i].rv), 0);
				put(&r->of[i], 0, LENGTH);
			}
			assert_found(r);
			for (i = 0; i < turns; i++)
				assert_int_equal(ringview_group_next(r->group, &rv), 1);
			if (removed % 2)
				assert_int_equal(
					ringview_group_remove(r->group, r->of[removed].rv), 0);
			ringview_close(r->of[removed].rv);
			r->of[removed].rv = NULL;
			while (ringview_group_next(r->group, &rv) > 0) {
				struct ringview_record record;

				assert_int_equal(ringview_peek(rv, &record), 1);
				assert_true(left-- > 0);
			}
			assert_int_equal(left, 0);
			for (i = 0; i < RINGS; i++) {
				ringview_close(r->of[i].rv);
				r->of[i].rv = NULL;
				set_consumer_position(&r->of[i], producer_position(&r->of[i]));
			}
		}
	}
}

static void a_reader_that_was_removed_waits_as_it_was_opened(void **state)
{
	struct ring_set *r = *state;
	const enum ringview_wait_strategy own[] = { RINGVIEW_WAIT_EVENT, RINGVIEW_WAIT_PACED,
		RINGVIEW_WAIT_BUSY };
	size_t i, way;

	for (way = 0; way < 2; way++) {
		for (i = 0; i < COUNT(own); i++) {
			struct ringview_options options = options_of(own[i]);

			reopen_with(&r->of[i], &options);
			assert_int_equal(ringview_group_add(r->group, r->of[i].rv), 0);
			put(&r->of[i], 0, LENGTH);
			assert_found(r);
			assert_turn_shows(r, &r->of[i], 0);
			ringview_release(r->of[i].rv);
		}
		if (way == 0)
			for (i = 0; i < COUNT(own); i++)
				ringview_group_remove(r->group, r->of[i].rv);
		else
			ringview_group_close(r->group);
		for (i = 0; i < COUNT(own); i++) {
			struct fixture *f = &r->of[i];

			/* Nothing is held back, because the reader has left the group that may hold
			 * back. */
			assert_int_equal(consumer_position(f), producer_position(f));
			put_range(f, 1, 2, LENGTH);
			assert_int_equal(ringview_wait(f->rv, -1), 1);
			assert_shows_range(f, 1, 2, LENGTH);
			put(f, 3, LENGTH);
			assert_shows_nothing(f); /* the end of what the wait found */
			ringview_release(f->rv);
			assert_shows(f, 3, LENGTH);
			assert_int_equal(producer_position(f) - consumer_position(f),
				own[i] == RINGVIEW_WAIT_EVENT ? STRIDE : 2 * STRIDE);
			ringview_release(f->rv);
		}
	}
	r->group = NULL;
}

static void a_member_does_not_wait_as_it_was_opened(void **state)
{
	struct ring_set *r = *state;
	struct ringview_options options = options_of(RINGVIEW_WAIT_BUSY);
	struct fixture *f = &r->of[1];

	reopen_with(f, &options);
	assert_int_equal(ringview_group_add(r->group, f->rv), 0);
	put_range(f, 0, 1, LENGTH);
	assert_found(r);
	assert_turn_of(r, f);
	assert_shows_range(f, 0, 1, LENGTH);
	assert_shows_nothing(f);
	ringview_release(f->rv);
	assert_shows_nothing(f);
	assert_int_equal(producer_position(f) - consumer_position(f),
		r->strategy == RINGVIEW_WAIT_EVENT ? 0 : STRIDE);
	assert_int_equal(ringview_group_wait(r->group, 0), 0);
	assert_int_equal(ringview_group_remove(r->group, f->rv), 0);
	ringview_arm(f->rv);
	assert_int_equal(consumer_position(f), producer_position(f));
}

static void a_reader_keeps_what_it_showed_when_it_is_added(void **state)
{
	struct ring_set *r = *state;
	struct fixture *f = &r->of[0];

	reopen(f);
	put_range(f, 0, 3, LENGTH);
	assert_shows_range(f, 0, 1, LENGTH);
	ringview_release(f->rv);
	assert_shows(f, 2, LENGTH);
	assert_int_equal(ringview_group_add(r->group, f->rv), 0);
	ringview_cancel(f->rv);
	assert_found(r);
	assert_turn_of(r, f);
	assert_shows_range(f, 2, 3, LENGTH);
	ringview_release(f->rv);
	assert_int_equal(ringview_group_remove(r->group, f->rv), 0);
	assert_int_equal(consumer_position(f), 4 * STRIDE);
	assert_int_equal(statistics_of(f).records, 4);
}

static void closing_a_member_takes_it_out(void **state)
{
	struct ring_set *r = *state;

	put(&r->of[3], 0, LENGTH);
	assert_found(r);
	assert_turn_of(r, &r->of[3]);
	ringview_close(r->of[3].rv);
	r->of[3].rv = NULL;
	assert_no_turn(r);
	assert_int_equal(ringview_group_wait(r->group, 0), 0);
	put(&r->of[0], 0, LENGTH);
	assert_found(r);
	assert_turn_of(r, &r->of[0]);
}

/* Broken rings. */

static void break_ring(struct fixture *f)
{
	put(f, 0, LENGTH);
	set_header(f, consumer_position(f), 5000);
}

static void a_broken_ring_is_handed_out_once_a_round(void **state)
{
	struct ring_set *r = *state;
	uint64_t round;

	break_ring(&r->of[1]);
	for (round = 0; round < 10; round++) {
		int turns[RINGS] = { 0 };
		struct ringview *rv;

		put_range(&r->of[0], 2 * round, 2 * round + 1, LENGTH);
		put(&r->of[2], round, LENGTH);
		assert_found(r);
		while (ringview_group_next(r->group, &rv) > 0) {
			size_t ring = rv == r->of[0].rv ? 0 : rv == r->of[1].rv ? 1 : 2;

			assert_ptr_equal(rv, r->of[ring].rv);
			if (ring == 1)
				assert_peek_returns(&r->of[1], -EBADMSG);
			else
				assert_shows(&r->of[ring],
					ring == 0 ? 2 * round + (uint64_t)turns[0] : round, LENGTH);
			turns[ring]++;
		}
		assert_int_equal(turns[0], 2);
		assert_int_equal(turns[1], 1);
		assert_int_equal(turns[2], 1);
		/* Each wait returns at once, ... */
		assert_found(r);
		assert_turn_of(r, &r->of[1]);
		assert_no_turn(r);
	}
	/* ... until the reader is removed. */
	assert_int_equal(ringview_group_remove(r->group, r->of[1].rv), 0);
	assert_int_equal(ringview_group_wait(r->group, MS), 0);
}

static void a_ring_that_breaks_in_its_turn_is_not_handed_out_again(void **state)
{
	struct ring_set *r = *state;

	put_range(&r->of[0], 0, 1, LENGTH);
	set_header(&r->of[0], STRIDE, 5000);
	put(&r->of[1], 0, LENGTH);
	assert_found(r);
	assert_turn_shows(r, &r->of[0], 0);
	assert_peek_returns(&r->of[0], -EBADMSG);
	assert_turn_shows(r, &r->of[1], 0);
	assert_no_turn(r);
}

static void a_ring_with_another_consumer_is_broken(void **state)
{
	struct ring_set *r = *state;

	put_range(&r->of[3], 0, 1, LENGTH);
	set_consumer_position(&r->of[3], STRIDE);
	assert_found(r);
	assert_turn_of(r, &r->of[3]);
	assert_peek_returns(&r->of[3], -EBUSY);
	assert_no_turn(r);
	assert_int_equal(ringview_group_remove(r->group, r->of[3].rv), 0);
	assert_peek_returns(&r->of[3], -EBUSY);
	assert_int_equal(consumer_position(&r->of[3]), STRIDE);
	assert_int_equal(ringview_restart(r->of[3].rv), 0);
	assert_shows(&r->of[3], 1, LENGTH);
	ringview_release(r->of[3].rv);
	assert_int_equal(consumer_position(&r->of[3]), 2 * STRIDE);
}

static void a_broken_ring_that_is_taken_out_can_still_be_repaired(void **state)
{
	struct ring_set *r = *state;
	struct fixture *f = &r->of[2];

	put_range(f, 0, 2, LENGTH);
	set_header(f, 2 * STRIDE, 5000);
	assert_found(r);
	assert_turn_of(r, f);
	assert_shows_range(f, 0, 1, LENGTH);
	assert_peek_returns(f, -EBADMSG);
	ringview_release(f->rv);
	assert_int_equal(ringview_group_remove(r->group, f->rv), 0);
	assert_int_equal(consumer_position(f), 2 * STRIDE);
	set_header(f, 2 * STRIDE, LENGTH);
	assert_int_equal(ringview_restart(f->rv), 0);
	assert_shows(f, 2, LENGTH);
	ringview_release(f->rv);
	assert_int_equal(consumer_position(f), 3 * STRIDE);
}

/* Busy records. */

static void a_busy_record_keeps_no_other_ring_waiting(void **state)
{
	struct ring_set *r = *state;
	uint64_t i;

	reserve(&r->of[0], 0, LENGTH);
	for (i = 0; i < 100; i++) {
		put(&r->of[2], i, LENGTH);
		assert_found(r);
		assert_turn_shows(r, &r->of[2], i);
		assert_no_turn(r);
	}
	assert_int_equal(ringview_group_wait(r->group, MS), 0);
}

/* That would be a poll for each record. */
static void a_busy_record_does_not_make_others_be_looked_at(void **state)
{
	struct ring_set *r = *state;

	reserve(&r->of[0], 0, LENGTH);
	put(&r->of[2], 0, LENGTH);
	assert_found(r);
	assert_turn_shows(r, &r->of[2], 0);
	put(&r->of[2], 1, LENGTH);
	assert_no_turn(r);
}

static void a_busy_record_ends_the_turn_and_no_more(void **state)
{
	struct ring_set *r = *state;
	struct fixture *f = &r->of[0];
	void *record;

	put(f, 0, LENGTH);
	record = reserve(f, 1, LENGTH);
	put(f, 2, LENGTH);
	assert_found(r);
	assert_turn_shows(r, f, 0);
	assert_shows_nothing(f);
	memory_ring_submit(&f->ring, record, 0);
	assert_found(r);
	assert_turn_of(r, f);
	assert_shows_range(f, 1, 2, LENGTH);
	assert_shows_nothing(f);
	assert_no_turn(r);
}

/* Waits. */

struct delivery {
	struct fixture *f;
	uint64_t flags, number;
};

static int64_t deliver(void *context, int64_t now)
{
	struct delivery *d = context;

	(void)now;
	memory_ring_submit(&d->f->ring, reserve(d->f, d->number, LENGTH), d->flags);
	return VIRTUAL_NEVER;
}

static int64_t interrupt(void *context, int64_t now)
{
	(void)now;
	ringview_group_interrupt(context);
	return VIRTUAL_NEVER;
}

static void a_record_of_any_ring_ends_a_wait(void **state)
{
	struct ring_set *r = *state;
	size_t i;

	for (i = 0; i < RINGS; i++) {
		struct delivery d = { .f = &r->of[i] };

		/* Longer than PACED lingers. */
		const int64_t at = virtual_now() + 3 * MS;

		virtual_time_expect(deliver, &d, at);
		assert_found(r);
		assert_in_range(virtual_now(), at, at + INSTANT);
		assert_turn_shows(r, d.f, 0);
		assert_no_turn(r);
	}
	assert_int_equal(
		statistics_of_group(r).wakeups, r->strategy == RINGVIEW_WAIT_BUSY ? 0 : RINGS);
}

static void a_record_without_wakeup_is_found_in_time(void **state)
{
	struct ring_set *r = *state;
	struct delivery d = { .f = &r->of[3], .flags = BPF_RB_NO_WAKEUP };

	virtual_time_begin(deliver, &d, VIRTUAL_START + MS);
	if (r->strategy == RINGVIEW_WAIT_EVENT) {
		assert_int_equal(ringview_group_wait(r->group, 3 * MS), 1);
	} else {
		assert_found(r);
		/* It waits at most as long as the silence before it lasted. */
		assert_true(virtual_now() < VIRTUAL_START + 2 * MS + BUDGET + INSTANT);
	}
	assert_turn_shows(r, d.f, 0);
}

/* The poll of all rings that is due then skips it. The record behind it must notify
 * nevertheless. */
static void a_record_behind_a_discarded_one_without_wakeup_is_found_at_once(void **state)
{
	struct ring_set *r = *state;
	struct delivery d = { .f = &r->of[2] };

	assert_int_equal(ringview_group_wait(r->group, 0), 0);
	virtual_time_pass(100 * MS);
	memory_ring_discard(&d.f->ring, reserve(d.f, 0, LENGTH), BPF_RB_NO_WAKEUP);
	virtual_time_expect(deliver, &d, virtual_now() + MS);
	assert_found(r);
	assert_true(virtual_now() < VIRTUAL_START + 101 * MS + 2 * INSTANT);
	/* The wait does not look for it in between. */
	assert_int_equal(virtual_sleeps(), 1);
	assert_turn_shows(r, d.f, 0);
}

static void a_record_beside_a_busy_one_is_found_in_time(void **state)
{
	const int64_t late[] = { MS, BUDGET, 5 * US };
	struct ring_set *r = *state;
	struct delivery d = { .f = &r->of[1] };

	reserve(&r->of[0], 0, LENGTH);
	virtual_time_begin(deliver, &d, VIRTUAL_START + MS);
	assert_found(r);
	assert_true(virtual_now() < VIRTUAL_START + MS + late[r->strategy] + INSTANT);
	assert_turn_shows(r, d.f, 0);
	assert_no_turn(r);
}

static void a_time_out_lets_its_time_pass(void **state)
{
	struct ring_set *r = *state;

	assert_int_equal(ringview_group_wait(r->group, 0), 0);
	assert_true(virtual_now() < VIRTUAL_START + INSTANT);
	virtual_time_begin(NULL, NULL, VIRTUAL_NEVER);
	assert_int_equal(ringview_group_wait(r->group, MS), 0);
	assert_in_range(virtual_now(), VIRTUAL_START + MS, VIRTUAL_START + MS + INSTANT);
	assert_int_equal(statistics_of_group(r).waits, 2);
	assert_int_equal(statistics_of_group(r).timeouts, 2);
}

static void an_interrupt_ends_a_wait(void **state)
{
	struct ring_set *r = *state;

	virtual_time_begin(interrupt, r->group, VIRTUAL_START + MS);
	assert_int_equal(ringview_group_wait(r->group, -1), -ECANCELED);
	assert_in_range(virtual_now(), VIRTUAL_START + MS, VIRTUAL_START + MS + INSTANT);
	assert_int_equal(ringview_group_wait(r->group, 0), 0);
	if (r->count > 0)
		put(&r->of[0], 0, LENGTH);
	ringview_group_interrupt(r->group);
	ringview_group_interrupt(r->group);
	assert_int_equal(ringview_group_wait(r->group, -1), -ECANCELED);
	assert_int_equal(ringview_group_wait(r->group, 0), r->count > 0);
}

/* Two rings that are never empty have turns without end. */
static void an_interrupt_ends_the_turns(void **state)
{
	struct ring_set *r = *state;
	struct ringview *rv;
	int turns = 0;

	put_range(&r->of[0], 0, 39, LENGTH);
	flood(&r->of[1], 0);
	while (turns < 100) {
		struct ringview_record record;

		if (ringview_group_next(r->group, &rv) == 0) {
			assert_found(r);
			continue;
		}
		while (ringview_peek(rv, &record) > 0)
			;
		ringview_release(rv);
		flood(rv == r->of[0].rv ? &r->of[0] : &r->of[1], 0);
		turns++;
	}
	assert_found(r);
	ringview_group_interrupt(r->group);
	assert_no_turn(r);
	assert_int_equal(ringview_group_wait(r->group, -1), -ECANCELED);
	assert_found(r);
	assert_int_equal(ringview_group_next(r->group, &rv), 1);
}

static void an_interrupt_of_a_member_is_for_its_own_wait(void **state)
{
	struct ring_set *r = *state;

	ringview_interrupt(r->of[0].rv);
	assert_int_equal(ringview_group_wait(r->group, MS), 0);
	assert_int_equal(ringview_group_remove(r->group, r->of[0].rv), 0);
	assert_int_equal(ringview_wait(r->of[0].rv, -1), -ECANCELED);
}

static void an_empty_group_only_waits(void **state)
{
	struct ring_set *r = *state;

	assert_no_turn(r);
	a_time_out_lets_its_time_pass(state);
	an_interrupt_ends_a_wait(state);
	assert_no_turn(r);
	add_ring(r, (size_t)sysconf(_SC_PAGESIZE));
	put(&r->of[0], 0, LENGTH);
	assert_found(r);
	assert_turn_of(r, &r->of[0]);
	ringview_group_remove(r->group, r->of[0].rv);
	assert_no_turn(r);
	assert_int_equal(ringview_group_wait(r->group, MS), 0);
}

static void statistics_are_the_sum_of_the_members(void **state)
{
	struct ring_set *r = *state;
	struct ringview_statistics statistics;
	/* Five records are a turn, with any page size. */
	const uint32_t fifth = (uint32_t)r->of[0].ring.size / 40;
	void *record;

	put_range(&r->of[0], 0, 9, fifth);
	put(&r->of[1], 0, LENGTH);
	put_discarded(&r->of[1], LENGTH);
	record = reserve(&r->of[2], 0, LENGTH);
	assert_found(r);
	assert_turn_of(r, &r->of[0]);
	assert_int_equal(read_turn(&r->of[0], 0), 5);
	assert_turn_of(r, &r->of[1]);
	assert_int_equal(read_turn(&r->of[1], 0), 1);
	statistics = statistics_of_group(r);
	assert_int_equal(statistics.records, 6);
	assert_int_equal(statistics.bytes, 5 * fifth + LENGTH);
	assert_int_equal(statistics.discarded, 1);
	assert_true(statistics.busy_stops > 0);
	assert_int_equal(statistics.waits, 1);
	assert_int_equal(statistics.high_water, 10 * stride_of(fifth));
	assert_int_equal(statistics_of(&r->of[0]).waits, 0);
	assert_int_equal(ringview_group_remove(r->group, r->of[0].rv), 0);
	statistics = statistics_of_group(r);
	assert_int_equal(statistics.records, 1);
	assert_int_equal(statistics.waits, 1);
	assert_int_equal(statistics.high_water, 2 * STRIDE);
	memory_ring_discard(&r->of[2].ring, record, 0);
}

static void the_last_record_of_each_ring_is_held_back_when_busy(void **state)
{
	struct ring_set *r = *state;
	uint64_t number;
	size_t i;

	for (number = 0; number < 50; number++) {
		for (i = 0; i < RINGS; i++)
			put(&r->of[i], number, LENGTH);
		assert_found(r);
		for (i = 0; i < RINGS; i++) {
			assert_turn_shows(r, &r->of[i], number);
			assert_int_equal(ring_notified(&r->of[i]), number == 0);
		}
	}
	assert_int_equal(ringview_group_wait(r->group, MS), 0);
	for (i = 0; i < RINGS; i++)
		assert_int_equal(
			consumer_position(&r->of[i]), producer_position(&r->of[i]) - STRIDE);
}

static void sixty_four_rings_have_turns(void **state)
{
	struct ring_set *r = *state;
	uint64_t number;
	size_t i;

	add_rings(r, 64);
	for (number = 0; number < 3; number++) {
		for (i = 0; i < r->count; i++)
			put(&r->of[i], number, LENGTH);
		assert_found(r);
		for (i = 0; i < r->count; i++)
			assert_turn_shows(r, &r->of[i], number);
		assert_no_turn(r);
	}
	for (i = 0; i < r->count; i += 7) {
		struct delivery d = { .f = &r->of[i], .number = 3 };

		virtual_time_expect(deliver, &d, virtual_now() + MS);
		assert_found(r);
		assert_turn_shows(r, d.f, 3);
		assert_no_turn(r);
	}
}

/* Random calls, checked against what is known of each ring. */

#define MODEL_RINGS 5
#define MODEL_RECORDS 60000

struct model {
	struct ring_set *rings;
	struct random_stream noise;
	uint64_t put[MODEL_RINGS], shown[MODEL_RINGS], released[MODEL_RINGS];
	unsigned passed_over[MODEL_RINGS]; /* turns of other rings while it had records */
};

static uint32_t length_of(size_t ring, uint64_t number)
{
	return (uint32_t)((number * 2654435761u + ring) >> 7) % (number % 11 == 0 ? 400 : 40);
}

static void put_some(struct model *m)
{
	const size_t ring = random_below(&m->noise, MODEL_RINGS);
	struct fixture *f = &m->rings->of[ring];
	/* Sometimes ring 0 is flooded. */
	uint32_t count = random_below(&m->noise, ring == 0 ? 300 : 8);

	while (count-- > 0) {
		const uint32_t length = length_of(ring, m->put[ring]);
		unsigned char *payload;

		if (random_below(&m->noise, 9) == 0) {
			payload = memory_ring_reserve(&f->ring, 24);
			if (payload)
				memory_ring_discard(&f->ring, payload, 0);
		}
		payload = memory_ring_reserve(&f->ring, length);
		if (!payload)
			return;
		for (uint32_t i = 0; i < length; i++)
			payload[i] = (unsigned char)(m->put[ring] + i);
		m->put[ring]++;
		memory_ring_submit(&f->ring, payload,
			m->rings->strategy == RINGVIEW_WAIT_BUSY && random_below(&m->noise, 2)
				? BPF_RB_NO_WAKEUP
				: 0);
	}
}

static void check_record(struct model *m, size_t ring, const struct ringview_record *record)
{
	const unsigned char *payload = record->data;
	const uint64_t number = m->shown[ring]++;

	assert_true(number < m->put[ring]);
	if (record->length != length_of(ring, number))
		fail_msg("record %llu of ring %zu is one of %u bytes", (unsigned long long)number,
			ring, record->length);
	for (uint32_t i = 0; i < record->length; i++)
		if (payload[i] != (unsigned char)(number + i))
			fail_msg("record %llu of ring %zu is wrong at %u",
				(unsigned long long)number, ring, i);
}

static size_t ring_of(const struct model *m, const struct ringview *rv)
{
	size_t ring = 0;

	while (m->rings->of[ring].rv != rv)
		ring++;
	assert_true(ring < MODEL_RINGS);
	return ring;
}

static void take_turn(struct model *m, struct ringview *rv)
{
	const size_t ring = ring_of(m, rv);
	const uint64_t most = m->rings->of[ring].ring.size / 8 + 408,
		       start = reader_position(reader_of(rv));
	uint32_t count = random_below(&m->noise, 3) ? UINT32_MAX : random_below(&m->noise, 9);
	struct ringview_record record = { NULL, 0 };

	for (size_t i = 0; i < MODEL_RINGS; i++) {
		m->passed_over[i] += i != ring && m->shown[i] < m->put[i];
		assert_true(m->passed_over[i] < 2 * MODEL_RINGS);
	}
	m->passed_over[ring] = 0;
	/* Reads a turn that is not empty. */
	if (count > 0) {
		assert_int_equal(ringview_peek(rv, &record), 1);
		check_record(m, ring, &record);
	}
	while (count-- > 1 && ringview_peek(rv, &record) > 0) {
		check_record(m, ring, &record);
		assert_true(reader_position(reader_of(rv)) - start < most);
		if (random_below(&m->noise, 30) == 0)
			put_some(m);
		if (random_below(&m->noise, 30) == 0) {
			ringview_release(rv);
			m->released[ring] = m->shown[ring];
		}
	}
	switch (random_below(&m->noise, 10)) {
	case 0:
		ringview_cancel(rv);
		m->shown[ring] = m->released[ring];
		break;
	case 1:
		break; /* continues in its next turn, unreleased */
	default:
		ringview_release(rv);
		m->released[ring] = m->shown[ring];
	}
}

/* Reads a round of turns, or some of them. Returns 0 if the wait found nothing. */
static int take_round(struct model *m)
{
	const int found = ringview_group_wait(m->rings->group, 0);
	struct ringview *rv;

	assert_in_range(found, 0, 1);
	memcpy(m->released, m->shown, sizeof(m->released));
	memset(m->passed_over, 0, sizeof(m->passed_over));
	while (ringview_group_next(m->rings->group, &rv) > 0) {
		take_turn(m, rv);
		if (random_below(&m->noise, 3) == 0)
			put_some(m);
		if (random_below(&m->noise, 50) == 0)
			break;
	}
	return found;
}

static void every_record_is_shown_once_and_in_order(void **state)
{
	struct model m = { .rings = *state };
	uint64_t shown = 0;
	size_t i;

	for (i = 0; i < MODEL_RINGS; i++)
		add_ring(m.rings, (size_t)sysconf(_SC_PAGESIZE) << i % 3);
	m.noise.state = 11 + (uint64_t)m.rings->strategy;
	while (shown < MODEL_RECORDS) {
		put_some(&m);
		take_round(&m);
		/* Removes a reader from the group and adds it again. */
		if (random_below(&m.noise, 50) == 0) {
			struct ringview *rv = m.rings->of[random_below(&m.noise, MODEL_RINGS)].rv;

			assert_int_equal(ringview_group_remove(m.rings->group, rv), 0);
			assert_int_equal(ringview_group_add(m.rings->group, rv), 0);
		}
		for (shown = 0, i = 0; i < MODEL_RINGS; i++)
			shown += m.shown[i];
	}
	m.noise.state = 0;
	for (;;) {
		struct ringview_record record;
		struct ringview *rv;

		if (ringview_group_wait(m.rings->group, 0) == 0)
			break;
		while (ringview_group_next(m.rings->group, &rv) > 0)
			while (ringview_peek(rv, &record) > 0)
				check_record(&m, ring_of(&m, rv), &record);
	}
	for (i = 0; i < MODEL_RINGS; i++) {
		struct fixture *f = &m.rings->of[i];

		assert_int_equal(m.shown[i], m.put[i]);
		assert_int_equal(ringview_group_remove(m.rings->group, f->rv), 0);
		assert_int_equal(consumer_position(f), producer_position(f));
		assert_int_equal(statistics_of(f).records, m.put[i]);
	}
}

/* With descriptors of its own, from before it was a member. */
static void a_member_that_is_armed_is_still_found(void **state)
{
	struct ring_set *r = *state;
	struct fixture *f = &r->of[1];

	assert_int_equal(ringview_group_remove(r->group, f->rv), 0);
	assert_true(ringview_fd(f->rv) >= 0);
	assert_int_equal(ringview_group_add(r->group, f->rv), 0);
	assert_int_equal(ringview_group_wait(r->group, 1), 0);
	put(f, 0, LENGTH);
	assert_int_equal(ringview_arm(f->rv), 1);
	assert_int_equal(ringview_group_wait(r->group, -1), 1);
	assert_turn_shows(r, f, 0);
	assert_int_equal(ringview_group_remove(r->group, f->rv), 0);
	assert_int_equal(ringview_wait(f->rv, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		each(a_record_of_any_ring_is_found),
		each(a_member_that_is_armed_is_still_found),
		each(every_ring_with_a_record_has_a_turn),
		each(a_turn_is_an_eighth_of_the_ring_at_most),
		each(a_turn_ends_with_a_record_longer_than_a_turn),
		each(a_drain_ends_with_the_turn),
		each(quiet_rings_have_turns_between_those_of_a_flooded_one),
		each(a_turn_that_is_finished_early_goes_on_in_the_next),
		each(a_cancelled_turn_is_shown_again),
		each(a_wait_ends_all_views_and_turns),
		each(discarded_records_have_no_turn),
		each(the_last_ring_that_is_left_is_not_looked_at),
		each(a_reader_is_in_one_group_once),
		cmocka_unit_test(bad_options_are_refused),
		cmocka_unit_test(closing_no_group_is_fine),
		each(a_removed_ring_has_no_turn),
		each(a_removal_takes_no_turn_from_others),
		each(turns_go_on_after_each_removal),
		each(a_reader_that_was_removed_waits_as_it_was_opened),
		each(a_member_does_not_wait_as_it_was_opened),
		each(a_reader_keeps_what_it_showed_when_it_is_added),
		each(closing_a_member_takes_it_out),
		each(a_broken_ring_is_handed_out_once_a_round),
		each(a_ring_that_breaks_in_its_turn_is_not_handed_out_again),
		each(a_ring_with_another_consumer_is_broken),
		each(a_broken_ring_that_is_taken_out_can_still_be_repaired),
		each(a_busy_record_keeps_no_other_ring_waiting),
		each(a_busy_record_does_not_make_others_be_looked_at),
		each(a_busy_record_ends_the_turn_and_no_more),
		each(a_record_of_any_ring_ends_a_wait),
		each(a_record_without_wakeup_is_found_in_time),
		with(EVENT, a_record_behind_a_discarded_one_without_wakeup_is_found_at_once,
			open_rings),
		each(a_record_beside_a_busy_one_is_found_in_time),
		each(a_time_out_lets_its_time_pass),
		each(an_interrupt_ends_a_wait),
		each(an_interrupt_ends_the_turns),
		each(an_interrupt_of_a_member_is_for_its_own_wait),
		each_empty(an_empty_group_only_waits),
		each(statistics_are_the_sum_of_the_members),
		with(BUSY, the_last_record_of_each_ring_is_held_back_when_busy, open_rings),
		each_empty(sixty_four_rings_have_turns),
		each_empty(every_record_is_shown_once_and_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
