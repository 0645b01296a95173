/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ringview_drain().
 */
#include <time.h>

#include "clock.h"
#include "support/fixture.h"

#define LENGTH 24

/* What the callback sees and does. */
struct seen {
	struct fixture *fixture;
	uint64_t next;    /* number of the next record */
	uint64_t stop_at; /* number of the record to return @result at */
	int result;
	int64_t wait_until;    /* CLOCK_MONOTONIC */
	uint64_t consumer[64]; /* consumer position while record i was passed on */
};

static int check_record(void *context, const void *data, size_t length)
{
	struct seen *seen = context;
	uint64_t number = seen->next++;

	assert_int_equal(length, LENGTH);
	assert_int_equal((uintptr_t)data % 8, 0);
	assert_payload(data, number, LENGTH);
	if (number < COUNT(seen->consumer))
		seen->consumer[number] = consumer_position(seen->fixture);
	if (seen->wait_until) {
		struct timespec until = clock_timespec(seen->wait_until);

		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
			;
	}
	return number == seen->stop_at ? seen->result : 0;
}

/* A ring with the records 0 to @records - 1, and a callback that does not stop. */
static struct seen prepare(struct fixture *f, uint64_t records)
{
	struct seen seen = { .fixture = f, .stop_at = UINT64_MAX };

	if (records > 0)
		put_range(f, 0, records - 1, LENGTH);
	return seen;
}

static void an_empty_ring_has_nothing_to_drain(void **state)
{
	struct seen seen = prepare(*state, 0);

	assert_int_equal(ringview_drain(seen.fixture->rv, check_record, &seen, NULL), 0);
	assert_int_equal(seen.next, 0);
}

static void all_records_are_passed_on(void **state)
{
	struct seen seen = prepare(*state, 10);

	assert_int_equal(ringview_drain(seen.fixture->rv, check_record, &seen, NULL), 10);
	assert_int_equal(seen.next, 10);
}

static void what_was_passed_on_is_released(void **state)
{
	struct fixture *f = *state;
	struct seen seen = prepare(f, 10);

	ringview_drain(f->rv, check_record, &seen, NULL);
	assert_int_equal(consumer_position(f), 10 * stride_of(LENGTH));
	assert_shows_nothing(f);
}

static void what_was_peeked_at_before_is_released(void **state)
{
	struct fixture *f = *state;
	struct seen seen = prepare(f, 2);

	assert_shows_range(f, 0, 1, LENGTH);
	assert_int_equal(ringview_drain(f->rv, check_record, &seen, NULL), 0);
	assert_int_equal(consumer_position(f), 2 * stride_of(LENGTH));
}

static void discarded_records_are_not_passed_on(void **state)
{
	struct fixture *f = *state;
	struct seen seen = prepare(f, 0);

	put_discarded(f, 8);
	put(f, 0, LENGTH);
	put_discarded(f, LENGTH);
	put(f, 1, LENGTH);
	put_discarded(f, 100);
	assert_int_equal(ringview_drain(f->rv, check_record, &seen, NULL), 2);
	assert_int_equal(consumer_position(f), producer_position(f));
}

static void a_busy_record_ends_a_drain(void **state)
{
	struct fixture *f = *state;
	struct seen seen = prepare(f, 2);
	void *busy = reserve(f, 2, LENGTH);

	put(f, 3, LENGTH);
	assert_int_equal(ringview_drain(f->rv, check_record, &seen, NULL), 2);
	memory_ring_submit(&f->ring, busy, 0);
	assert_int_equal(ringview_drain(f->rv, check_record, &seen, NULL), 2);
	assert_int_equal(seen.next, 4);
}

/* Limits. */

static void limits_of_0_do_not_bound(void **state)
{
	const struct ringview_limits limits = { 0, 0, 0 };
	struct seen seen = prepare(*state, 10);

	assert_int_equal(ringview_drain(seen.fixture->rv, check_record, &seen, &limits), 10);
}

static void a_limit_of_records_bounds(void **state)
{
	const struct ringview_limits limits = { .records = 3 };
	struct fixture *f = *state;
	struct seen seen = prepare(f, 10);

	assert_int_equal(ringview_drain(f->rv, check_record, &seen, &limits), 3);
	assert_int_equal(seen.next, 3);
	assert_int_equal(consumer_position(f), 3 * stride_of(LENGTH));
	assert_shows_range(f, 3, 9, LENGTH);
}

