/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a PACED or BUSY reader holds back from the producers, and until when, on a ring in memory.
 * With a virtual clock.
 */
#include <unistd.h>

#include "reader.h"
#include "statistics/random.h"
#include "support/fixture.h"
#include "support/virtual_time.h"

#define US INT64_C(1000)
#define LENGTH 16
#define STRIDE 24

static enum ringview_wait_strategy strategy;

static void reopen_holding(struct fixture *f)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;

	options.wait = strategy;
	options.linger_ns = INT64_MAX;
	reopen_with(f, &options);
}

static int open_holding(void **state)
{
	strategy = (enum ringview_wait_strategy)(intptr_t)*state;
	virtual_time_begin(NULL, NULL, VIRTUAL_NEVER);
	if (fixture_open(state))
		return -1;
	reopen_holding(*state);
	return 0;
}

static int close_holding(void **state)
{
	virtual_time_end();
	return fixture_close(state);
}

#define with(strategy, test)                                             \
	{                                                                \
#test ", " #strategy, test, open_holding, close_holding, \
			(void *)(intptr_t)RINGVIEW_WAIT_##strategy       \
	}
#define holding(test) with(PACED, test), with(BUSY, test)

static uint64_t eighth(const struct fixture *f)
{
	return f->ring.size / 8;
}

/* Puts, reads and releases the records @first to @last, and sees the end. Returns whether they
 * notified. */
static bool read_range(struct fixture *f, uint64_t first, uint64_t last, uint32_t length)
{
	bool told;

	ring_notified(f);
	put_range(f, first, last, length);
	told = ring_notified(f);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows_range(f, first, last, length);
	assert_shows_nothing(f);
	ringview_release(f->rv);
	assert_shows_nothing(f);
	return told;
}

static void the_last_record_is_held_back(void **state)
{
	struct fixture *f = *state;

	read_range(f, 0, 2, LENGTH);
	assert_int_equal(consumer_position(f), 2 * STRIDE);
	read_range(f, 3, 3, LENGTH);
	assert_int_equal(consumer_position(f), 3 * STRIDE);
	read_range(f, 4, 4, 100);
	assert_int_equal(consumer_position(f), 4 * STRIDE);
	read_range(f, 5, 5, LENGTH);
	assert_int_equal(consumer_position(f), 4 * STRIDE + stride_of(100));
}

static void no_record_notifies_while_one_is_held_back(void **state)
{
	struct fixture *f = *state;
	uint64_t i;

	assert_true(read_range(f, 0, 0, LENGTH));
	for (i = 1; i < 1000; i++)
		assert_false(read_range(f, i, i + i % 5, LENGTH));
}

static void nothing_is_held_back_before_a_record_was_shown(void **state)
{
	struct fixture *f = *state;

	put(f, 0, LENGTH);
	assert_true(ring_notified(f));
	assert_int_equal(consumer_position(f), 0);
	ringview_release(f->rv);
	ringview_release(f->rv);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_int_equal(consumer_position(f), 0);
	assert_shows(f, 0, LENGTH);
}

static void a_release_of_nothing_gives_nothing_back(void **state)
{
	struct fixture *f = *state;

	read_range(f, 0, 2, LENGTH);
	ringview_release(f->rv);
	ringview_release(f->rv);
	assert_shows_nothing(f);
	assert_int_equal(consumer_position(f), 2 * STRIDE);
}

static void what_was_shown_and_not_released_is_not_given_back(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 3, LENGTH);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows_range(f, 0, 3, LENGTH);
	assert_shows_nothing(f);
	assert_shows_nothing(f);
	assert_int_equal(consumer_position(f), 0);
}

/* A skipped discarded record counts as read. */
static void a_discarded_record_is_held_back(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 1, LENGTH);
	put_discarded(f, LENGTH);
	put_discarded(f, 40);
	assert_shows_range(f, 0, 1, LENGTH);
	assert_shows_nothing(f);
	ringview_release(f->rv);
	assert_int_equal(consumer_position(f), 3 * STRIDE);
	assert_false(read_range(f, 2, 2, LENGTH));
	assert_int_equal(consumer_position(f), 3 * STRIDE + stride_of(40));
}

