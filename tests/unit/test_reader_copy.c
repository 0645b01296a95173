/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ringview_read_into().
 */
#include <string.h>

#include "support/fixture.h"

static unsigned char buffer[256];

/* Reads the record @number into the whole buffer. */
static void assert_reads(struct fixture *f, uint64_t number, uint32_t length)
{
	size_t read = 1234567;

	memset(buffer, 0, sizeof(buffer));
	assert_int_equal(ringview_read_into(f->rv, buffer, sizeof(buffer), &read), 1);
	assert_int_equal(read, length);
	assert_payload(buffer, number, length);
}

/* Asserts that the next record has @length bytes, more than @capacity. */
static void assert_too_long(struct fixture *f, size_t capacity, uint32_t length)
{
	size_t read = 1234567;

	assert_int_equal(ringview_read_into(f->rv, buffer, capacity, &read), -EMSGSIZE);
	assert_int_equal(read, length);
}

static void a_record_is_copied(void **state)
{
	put(*state, 1, 20);
	assert_reads(*state, 1, 20);
}

static void a_record_that_was_copied_is_released(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 1, 20);
	assert_reads(f, 0, 20);
	assert_int_equal(consumer_position(f), stride_of(20));
	assert_reads(f, 1, 20);
	assert_int_equal(consumer_position(f), 2 * stride_of(20));
}

static void what_was_shown_before_is_released_with_the_copy(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 2, 20);
	assert_shows_range(f, 0, 1, 20);
	assert_reads(f, 2, 20);
	assert_int_equal(consumer_position(f), 3 * stride_of(20));
}

static void nothing_behind_the_record_is_written(void **state)
{
	struct fixture *f = *state;
	size_t length;

	put(f, 1, 20);
	memset(buffer, 0xee, sizeof(buffer));
	assert_int_equal(ringview_read_into(f->rv, buffer, 20, &length), 1);
	assert_int_equal(buffer[20], 0xee);
}

/* Small records take another copy loop than large ones. */
static void every_length_is_copied_with_nothing_around_it_written(void **state)
{
	struct fixture *f = *state;
	const size_t before = 16;
	uint32_t length;

	for (length = 0; length <= 200; length++) {
		size_t read = 1234567, i;

		put(f, length, length);
		memset(buffer, 0xee, sizeof(buffer));
		assert_int_equal(ringview_read_into(f->rv, buffer + before, length, &read), 1);
		assert_int_equal(read, length);
		assert_payload(buffer + before, length, length);
		for (i = 0; i < sizeof(buffer); i++)
			if (i < before || i >= before + length)
				assert_int_equal(buffer[i], 0xee);
	}
}

static void an_empty_ring_leaves_length_and_buffer_alone(void **state)
{
	struct fixture *f = *state;
	size_t length = 1234567;

	memset(buffer, 0xee, sizeof(buffer));
	assert_int_equal(ringview_read_into(f->rv, buffer, sizeof(buffer), &length), 0);
	assert_int_equal(length, 1234567);
	assert_int_equal(buffer[0], 0xee);
}

static void a_buffer_of_just_the_length_suffices(void **state)
{
	struct fixture *f = *state;
	size_t length;

	put(f, 1, 20);
	assert_too_long(f, 19, 20);
	assert_int_equal(ringview_read_into(f->rv, buffer, 20, &length), 1);
}

static void too_small_a_buffer_is_not_written(void **state)
{
	put(*state, 1, 20);
	memset(buffer, 0xee, sizeof(buffer));
	assert_too_long(*state, 19, 20);
	assert_int_equal(buffer[0], 0xee);
}

static void too_small_a_buffer_loses_nothing(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 1, 20);
	assert_too_long(f, 0, 20);
	assert_too_long(f, 19, 20);
	assert_int_equal(consumer_position(f), 0);
	assert_reads(f, 0, 20);
	assert_reads(f, 1, 20);
}

/* The second of two records of equal length takes the inline half of ringview_peek(). */
static void too_small_a_buffer_loses_nothing_within_a_run(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 2, 20);
	assert_reads(f, 0, 20);
	assert_too_long(f, 19, 20);
	assert_too_long(f, 19, 20);
	assert_reads(f, 1, 20);
	assert_reads(f, 2, 20);
}

static void too_small_a_buffer_loses_nothing_behind_a_discard(void **state)
{
	put_discarded(*state, 100);
	put(*state, 1, 20);
	assert_too_long(*state, 19, 20);
	assert_reads(*state, 1, 20);
}

/* More than the ring has room for. */
static void discards_do_not_fill_the_ring(void **state)
{
	const uint32_t length = 504;
	struct fixture *f = *state;
	size_t size;

	for (uint64_t i = 0; i < 3 * f->ring.size / stride_of(length); i++) {
		put_discarded(f, length);
		assert_int_equal(ringview_read_into(f->rv, buffer, sizeof(buffer), &size), 0);
	}
	put(f, 0, 16);
	assert_int_equal(ringview_read_into(f->rv, buffer, sizeof(buffer), &size), 1);
}

