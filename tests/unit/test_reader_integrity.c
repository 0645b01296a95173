/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Corrupt rings: impossible headers and positions.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "reader.h"
#include "support/fixture.h"

static int count_one(void *context, const void *data, size_t length)
{
	(void)data;
	(void)length;
	++*(int *)context;
	return 0;
}

/* Asserts that each call that polls for a record returns @error. */
static void assert_all_calls_return(struct fixture *f, int error)
{
	unsigned char buffer[8];
	size_t length;
	int calls = 0;

	assert_peek_returns(f, error);
	assert_int_equal(ringview_read_into(f->rv, buffer, sizeof(buffer), &length), error);
	assert_int_equal(ringview_arm(f->rv), error);
	assert_int_equal(ringview_wait(f->rv, 0), error);
	assert_int_equal(ringview_drain(f->rv, count_one, &calls, NULL), error);
	assert_int_equal(calls, 0);
	assert_peek_returns(f, error);
}

/* Headers. */

static void a_record_that_ends_beyond_the_producer_is_not_shown(void **state)
{
	struct fixture *f = *state;

	put(f, 0, 24);
	set_header(f, 0, 25);
	assert_peek_returns(f, -EBADMSG);
}

static void a_record_that_ends_beyond_the_producer_is_not_shown_after_equal_ones(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 2, 24);
	set_header(f, 2 * stride_of(24), 25);
	assert_shows_range(f, 0, 1, 24);
	assert_peek_returns(f, -EBADMSG);
}

/* The header equals the one before and is wrong nevertheless: the producer position is in the
 * middle of the record. */
static void a_remembered_length_is_not_shown_beyond_the_producer(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 1, 24);
	set_producer_position(f, stride_of(24) + 16);
	assert_shows(f, 0, 24);
	assert_peek_returns(f, -EBADMSG);
}

/* As above, but nothing is left: the header there is an old one, and no error. */
static void a_stale_header_at_the_producer_position_is_not_shown(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 3, 24);
	set_producer_position(f, 2 * stride_of(24));
	assert_shows_range(f, 0, 1, 24);
	assert_shows_nothing(f);
	set_producer_position(f, 3 * stride_of(24));
	assert_shows(f, 2, 24);
	assert_shows_nothing(f);
}

static void a_record_longer_than_the_ring_is_not_shown(void **state)
{
	struct fixture *f = *state;

	put(f, 0, (uint32_t)f->ring.size - 16);
	set_header(f, 0, (uint32_t)f->ring.size);
	assert_peek_returns(f, -EBADMSG);
}

static void a_header_of_the_greatest_length_is_an_error(void **state)
{
	put(*state, 0, 24);
	set_header(*state, 0, RING_DISCARD - 1);
	assert_peek_returns(*state, -EBADMSG);
}

static void a_discarded_record_that_ends_beyond_the_producer_is_an_error(void **state)
{
	struct fixture *f = *state;

	put(f, 0, 24);
	set_header(f, 0, RING_DISCARD | 25);
	assert_peek_returns(f, -EBADMSG);
	ringview_release(f->rv);
	assert_int_equal(consumer_position(f), 0);
	assert_int_equal(statistics_of(f).discarded, 0);
}

/* While the busy bit is set, the length has no meaning. */
static void a_header_of_all_ones_is_a_busy_record(void **state)
{
	put(*state, 0, 24);
	set_header(*state, 0, UINT32_MAX);
	assert_shows_nothing(*state);
	assert_int_equal(statistics_of(*state).busy_stops, 1);
}

static void a_header_of_all_ones_but_busy_is_an_error(void **state)
{
	put(*state, 0, 24);
	set_header(*state, 0, UINT32_MAX & ~RING_BUSY);
	assert_peek_returns(*state, -EBADMSG);
}

/* The reader remembers no header yet that one with both bits could equal. */
static void a_busy_and_discarded_header_right_after_open_is_not_shown(void **state)
{
	put(*state, 0, 0);
	set_header(*state, 0, RING_BUSY | RING_DISCARD);
	assert_shows_nothing(*state);
	assert_shows_nothing(*state);
}

static void a_busy_or_discarded_header_is_not_shown_after_an_equal_length(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 2, 0);
	set_header(f, 8, RING_BUSY);
	assert_shows(f, 0, 0);
	assert_shows_nothing(f);
	set_header(f, 8, RING_DISCARD);
	assert_shows(f, 2, 0);
	assert_shows_nothing(f);
}