/* A poll must follow, and the caller may return at once. */

static void a_time_out_keeps_the_last_record_back(void **state)
{
	struct fixture *f = *state;

	read_range(f, 0, 2, LENGTH);
	assert_int_equal(ringview_wait(f->rv, 10 * US), 0);
	assert_int_equal(ringview_wait(f->rv, 0), 0);
	assert_int_equal(consumer_position(f), 2 * STRIDE);
	assert_false(read_range(f, 3, 3, LENGTH));
	assert_int_equal(consumer_position(f), 3 * STRIDE);
}

static void an_interrupt_keeps_the_last_record_back(void **state)
{
	struct fixture *f = *state;

	read_range(f, 0, 2, LENGTH);
	ringview_interrupt(f->rv);
	assert_int_equal(ringview_wait(f->rv, -1), -ECANCELED);
	assert_int_equal(consumer_position(f), 2 * STRIDE);
	assert_false(read_range(f, 3, 3, LENGTH));
}

/* All is released ... */

static void arming_gives_the_last_record_back(void **state)
{
	struct fixture *f = *state;

	read_range(f, 0, 2, LENGTH);
	assert_int_equal(ringview_arm(f->rv), 0);
	assert_int_equal(consumer_position(f), 3 * STRIDE);
	assert_false(ring_notified(f));
	put(f, 3, LENGTH);
	assert_true(ring_notified(f));
	assert_int_equal(ringview_arm(f->rv), 1);
	assert_shows(f, 3, LENGTH);
}

static void arming_gives_discards_behind_the_last_record_back(void **state)
{
	struct fixture *f = *state;

	read_range(f, 0, 0, LENGTH);
	put_discarded(f, 40);
	put_discarded(f, 8);
	assert_int_equal(ringview_arm(f->rv), 0);
	assert_int_equal(consumer_position(f), producer_position(f));
	ring_notified(f);
	put(f, 1, LENGTH);
	assert_true(ring_notified(f));
}

static void closing_gives_the_last_record_back(void **state)
{
	struct fixture *f = *state;

	read_range(f, 0, 2, LENGTH);
	put(f, 3, LENGTH);
	reopen_holding(f);
	assert_int_equal(consumer_position(f), 3 * STRIDE);
	assert_shows(f, 3, LENGTH);
}

static void closing_does_not_give_back_what_was_not_released(void **state)
{
	struct fixture *f = *state;

	read_range(f, 0, 2, LENGTH);
	put(f, 3, LENGTH);
	assert_shows(f, 3, LENGTH);
	reopen_holding(f);
	assert_int_equal(consumer_position(f), 3 * STRIDE);
	assert_shows(f, 3, LENGTH);
}

static void a_record_of_more_than_an_eighth_of_the_ring_is_not_held_back(void **state)
{
	struct fixture *f = *state;
	const uint32_t length = (uint32_t)eighth(f) - RINGVIEW_HEADER_SIZE;

	read_range(f, 0, 0, length);
	assert_int_equal(consumer_position(f), 0);
	read_range(f, 1, 1, length + 1);
	assert_int_equal(consumer_position(f), producer_position(f));
	read_range(f, 2, 2, length);
	assert_int_equal(consumer_position(f), producer_position(f) - eighth(f));
}

/* Long reads: each release reaches the producers at once. */

static void a_long_read_gives_back_all_but_one_record(void **state)
{
	struct fixture *f = *state;
	const uint64_t count = f->ring.size / STRIDE - 1;
	uint64_t i;

	put_range(f, 0, count - 1, LENGTH);
	for (i = 0; i < count; i++) {
		assert_shows(f, i, LENGTH);
		assert_int_equal(consumer_position(f), i < 1 ? 0 : (i - 1) * STRIDE);
		ringview_release(f->rv);
		assert_int_equal(consumer_position(f), i * STRIDE);
	}
}