static void a_limit_of_more_records_than_there_are_does_not_bound(void **state)
{
	const struct ringview_limits limits = { .records = UINT64_MAX };
	struct seen seen = prepare(*state, 10);

	assert_int_equal(ringview_drain(seen.fixture->rv, check_record, &seen, &limits), 10);
}

static void a_limit_of_records_does_not_count_discards(void **state)
{
	const struct ringview_limits limits = { .records = 2 };
	struct fixture *f = *state;
	struct seen seen = prepare(f, 1);

	put_discarded(f, 8);
	put(f, 1, LENGTH);
	put(f, 2, LENGTH);
	assert_int_equal(ringview_drain(f->rv, check_record, &seen, &limits), 2);
}

static void a_limit_of_bytes_ends_with_the_record_that_reaches_it(void **state)
{
	struct ringview_limits limits = { .bytes = 2 * LENGTH };
	struct fixture *f = *state;
	struct seen seen = prepare(f, 10);

	assert_int_equal(ringview_drain(f->rv, check_record, &seen, &limits), 2);
	limits.bytes = 2 * LENGTH + 1;
	assert_int_equal(ringview_drain(f->rv, check_record, &seen, &limits), 3);
	limits.bytes = 1;
	assert_int_equal(ringview_drain(f->rv, check_record, &seen, &limits), 1);
	assert_int_equal(consumer_position(f), 6 * stride_of(LENGTH));
}

static void a_deadline_in_the_past_passes_nothing_on(void **state)
{
	const struct ringview_limits limits = { .deadline_ns = 1 };
	struct fixture *f = *state;
	struct seen seen = prepare(f, 10);

	assert_int_equal(ringview_drain(f->rv, check_record, &seen, &limits), 0);
	assert_int_equal(seen.next, 0);
	assert_shows_range(f, 0, 9, LENGTH);
}

static void a_deadline_beyond_reach_does_not_bound(void **state)
{
	const struct ringview_limits limits = { .deadline_ns = INT64_MAX };
	struct seen seen = prepare(*state, 10);

	assert_int_equal(ringview_drain(seen.fixture->rv, check_record, &seen, &limits), 10);
}

/* The callback runs until the deadline. A deadline that passed before the first record has no
 * effect on it. */
static void a_deadline_that_passes_in_the_callback_ends_the_drain(void **state)
{
	struct fixture *f = *state;
	struct seen seen = prepare(f, 10);
	int64_t ahead = 20000000;
	int drained;

	do {
		struct ringview_limits limits = { .deadline_ns = clock_now() + ahead };

		seen.wait_until = limits.deadline_ns;
		drained = ringview_drain(f->rv, check_record, &seen, &limits);
		ahead *= 2;
	} while (drained == 0 && ahead < 5000000000);
	assert_int_equal(drained, 1);
	assert_int_equal(consumer_position(f), stride_of(LENGTH));
}

/* The callback's return value. */

static void a_negative_return_stops_and_is_returned(void **state)
{
	struct fixture *f = *state;
	struct seen seen = prepare(f, 10);

	seen.stop_at = 2;
	seen.result = -1234;
	assert_int_equal(ringview_drain(f->rv, check_record, &seen, NULL), -1234);
	assert_int_equal(seen.next, 3);
}

static void the_record_of_a_negative_return_is_released(void **state)
{
	struct fixture *f = *state;
	struct seen seen = prepare(f, 10);

	seen.stop_at = 2;
	seen.result = -1;
	ringview_drain(f->rv, check_record, &seen, NULL);
	assert_int_equal(consumer_position(f), 3 * stride_of(LENGTH));
	assert_shows_range(f, 3, 9, LENGTH);
}

static void a_positive_return_stops_and_the_count_is_returned(void **state)
{
	struct fixture *f = *state;
	struct seen seen = prepare(f, 10);

	seen.stop_at = 2;
	seen.result = 1234;
	assert_int_equal(ringview_drain(f->rv, check_record, &seen, NULL), 3);
	assert_int_equal(seen.next, 3);
	assert_int_equal(consumer_position(f), 3 * stride_of(LENGTH));
}