static void discards_after_a_record_that_is_shown_are_not_released(void **state)
{
	struct fixture *f = *state;
	uint64_t before = consumer_position(f);

	put(f, 0, 16);
	put_discarded(f, 8);
	assert_shows(f, 0, 16);
	assert_shows_nothing(f);
	assert_int_equal(consumer_position(f), before);
	ringview_release(f->rv);
	assert_int_equal(consumer_position(f), producer_position(f));
}

static void too_small_a_buffer_releases_nothing_that_was_shown_before(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 2, 20);
	put(f, 3, 100);
	assert_shows_range(f, 0, 2, 20);
	assert_too_long(f, 99, 100);
	assert_int_equal(consumer_position(f), 0);
	ringview_cancel(f->rv);
	assert_shows_range(f, 0, 2, 20);
	assert_reads(f, 3, 100);
	assert_int_equal(consumer_position(f), producer_position(f));
}

static void too_small_a_buffer_leaves_the_record_to_peek(void **state)
{
	put(*state, 0, 20);
	assert_too_long(*state, 19, 20);
	assert_shows(*state, 0, 20);
	assert_shows_nothing(*state);
}

static void a_release_after_too_small_a_buffer_keeps_the_record(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 1, 20);
	assert_shows(f, 0, 20);
	assert_too_long(f, 19, 20);
	ringview_release(f->rv);
	assert_int_equal(consumer_position(f), stride_of(20));
	assert_reads(f, 1, 20);
}

static void a_record_that_was_too_long_is_not_counted(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 2, 20);
	assert_reads(f, 0, 20);
	assert_too_long(f, 0, 20);
	assert_too_long(f, 0, 20);
	assert_int_equal(statistics_of(f).records, 1);
	assert_int_equal(statistics_of(f).bytes, 20);
	assert_reads(f, 1, 20);
	assert_int_equal(statistics_of(f).records, 2);
	assert_int_equal(statistics_of(f).bytes, 40);
}

static void a_record_without_payload_needs_no_buffer(void **state)
{
	struct fixture *f = *state;
	size_t length = 1234567;
	char nothing[1];

	put(f, 0, 0);
	assert_int_equal(ringview_read_into(f->rv, nothing, 0, &length), 1);
	assert_int_equal(length, 0);
}

static void an_error_of_the_ring_leaves_length_and_buffer_alone(void **state)
{
	struct fixture *f = *state;
	size_t length = 1234567;

	put(f, 1, 20);
	set_header(f, 0, 200);
	memset(buffer, 0xee, sizeof(buffer));
	assert_int_equal(ringview_read_into(f->rv, buffer, sizeof(buffer), &length), -EBADMSG);
	assert_int_equal(length, 1234567);
	assert_int_equal(buffer[0], 0xee);
}

static void a_busy_record_is_not_copied(void **state)
{
	struct fixture *f = *state;
	size_t length;
	void *busy = reserve(f, 1, 20);

	assert_int_equal(ringview_read_into(f->rv, buffer, sizeof(buffer), &length), 0);
	memory_ring_submit(&f->ring, busy, 0);
	assert_reads(f, 1, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		reading_new_and_settled(a_record_is_copied),
		reading_new_and_settled(a_record_that_was_copied_is_released),
		reading_new_and_settled(what_was_shown_before_is_released_with_the_copy),
		reading_new_and_settled(nothing_behind_the_record_is_written),
		reading_new_and_settled(every_length_is_copied_with_nothing_around_it_written),
		reading_new_and_settled(an_empty_ring_leaves_length_and_buffer_alone),
		reading_new_and_settled(a_buffer_of_just_the_length_suffices),
		reading_new_and_settled(too_small_a_buffer_is_not_written),
		reading_new_and_settled(too_small_a_buffer_loses_nothing),
		reading_new_and_settled(too_small_a_buffer_loses_nothing_within_a_run),
		reading_new_and_settled(too_small_a_buffer_loses_nothing_behind_a_discard),
		reading_new_and_settled(discards_do_not_fill_the_ring),
		reading_new_and_settled(discards_after_a_record_that_is_shown_are_not_released),
		reading_new_and_settled(too_small_a_buffer_releases_nothing_that_was_shown_before),
		reading_new_and_settled(too_small_a_buffer_leaves_the_record_to_peek),
		reading_new_and_settled(a_release_after_too_small_a_buffer_keeps_the_record),
		reading(a_record_that_was_too_long_is_not_counted),
		reading_new_and_settled(a_record_without_payload_needs_no_buffer),
		reading_new_and_settled(an_error_of_the_ring_leaves_length_and_buffer_alone),
		reading_new_and_settled(a_busy_record_is_not_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