static void a_long_copy_gives_back_all_but_one_record(void **state)
{
	struct fixture *f = *state;
	const uint64_t count = f->ring.size / STRIDE - 1;
	unsigned char buffer[LENGTH];
	size_t length;
	uint64_t i;

	put_range(f, 0, count - 1, LENGTH);
	for (i = 0; i < count; i++) {
		assert_int_equal(ringview_read_into(f->rv, buffer, sizeof(buffer), &length), 1);
		assert_payload(buffer, i, LENGTH);
		assert_int_equal(consumer_position(f), i * STRIDE);
	}
	assert_int_equal(ringview_read_into(f->rv, buffer, sizeof(buffer), &length), 0);
	assert_int_equal(consumer_position(f), (count - 1) * STRIDE);
}

static void a_copy_that_does_not_fit_loses_nothing(void **state)
{
	struct fixture *f = *state;
	unsigned char buffer[LENGTH];
	size_t length = 0;

	read_range(f, 0, 1, LENGTH);
	put(f, 2, 100);
	put(f, 3, LENGTH);
	assert_int_equal(ringview_read_into(f->rv, buffer, sizeof(buffer), &length), -EMSGSIZE);
	assert_int_equal(length, 100);
	ringview_release(f->rv);
	assert_shows(f, 2, 100);
	assert_shows(f, 3, LENGTH);
	assert_int_equal(consumer_position(f), STRIDE);
}

struct drained {
	struct fixture *f;
	uint64_t number;
};

static int take(void *context, const void *data, size_t length)
{
	struct drained *d = context;

	assert_int_equal(length, LENGTH);
	assert_payload(data, d->number++, LENGTH);
	/* The record passed to the callback last is not released yet either. */
	assert_in_range(d->number * STRIDE - consumer_position(d->f), 0, eighth(d->f) + 2 * STRIDE);
	return 0;
}

static void a_drain_gives_back_each_eighth_of_the_ring(void **state)
{
	struct fixture *f = *state;
	struct drained drained = { .f = f };
	const uint64_t count = f->ring.size / STRIDE - 1;

	put_range(f, 0, count - 1, LENGTH);
	assert_int_equal(ringview_drain(f->rv, take, &drained, NULL), count);
	assert_int_equal(drained.number, count);
	assert_shows_nothing(f);
	assert_int_equal(consumer_position(f), (count - 1) * STRIDE);
}

static void a_drain_goes_on_where_the_last_one_was_bounded(void **state)
{
	const struct ringview_limits limits = { .records = 7 };
	struct fixture *f = *state;
	struct drained drained = { .f = f };
	uint64_t i;

	put_range(f, 0, 69, LENGTH);
	for (i = 0; i < 10; i++)
		assert_int_equal(ringview_drain(f->rv, take, &drained, &limits), 7);
	assert_int_equal(ringview_drain(f->rv, take, &drained, &limits), 0);
	assert_int_equal(drained.number, 70);
}

/* Cancel and restart. */

static void a_cancel_shows_again_what_was_not_released(void **state)
{
	struct fixture *f = *state;

	read_range(f, 0, 1, LENGTH);
	put_range(f, 2, 5, LENGTH);
	assert_shows_range(f, 2, 4, LENGTH);
	ringview_cancel(f->rv);
	assert_int_equal(statistics_of(f).records, 2);
	assert_shows_range(f, 2, 3, LENGTH);
	ringview_release(f->rv);
	assert_shows(f, 4, LENGTH);
	ringview_cancel(f->rv);
	ringview_cancel(f->rv);
	assert_shows_range(f, 4, 5, LENGTH);
	assert_shows_nothing(f);
	assert_int_equal(consumer_position(f), 3 * STRIDE);
	assert_int_equal(statistics_of(f).records, 6);
}

static void a_wait_after_a_cancel_gives_back_nothing_of_it(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 3, LENGTH);
	assert_shows_range(f, 0, 1, LENGTH);
	ringview_release(f->rv);
	assert_shows_range(f, 2, 3, LENGTH);
	ringview_cancel(f->rv);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_int_equal(consumer_position(f), STRIDE);
	assert_shows_range(f, 2, 3, LENGTH);
	read_range(f, 4, 4, LENGTH);
	assert_int_equal(consumer_position(f), 4 * STRIDE);
}

