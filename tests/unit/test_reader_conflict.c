/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two consumers on one ring: the reader detects the other one.
 */
#include "support/fixture.h"
#include "support/trap.h"

#define LENGTH 24

static int stop(void *context, const void *data, size_t length)
{
	(void)data;
	(void)length;
	set_consumer_position(context, 2 * stride_of(LENGTH));
	return 0;
}

/* Puts four records and shows two. */
static void show_two_of_four(struct fixture *f)
{
	put_range(f, 0, 3, LENGTH);
	assert_shows_range(f, 0, 1, LENGTH);
}

/* Asserts that the reader reports the conflict and does not change the other consumer's
 * position. */
static void assert_stands_back(struct fixture *f, uint64_t position)
{
	unsigned char buffer[LENGTH];
	size_t length;

	assert_peek_returns(f, -EBUSY);
	assert_int_equal(consumer_position(f), position);
	ringview_release(f->rv);
	ringview_release(f->rv);
	assert_int_equal(ringview_read_into(f->rv, buffer, sizeof(buffer), &length), -EBUSY);
	assert_int_equal(ringview_arm(f->rv), -EBUSY);
	assert_int_equal(ringview_wait(f->rv, -1), -EBUSY);
	assert_int_equal(ringview_drain(f->rv, stop, f, NULL), -EBUSY);
	assert_int_equal(consumer_position(f), position);
	assert_peek_returns(f, -EBUSY);
}

static void a_release_finds_a_consumer_that_moved_forward(void **state)
{
	struct fixture *f = *state;

	show_two_of_four(f);
	set_consumer_position(f, 3 * stride_of(LENGTH));
	ringview_release(f->rv);
	assert_stands_back(f, 3 * stride_of(LENGTH));
}

/* A conflict even if the other consumer is at the same position as this reader. */
static void a_release_finds_a_consumer_that_moved_as_far_as_itself(void **state)
{
	struct fixture *f = *state;

	show_two_of_four(f);
	set_consumer_position(f, 2 * stride_of(LENGTH));
	ringview_release(f->rv);
	assert_stands_back(f, 2 * stride_of(LENGTH));
}

static void a_release_finds_a_consumer_that_moved_backward(void **state)
{
	struct fixture *f = *state;

	show_two_of_four(f);
	ringview_release(f->rv);
	assert_shows(f, 2, LENGTH);
	set_consumer_position(f, stride_of(LENGTH));
	ringview_release(f->rv);
	assert_stands_back(f, stride_of(LENGTH));
}

static void the_next_look_at_the_producer_finds_a_consumer_that_moved(void **state)
{
	struct fixture *f = *state;

	show_two_of_four(f);
	assert_shows_range(f, 2, 3, LENGTH);
	set_consumer_position(f, stride_of(LENGTH));
	assert_stands_back(f, stride_of(LENGTH));
}

/* Records that a producer wrote to room that the other consumer released. */
static void no_record_is_shown_that_was_put_behind_another_consumer(void **state)
{
	struct fixture *f = *state;

	show_two_of_four(f);
	assert_shows_range(f, 2, 3, LENGTH);
	set_consumer_position(f, 4 * stride_of(LENGTH));
	put(f, 4, LENGTH);
	assert_stands_back(f, 4 * stride_of(LENGTH));
}

/* Not even if the position is again the one that this reader wrote last. */
static void nothing_is_written_after_a_conflict_that_is_over(void **state)
{
	struct fixture *f = *state;

	show_two_of_four(f);
	set_consumer_position(f, 3 * stride_of(LENGTH));
	ringview_release(f->rv);
	set_consumer_position(f, 0);
	assert_stands_back(f, 0);
}

static void a_wait_finds_a_consumer_that_moved(void **state)
{
	struct fixture *f = *state;

	show_two_of_four(f);
	set_consumer_position(f, stride_of(LENGTH));
	assert_int_equal(ringview_wait(f->rv, -1), -EBUSY);
	assert_stands_back(f, stride_of(LENGTH));
}

static void a_drain_that_finds_another_consumer_counts_what_it_passed_on(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 3, LENGTH);
	assert_int_equal(ringview_drain(f->rv, stop, f, NULL), 4);
	assert_stands_back(f, 2 * stride_of(LENGTH));
}

static void a_copy_that_finds_another_consumer_is_still_a_copy(void **state)
{
	struct fixture *f = *state;
	unsigned char buffer[LENGTH];
	size_t length;

	show_two_of_four(f);
	set_consumer_position(f, stride_of(LENGTH));
	assert_int_equal(ringview_read_into(f->rv, buffer, sizeof(buffer), &length), 1);
	assert_payload(buffer, 2, LENGTH);
	assert_stands_back(f, stride_of(LENGTH));
}