/* In a ring this large, a header with the discard bit is, as a length, less than the ring. */
static void a_discarded_header_is_no_length_in_the_largest_ring(void **state)
{
	const size_t size = RING_SIZE_MAX;
	struct fixture *f = *state;
	struct ringview_memory memory = memory_ring_view(&f->ring);
	uint64_t consumer = 0, producer = size - 8;
	int fd = memfd_create("largest", MFD_CLOEXEC);
	unsigned char *data;
	struct ringview *rv;
	struct ringview_record record = { 0 };

	assert_true(fd >= 0 && ftruncate(fd, (off_t)size) == 0);
	data = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
	assert_ptr_not_equal(data, MAP_FAILED);
	memory.consumer = &consumer;
	memory.producer = &producer;
	memory.data = data;
	memory.size = size;
	assert_int_equal(ringview_open_memory(&rv, &memory, NULL), 0);
	/* Empty records until the inline half shows them. */
	for (int i = 0; i < 40; i++)
		assert_int_equal(ringview_peek(rv, &record), 1);
	*(uint32_t *)(data + 40 * 8) = RING_DISCARD;
	assert_int_equal(ringview_peek(rv, &record), 1);
	assert_int_equal(record.length, 0);
	assert_ptr_equal(record.data, data + 41 * 8 + RINGVIEW_HEADER_SIZE);
	ringview_close(rv);
	munmap(data, 2 * size);
	close(fd);
}

static void the_word_behind_the_length_does_not_matter(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 1, 24);
	set_header(f, 4, UINT32_MAX);
	set_header(f, stride_of(24) + 4, 0);
	assert_shows_range(f, 0, 1, 24);
}

static void an_impossible_header_stays_an_error_after_its_repair(void **state)
{
	struct fixture *f = *state;

	put(f, 0, 24);
	set_header(f, 0, 240);
	assert_all_calls_return(f, -EBADMSG);
	set_header(f, 0, 24);
	assert_all_calls_return(f, -EBADMSG);
	put(f, 1, 24);
	assert_all_calls_return(f, -EBADMSG);
}

static void records_before_an_impossible_header_are_shown_and_released(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 2, 24);
	set_header(f, 2 * stride_of(24), 240);
	assert_shows_range(f, 0, 1, 24);
	assert_peek_returns(f, -EBADMSG);
	ringview_release(f->rv);
	assert_int_equal(consumer_position(f), 2 * stride_of(24));
	ringview_release(f->rv);
	assert_int_equal(consumer_position(f), 2 * stride_of(24));
	assert_int_equal(statistics_of(f).records, 2);
}

static void drain_counts_the_records_before_an_impossible_header_first(void **state)
{
	struct fixture *f = *state;
	int calls = 0;

	put_range(f, 0, 2, 24);
	set_header(f, 2 * stride_of(24), 240);
	assert_int_equal(ringview_drain(f->rv, count_one, &calls, NULL), 2);
	assert_int_equal(calls, 2);
	assert_int_equal(consumer_position(f), 2 * stride_of(24));
	assert_int_equal(ringview_drain(f->rv, count_one, &calls, NULL), -EBADMSG);
	assert_int_equal(calls, 2);
}

/* The producer position. */

static void a_producer_position_behind_what_was_shown_is_an_error(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 1, 24);
	assert_shows_range(f, 0, 1, 24);
	set_producer_position(f, stride_of(24));
	assert_all_calls_return(f, -EBADMSG);
	assert_int_equal(consumer_position(f), 2 * stride_of(24));
}

/* In a way that looks like a ring that is empty. */
static void a_producer_position_that_goes_back_to_the_reader_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	const uint64_t before = producer_position(f);

	put_range(f, 0, 3, 24);
	assert_int_equal(reader_look(reader_of(f->rv), PASS_OF_WAIT), 1);
	set_producer_position(f, before);
	assert_int_equal(reader_look(reader_of(f->rv), PASS_OF_WAIT), 0);
	assert_shows_nothing(f);
	assert_shows_nothing(f);
}

static void a_producer_position_behind_the_consumer_is_an_error(void **state)
{
	struct fixture *f = *state;

	start_at(f, 1 << 20);
	set_producer_position(f, (1 << 20) - 8);
	assert_all_calls_return(f, -EBADMSG);
}

static void a_producer_position_more_than_the_ring_ahead_is_an_error(void **state)
{
	struct fixture *f = *state;

	set_producer_position(f, f->ring.size + 8);
	assert_all_calls_return(f, -EBADMSG);
}

/* Relative to what was released, not to what was shown. */
static void a_producer_position_beyond_what_was_released_is_an_error(void **state)
{
	struct fixture *f = *state;

	put(f, 0, 24);
	assert_shows(f, 0, 24);
	set_producer_position(f, f->ring.size + 8);
	assert_peek_returns(f, -EBADMSG);
}

static void a_misaligned_producer_position_is_an_error(void **state)
{
	struct fixture *f = *state;

	put(f, 0, 24);
	set_producer_position(f, stride_of(24) + 4); /* the record itself would fit */
	assert_all_calls_return(f, -EBADMSG);
}

/* The positions at opening. */

static int open_again(struct fixture *f)
{
	struct ringview_memory memory = memory_ring_view(&f->ring);
	struct ringview *rv = NULL;
	int err = ringview_open_memory(&rv, &memory, NULL);

	ringview_close(rv);
	return err;
}