static void a_restart_shows_no_released_record_again(void **state)
{
	struct fixture *f = *state;

	read_range(f, 0, 1, LENGTH);
	put_range(f, 2, 3, LENGTH);
	assert_shows(f, 2, LENGTH);
	assert_int_equal(ringview_restart(f->rv), 0);
	assert_int_equal(consumer_position(f), 2 * STRIDE);
	assert_shows_range(f, 2, 3, LENGTH);
	assert_shows_nothing(f);
	ringview_release(f->rv);
	assert_shows_nothing(f);
	assert_int_equal(consumer_position(f), 3 * STRIDE);
}

/* Errors. */

static void an_impossible_record_ends_a_wait(void **state)
{
	struct fixture *f = *state;

	put(f, 0, LENGTH);
	set_header(f, 0, 5000);
	assert_int_equal(ringview_wait(f->rv, -1), -EBADMSG);
	assert_peek_returns(f, -EBADMSG);
	assert_int_equal(ringview_wait(f->rv, 0), -EBADMSG);
	assert_int_equal(consumer_position(f), 0);
}

static void what_was_released_before_an_impossible_record_is_given_back(void **state)
{
	struct fixture *f = *state;

	read_range(f, 0, 1, LENGTH);
	put_range(f, 2, 3, LENGTH);
	set_header(f, 3 * STRIDE, 5000);
	assert_shows(f, 2, LENGTH);
	assert_peek_returns(f, -EBADMSG);
	ringview_release(f->rv);
	assert_int_equal(ringview_wait(f->rv, -1), -EBADMSG);
	assert_int_equal(consumer_position(f), 3 * STRIDE);
	set_header(f, 3 * STRIDE, LENGTH);
	assert_int_equal(ringview_restart(f->rv), 0);
	assert_shows(f, 3, LENGTH);
}

static void a_restart_after_an_impossible_record_shows_no_released_record_again(void **state)
{
	struct fixture *f = *state;

	read_range(f, 0, 1, LENGTH);
	put(f, 2, LENGTH);
	set_header(f, 2 * STRIDE, 5000);
	assert_peek_returns(f, -EBADMSG);
	set_header(f, 2 * STRIDE, LENGTH);
	assert_int_equal(ringview_restart(f->rv), 0);
	assert_shows(f, 2, LENGTH);
	assert_shows_nothing(f);
}

static void closing_after_an_impossible_record_gives_back_what_was_released(void **state)
{
	struct fixture *f = *state;

	read_range(f, 0, 1, LENGTH);
	put(f, 2, LENGTH);
	set_header(f, 2 * STRIDE, 5000);
	assert_peek_returns(f, -EBADMSG);
	reopen_holding(f);
	assert_int_equal(consumer_position(f), 2 * STRIDE);
}

/* Four records: one held back, two released, one more put. */
static void assert_stands_back(struct fixture *f, uint64_t position)
{
	unsigned char buffer[LENGTH];
	size_t length;

	assert_peek_returns(f, -EBUSY);
	ringview_release(f->rv);
	assert_int_equal(ringview_read_into(f->rv, buffer, sizeof(buffer), &length), -EBUSY);
	assert_int_equal(ringview_arm(f->rv), -EBUSY);
	assert_int_equal(ringview_wait(f->rv, -1), -EBUSY);
	assert_int_equal(ringview_wait(f->rv, 0), -EBUSY);
	assert_int_equal(consumer_position(f), position);
	assert_peek_returns(f, -EBUSY);
}

static void a_look_finds_another_consumer(void **state)
{
	struct fixture *f = *state;
	const uint64_t positions[] = { 0, STRIDE, 3 * STRIDE, 4 * STRIDE };
	size_t i;

	for (i = 0; i < COUNT(positions); i++) {
		start_at(f, 0);
		reopen_holding(f);
		read_range(f, 0, 2, LENGTH);
		put(f, 3, LENGTH);
		set_consumer_position(f, positions[i]);
		assert_stands_back(f, positions[i]);
	}
}