static void records_shown_before_a_conflict_stay_counted(void **state)
{
	struct fixture *f = *state;

	show_two_of_four(f);
	set_consumer_position(f, 3 * stride_of(LENGTH));
	ringview_release(f->rv);
	assert_stands_back(f, 3 * stride_of(LENGTH));
	assert_int_equal(statistics_of(f).records, 2);
	assert_int_equal(statistics_of(f).bytes, 2 * LENGTH);
}

static void a_restart_goes_on_where_the_other_consumer_left(void **state)
{
	struct fixture *f = *state;

	show_two_of_four(f);
	set_consumer_position(f, 3 * stride_of(LENGTH));
	ringview_release(f->rv);
	assert_stands_back(f, 3 * stride_of(LENGTH));
	assert_int_equal(ringview_restart(f->rv), 0);
	assert_shows(f, 3, LENGTH);
	assert_shows_nothing(f);
}

static void a_restart_makes_releases_reach_the_ring_again(void **state)
{
	struct fixture *f = *state;

	show_two_of_four(f);
	set_consumer_position(f, stride_of(LENGTH));
	ringview_release(f->rv);
	assert_int_equal(ringview_restart(f->rv), 0);
	assert_shows_range(f, 1, 3, LENGTH);
	ringview_release(f->rv);
	assert_int_equal(consumer_position(f), 4 * stride_of(LENGTH));
}

/* The bytes at this reader's position may be anything by then. */
static void a_cancel_after_a_conflict_keeps_the_error(void **state)
{
	struct fixture *f = *state;

	show_two_of_four(f);
	set_consumer_position(f, 4 * stride_of(LENGTH));
	ringview_release(f->rv);
	assert_peek_returns(f, -EBUSY);
	set_header(f, 0, 0x3fffffff);
	ringview_cancel(f->rv);
	assert_peek_returns(f, -EBUSY);
}

static void a_cancel_after_a_conflict_uncounts_no_record_of_the_other_consumer(void **state)
{
	struct fixture *f = *state;
	uint64_t position;

	show_two_of_four(f);
	set_consumer_position(f, 4 * stride_of(LENGTH));
	ringview_release(f->rv);
	/* Shorter records lie there now, so there are more of them. */
	for (position = 0; position < 2 * stride_of(LENGTH); position += 8)
		set_header(f, position, 0);
	ringview_cancel(f->rv);
	assert_in_range(statistics_of(f).records, 0, 2);
	assert_in_range(statistics_of(f).bytes, 0, 2 * LENGTH);
}

static void a_second_reader_makes_the_first_one_stand_back(void **state)
{
	struct fixture *f = *state;
	struct ringview_memory memory = memory_ring_view(&f->ring);
	struct ringview_record record;
	struct ringview *second;

	show_two_of_four(f);
	assert_int_equal(ringview_open_memory(&second, &memory, NULL), 0);
	assert_int_equal(ringview_peek(second, &record), 1);
	ringview_release(second);
	ringview_release(f->rv);
	assert_stands_back(f, stride_of(LENGTH));
	ringview_close(second);
}

/*
 * Another reader releases a whole ring, and producers fill it again, between the two loads of a
 * restart: a trap on the page of the producer position does it.
 */

static void overtake(void *context)
{
	struct fixture *f = context;
	const uint64_t position = f->ring.size;

	set_consumer_position(f, position);
	set_producer_position(f, position);
	put_range(f, 7, 8, LENGTH);
}

static void a_restart_is_not_confused_by_another_reader(void **state)
{
	struct fixture *f = *state;

	trap_set(f->ring.producer, f->ring.page_size, overtake, f);
	assert_int_equal(ringview_restart(f->rv), 0);
	assert_true(trap_end());
	assert_int_equal(consumer_position(f), f->ring.size);
	assert_shows_range(f, 7, 8, LENGTH);
	assert_shows_nothing(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		reading(a_release_finds_a_consumer_that_moved_forward),
		reading(a_release_finds_a_consumer_that_moved_as_far_as_itself),
		reading(a_release_finds_a_consumer_that_moved_backward),
		reading(the_next_look_at_the_producer_finds_a_consumer_that_moved),
		reading(no_record_is_shown_that_was_put_behind_another_consumer),
		reading(nothing_is_written_after_a_conflict_that_is_over),
		reading(a_wait_finds_a_consumer_that_moved),
		reading(a_drain_that_finds_another_consumer_counts_what_it_passed_on),
		reading(a_copy_that_finds_another_consumer_is_still_a_copy),
		reading(records_shown_before_a_conflict_stay_counted),
		reading(a_restart_goes_on_where_the_other_consumer_left),
		reading(a_restart_makes_releases_reach_the_ring_again),
		reading(a_cancel_after_a_conflict_keeps_the_error),
		reading(a_cancel_after_a_conflict_uncounts_no_record_of_the_other_consumer),
		reading(a_second_reader_makes_the_first_one_stand_back),
		reading(a_restart_is_not_confused_by_another_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