static void a_stored_consumer_ahead_of_the_producer_is_refused(void **state)
{
	set_consumer_position(*state, 8);
	assert_int_equal(open_again(*state), -EBADMSG);
}

static void a_stored_consumer_more_than_the_ring_behind_is_refused(void **state)
{
	struct fixture *f = *state;

	set_producer_position(f, 2 * f->ring.size);
	set_consumer_position(f, f->ring.size - 8);
	assert_int_equal(open_again(f), -EBADMSG);
	set_consumer_position(f, f->ring.size + 8);
	assert_int_equal(open_again(f), 0);
}

static void a_misaligned_stored_consumer_is_refused(void **state)
{
	put(*state, 0, 24);
	set_consumer_position(*state, 4);
	assert_int_equal(open_again(*state), -EBADMSG);
}

static void a_misaligned_stored_producer_is_refused(void **state)
{
	put(*state, 0, 24);
	set_producer_position(*state, stride_of(24) + 4);
	assert_int_equal(open_again(*state), -EBADMSG);
}

/* Starting again. */

static void a_restart_after_a_repaired_header_goes_on(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 2, 24);
	set_header(f, stride_of(24), 240);
	assert_shows(f, 0, 24);
	assert_peek_returns(f, -EBADMSG);
	ringview_release(f->rv);
	set_header(f, stride_of(24), 24);
	assert_int_equal(ringview_restart(f->rv), 0);
	assert_shows_range(f, 1, 2, 24);
	assert_shows_nothing(f);
	ringview_release(f->rv);
	assert_int_equal(consumer_position(f), producer_position(f));
}

static void a_restart_on_impossible_positions_keeps_the_error(void **state)
{
	struct fixture *f = *state;

	put(f, 0, 24);
	set_producer_position(f, UINT64_MAX - 7);
	assert_int_equal(ringview_restart(f->rv), -EBADMSG);
	assert_all_calls_return(f, -EBADMSG);
	set_producer_position(f, stride_of(24));
	assert_all_calls_return(f, -EBADMSG);
	assert_int_equal(ringview_restart(f->rv), 0);
	assert_shows(f, 0, 24);
}

static void a_restart_without_an_error_shows_again_what_was_not_released(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 3, 24);
	assert_shows(f, 0, 24);
	ringview_release(f->rv);
	assert_shows_range(f, 1, 2, 24);
	assert_int_equal(ringview_restart(f->rv), 0);
	assert_shows_range(f, 1, 3, 24);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		reading_new_and_settled(a_record_that_ends_beyond_the_producer_is_not_shown),
		reading_new_and_settled(
			a_record_that_ends_beyond_the_producer_is_not_shown_after_equal_ones),
		reading_new_and_settled(a_remembered_length_is_not_shown_beyond_the_producer),
		reading_new_and_settled(a_stale_header_at_the_producer_position_is_not_shown),
		reading_new_and_settled(a_record_longer_than_the_ring_is_not_shown),
		reading_new_and_settled(a_header_of_the_greatest_length_is_an_error),
		reading_new_and_settled(
			a_discarded_record_that_ends_beyond_the_producer_is_an_error),
		reading_new_and_settled(a_header_of_all_ones_is_a_busy_record),
		reading_new_and_settled(a_header_of_all_ones_but_busy_is_an_error),
		reading_new_and_settled(a_busy_and_discarded_header_right_after_open_is_not_shown),
		reading_new_and_settled(
			a_busy_or_discarded_header_is_not_shown_after_an_equal_length),
		reading(a_discarded_header_is_no_length_in_the_largest_ring),
		reading_new_and_settled(the_word_behind_the_length_does_not_matter),
		reading_new_and_settled(an_impossible_header_stays_an_error_after_its_repair),
		reading(records_before_an_impossible_header_are_shown_and_released),
		reading_new_and_settled(drain_counts_the_records_before_an_impossible_header_first),
		reading_new_and_settled(a_producer_position_behind_what_was_shown_is_an_error),
		reading_new_and_settled(
			a_producer_position_that_goes_back_to_the_reader_leaves_nothing),
		reading_new_and_settled(a_producer_position_behind_the_consumer_is_an_error),
		reading_new_and_settled(a_producer_position_more_than_the_ring_ahead_is_an_error),
		reading_new_and_settled(a_producer_position_beyond_what_was_released_is_an_error),
		reading_new_and_settled(a_misaligned_producer_position_is_an_error),
		reading_new_and_settled(a_stored_consumer_ahead_of_the_producer_is_refused),
		reading_new_and_settled(a_stored_consumer_more_than_the_ring_behind_is_refused),
		reading_new_and_settled(a_misaligned_stored_consumer_is_refused),
		reading_new_and_settled(a_misaligned_stored_producer_is_refused),
		reading_new_and_settled(a_restart_after_a_repaired_header_goes_on),
		reading_new_and_settled(a_restart_on_impossible_positions_keeps_the_error),
		reading_new_and_settled(
			a_restart_without_an_error_shows_again_what_was_not_released),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