static void publishing_finds_another_consumer(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 2, LENGTH);
	assert_shows_range(f, 0, 2, LENGTH);
	ringview_release(f->rv);
	set_consumer_position(f, STRIDE);
	assert_int_equal(ringview_arm(f->rv), -EBUSY);
	assert_stands_back(f, STRIDE);
}

static void closing_writes_nothing_over_another_consumer(void **state)
{
	struct fixture *f = *state;

	read_range(f, 0, 2, LENGTH);
	set_consumer_position(f, STRIDE);
	ringview_close(f->rv);
	f->rv = NULL;
	assert_int_equal(consumer_position(f), STRIDE);
}

static void closing_after_a_conflict_writes_nothing(void **state)
{
	struct fixture *f = *state;

	read_range(f, 0, 2, LENGTH);
	set_consumer_position(f, STRIDE);
	assert_stands_back(f, STRIDE);
	set_consumer_position(f, 2 * STRIDE); /* as this reader knows it */
	ringview_close(f->rv);
	f->rv = NULL;
	assert_int_equal(consumer_position(f), 2 * STRIDE);
}

static void a_restart_goes_on_where_the_other_consumer_left(void **state)
{
	struct fixture *f = *state;

	read_range(f, 0, 2, LENGTH);
	put(f, 3, LENGTH);
	set_consumer_position(f, STRIDE);
	assert_stands_back(f, STRIDE);
	assert_int_equal(ringview_restart(f->rv), 0);
	assert_shows_range(f, 1, 3, LENGTH);
	ringview_release(f->rv);
	assert_shows_nothing(f);
	assert_int_equal(consumer_position(f), 3 * STRIDE);
	assert_int_equal(ringview_arm(f->rv), 0);
	assert_int_equal(consumer_position(f), 4 * STRIDE);
}

/* Random calls, checked against what is known of each record. */

#define RECORDS 40000
#define MOST 200 /* records in the ring, at most */

struct model {
	struct fixture *f;
	struct random_stream noise;
	uint64_t put, shown, released; /* numbers of records, without discards */
	uint64_t start[MOST];          /* of record number % MOST */
	uint32_t length[MOST];
};

static void put_some(struct model *m)
{
	uint32_t count = random_below(&m->noise, 30);

	while (count-- > 0 && m->put - m->released < MOST - 1) {
		const uint32_t length = random_below(&m->noise, 8) ? random_below(&m->noise, 64)
								   : random_below(&m->noise, 700);
		const bool discard = random_below(&m->noise, 10) == 0;
		const uint64_t start = producer_position(m->f);
		unsigned char *payload = memory_ring_reserve(&m->f->ring, length);

		if (!payload)
			return;
		if (discard) {
			memory_ring_discard(&m->f->ring, payload, 0);
			continue;
		}
		if (length > 0)
			payload[0] = (unsigned char)m->put;
		m->start[m->put % MOST] = start;
		m->length[m->put % MOST] = length;
		m->put++;
		memory_ring_submit(&m->f->ring, payload, 0);
	}
}

static void show_some(struct model *m, uint32_t count)
{
	while (count-- > 0) {
		struct ringview_record record = { NULL, 0 };
		const int found = ringview_peek(m->f->rv, &record);

		assert_in_range(found, 0, 1);
		if (!found)
			return;
		assert_true(m->shown < m->put);
		assert_int_equal(record.length, m->length[m->shown % MOST]);
		if (record.length > 0)
			assert_int_equal(
				*(const unsigned char *)record.data, (unsigned char)m->shown);
		m->shown++;
	}
}

/* Producers get back all that was released but one record, and never more. */
static void check_consumer_position(const struct model *m)
{
	if (m->released > 0)
		assert_true(consumer_position(m->f) >= m->start[(m->released - 1) % MOST]);
	if (m->released < m->put)
		assert_true(consumer_position(m->f) <= m->start[m->released % MOST]);
	assert_true(consumer_position(m->f) <= producer_position(m->f));
}