static void a_negative_return_at_the_last_record_is_returned(void **state)
{
	struct fixture *f = *state;
	const struct ringview_limits limits = { .records = 3 };
	struct seen seen = prepare(f, 3);

	seen.stop_at = 2;
	seen.result = -EIO;
	assert_int_equal(ringview_drain(f->rv, check_record, &seen, &limits), -EIO);
}

/* Releases during a drain: a full ring, of which each eighth is released once it was read. */

static void an_eighth_of_the_ring_is_released_at_a_time(void **state)
{
	struct fixture *f = *state;
	const uint64_t eighth = f->ring.size / 8;
	const uint64_t records = (f->ring.size - 8) / stride_of(LENGTH);
	struct seen seen = prepare(f, records);
	uint64_t i;

	assert_int_equal(ringview_drain(f->rv, check_record, &seen, NULL), records);
	for (i = 0; i < records && i < COUNT(seen.consumer); i++)
		assert_int_equal(seen.consumer[i], i * stride_of(LENGTH) / eighth * eighth);
	assert_int_equal(consumer_position(f), producer_position(f));
}

struct refill {
	struct fixture *fixture;
	uint64_t written, read;
};

/* Puts as many records as fit, at most three rings full: released room must be usable at once. */
static int read_and_refill(void *context, const void *data, size_t length)
{
	struct refill *refill = context;
	struct memory_ring *ring = &refill->fixture->ring;

	assert_int_equal(length, sizeof(uint64_t));
	assert_int_equal(*(const uint64_t *)data, refill->read);
	refill->read++;
	while (refill->written < 3 * ring->size / stride_of(8)) {
		uint64_t *payload = memory_ring_reserve(ring, sizeof(uint64_t));

		if (!payload)
			break;
		*payload = refill->written++;
		memory_ring_submit(ring, payload, 0);
	}
	return 0;
}

static void what_comes_in_during_a_drain_is_drained(void **state)
{
	struct fixture *f = *state;
	struct refill refill = { f, 1, 0 };
	uint64_t *first = reserve(f, 0, sizeof(uint64_t));

	*first = 0;
	memory_ring_submit(&f->ring, first, 0);
	assert_int_equal(ringview_drain(f->rv, read_and_refill, &refill, NULL),
		3 * f->ring.size / stride_of(8));
}

static int count_records(void *context, const void *data, size_t length)
{
	(void)data;
	(void)length;
	++*(uint64_t *)context;
	return 0;
}

/* Structs of a program built with another version of the header. */
static void limits_of_another_size_are_taken(void **state)
{
	struct {
		struct ringview_limits known;
		uint64_t more;
	} limits = { { 2, 0, 0 }, 0 };
	struct fixture *f = *state;
	uint64_t passed = 0;

	put_range(f, 0, 9, 24);
	assert_int_equal(
		ringview_drain_sized(f->rv, count_records, &passed, &limits.known, sizeof(limits)),
		2);
	limits.known.bytes = 1; /* after the end */
	assert_int_equal(ringview_drain_sized(f->rv, count_records, &passed, &limits.known, 8), 2);
	limits.more = 1;
	assert_int_equal(
		ringview_drain_sized(f->rv, count_records, &passed, &limits.known, sizeof(limits)),
		-EINVAL);
	assert_int_equal(passed, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		reading(an_empty_ring_has_nothing_to_drain),
		reading(all_records_are_passed_on),
		reading(what_was_passed_on_is_released),
		reading(what_was_peeked_at_before_is_released),
		reading(discarded_records_are_not_passed_on),
		reading(a_busy_record_ends_a_drain),
		reading(limits_of_0_do_not_bound),
		reading(limits_of_another_size_are_taken),
		reading(a_limit_of_records_bounds),
		reading(a_limit_of_more_records_than_there_are_does_not_bound),
		reading(a_limit_of_records_does_not_count_discards),
		reading(a_limit_of_bytes_ends_with_the_record_that_reaches_it),
		reading(a_deadline_in_the_past_passes_nothing_on),
		reading(a_deadline_beyond_reach_does_not_bound),
		reading(a_deadline_that_passes_in_the_callback_ends_the_drain),
		reading(a_negative_return_stops_and_is_returned),
		reading(the_record_of_a_negative_return_is_released),
		reading(a_positive_return_stops_and_the_count_is_returned),
		reading(a_negative_return_at_the_last_record_is_returned),
		reading(an_eighth_of_the_ring_is_released_at_a_time),
		reading(what_comes_in_during_a_drain_is_drained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