static void every_record_is_shown_once_and_given_back_once(void **state)
{
	struct fixture *f = *state;
	struct model m = { .f = f };
	uint64_t lap = 0;

	m.noise.state = 7;
	while (m.shown < RECORDS) {
		const uint32_t what = random_below(&m.noise, 16);

		lap++;
		put_some(&m);
		check_consumer_position(&m);
		show_some(&m, random_below(&m.noise, 40));
		check_consumer_position(&m);
		switch (what) {
		case 0:
			ringview_cancel(f->rv);
			m.shown = m.released;
			break;
		case 1:
			assert_in_range(ringview_arm(f->rv), 0, 1);
			m.released = m.shown;
			break;
		case 2:
			assert_in_range(ringview_wait(f->rv, 0), 0, 1);
			m.released = m.shown;
			break;
		case 3:
			reopen_holding(f);
			m.shown = m.released;
			break;
		case 4:
			assert_int_equal(ringview_restart(f->rv), 0);
			m.shown = m.released;
			break;
		case 5:
		case 6:
			break;
		default:
			ringview_release(f->rv);
			m.released = m.shown;
		}
		check_consumer_position(&m);
	}
	assert_true(lap > 100);
	show_some(&m, UINT32_MAX);
	show_some(&m, UINT32_MAX);
	assert_int_equal(m.shown, m.put);
	assert_int_equal(ringview_arm(f->rv), 0);
	assert_int_equal(consumer_position(f), producer_position(f));
}

struct discards {
	struct fixture *f;
	uint64_t left; /* times eight */
};

/* Discards more records than the ring has room for, then submits one. */
static int64_t discard(void *context, int64_t now)
{
	struct discards *d = context;

	if (d->left-- == 0) {
		put(d->f, 2, LENGTH);
		return VIRTUAL_NEVER;
	}
	for (int i = 0; i < 8; i++)
		put_discarded(d->f, LENGTH);
	return now + 100 * US;
}

static void discards_do_not_fill_the_ring_within_a_wait(void **state)
{
	struct fixture *f = *state;
	struct discards d = { f, f->ring.size / 64 };

	read_range(f, 0, 1, LENGTH);
	virtual_time_expect(discard, &d, virtual_now() + 100 * US);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows(f, 2, LENGTH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		holding(discards_do_not_fill_the_ring_within_a_wait),
		holding(the_last_record_is_held_back),
		holding(no_record_notifies_while_one_is_held_back),
		holding(nothing_is_held_back_before_a_record_was_shown),
		holding(a_release_of_nothing_gives_nothing_back),
		holding(what_was_shown_and_not_released_is_not_given_back),
		holding(a_discarded_record_is_held_back),
		holding(a_time_out_keeps_the_last_record_back),
		holding(an_interrupt_keeps_the_last_record_back),
		holding(arming_gives_the_last_record_back),
		holding(arming_gives_discards_behind_the_last_record_back),
		holding(closing_gives_the_last_record_back),
		holding(closing_does_not_give_back_what_was_not_released),
		holding(a_record_of_more_than_an_eighth_of_the_ring_is_not_held_back),
		holding(a_long_read_gives_back_all_but_one_record),
		holding(a_long_copy_gives_back_all_but_one_record),
		holding(a_copy_that_does_not_fit_loses_nothing),
		holding(a_drain_gives_back_each_eighth_of_the_ring),
		holding(a_drain_goes_on_where_the_last_one_was_bounded),
		holding(a_cancel_shows_again_what_was_not_released),
		holding(a_wait_after_a_cancel_gives_back_nothing_of_it),
		holding(a_restart_shows_no_released_record_again),
		holding(an_impossible_record_ends_a_wait),
		holding(what_was_released_before_an_impossible_record_is_given_back),
		holding(a_restart_after_an_impossible_record_shows_no_released_record_again),
		holding(closing_after_an_impossible_record_gives_back_what_was_released),
		holding(a_look_finds_another_consumer),
		holding(publishing_finds_another_consumer),
		holding(closing_writes_nothing_over_another_consumer),
		holding(closing_after_a_conflict_writes_nothing),
		holding(a_restart_goes_on_where_the_other_consumer_left),
		holding(every_record_is_shown_once_and_given_back_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
