/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which records ringview_peek() shows, and what ringview_release() releases.
 */
#include "support/fixture.h"

static void an_empty_ring_shows_nothing(void **state)
{
	assert_shows_nothing(*state);
	assert_shows_nothing(*state);
}

static void a_record_is_shown_once(void **state)
{
	put(*state, 1, 20);
	assert_shows(*state, 1, 20);
	assert_shows_nothing(*state);
}

static void a_record_put_after_nothing_was_shown_is_shown(void **state)
{
	assert_shows_nothing(*state);
	put(*state, 1, 20);
	assert_shows(*state, 1, 20);
	assert_shows_nothing(*state);
	put(*state, 2, 20);
	assert_shows(*state, 2, 20);
}

static void records_of_equal_length_are_shown_in_order(void **state)
{
	put_range(*state, 0, 49, 20);
	assert_shows_range(*state, 0, 49, 20);
	assert_shows_nothing(*state);
}

/* Lengths with each remainder modulo 8, so that strides and lengths differ. */
static void records_of_every_small_length_are_shown(void **state)
{
	uint32_t length;

	for (length = 0; length < 64; length++)
		put(*state, length, length);
	for (length = 0; length < 64; length++)
		assert_shows(*state, length, length);
	assert_shows_nothing(*state);
}

/* The lengths have the same stride, so only the header distinguishes them. */
static void lengths_of_one_stride_are_told_apart(void **state)
{
	put(*state, 0, 17);
	put(*state, 1, 24);
	put(*state, 2, 17);
	assert_shows(*state, 0, 17);
	assert_shows(*state, 1, 24);
	assert_shows(*state, 2, 17);
}

static void a_length_that_changes_back_is_followed(void **state)
{
	put_range(*state, 0, 2, 8);
	put_range(*state, 3, 3, 100);
	put_range(*state, 4, 6, 8);
	assert_shows_range(*state, 0, 2, 8);
	assert_shows(*state, 3, 100);
	assert_shows_range(*state, 4, 6, 8);
	assert_shows_nothing(*state);
}

/* Mixed lengths and discards over hundreds of laps. The expected records are generated a second
 * time. */
static void a_long_stream_of_mixed_lengths_is_shown_as_written(void **state)
{
	struct fixture *f = *state;
	uint32_t written = 1, read = 1;
	uint64_t put_count = 0, shown = 0;

	while (shown < 20000) {
		while (put_count - shown < 7) {
			written = written * 1664525 + 1013904223;
			if (written >> 29 == 0)
				put_discarded(f, (written >> 8) % 300);
			else
				put(f, put_count, (written >> 8) % 500);
			put_count++;
		}
		while (shown < put_count) {
			read = read * 1664525 + 1013904223;
			if (read >> 29 != 0)
				assert_shows(f, shown, (read >> 8) % 500);
			shown++;
		}
		assert_shows_nothing(f);
		ringview_release(f->rv);
		assert_int_equal(consumer_position(f), producer_position(f));
	}
}

/* Long enough for the reader to expect a length; then other lengths follow. */
static void lengths_that_were_expected_are_not_taken_for_granted(void **state)
{
	static const uint32_t phases[][4] = { { 24, 24, 24, 24 }, { 16, 40, 16, 40 },
		{ 17, 17, 17, 24 }, { 0, 0, 0, 0 }, { 24, 56, 64, 300 }, { 23, 24, 23, 24 } };
	struct fixture *f = *state;
	uint64_t shown = 0;

	for (unsigned phase = 0; phase < 3 * COUNT(phases); phase++) {
		/* More than is read between two samples of the stream. */
		for (uint64_t i = 0; i < 200000; i += 4) {
			for (uint64_t j = 0; j < 4; j++)
				put(f, shown + j, phases[phase % COUNT(phases)][j]);
			for (uint64_t j = 0; j < 4; j++)
				assert_shows(f, shown + j, phases[phase % COUNT(phases)][j]);
			ringview_release(f->rv);
			shown += 4;
		}
	}
}

static void a_record_is_contiguous_wherever_the_ring_wraps(void **state)
{
	struct fixture *f = *state;
	const uint32_t length = (uint32_t)f->ring.size / 4;
	uint64_t offset;

	for (offset = 0; offset < f->ring.size; offset += 8) {
		start_at(f, f->ring.size + offset);
		put(f, offset, length);
		put(f, offset + 1, length);
		assert_shows(f, offset, length);
		assert_shows(f, offset + 1, length);
		assert_shows_nothing(f);
		ringview_release(f->rv);
	}
}

static void the_largest_record_is_contiguous_wherever_the_ring_wraps(void **state)
{
	struct fixture *f = *state;
	const uint32_t length = (uint32_t)f->ring.size - 16;
	uint64_t offset;

	for (offset = 0; offset < f->ring.size; offset += 8) {
		start_at(f, offset);
		put(f, offset, length);
		assert_shows(f, offset, length);
		assert_shows_nothing(f);
	}
}

static void a_larger_record_than_size_less_16_does_not_fit(void **state)
{
	struct fixture *f = *state;

	assert_null(memory_ring_reserve(&f->ring, (uint32_t)f->ring.size - 15));
	put(f, 1, (uint32_t)f->ring.size - 16);
	assert_shows(f, 1, (uint32_t)f->ring.size - 16);
}

static void records_without_payload_are_shown(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 2, 0);
	assert_shows_range(f, 0, 2, 0);
	assert_shows_nothing(f);
	ringview_release(f->rv);
	assert_int_equal(consumer_position(f), 3 * RINGVIEW_HEADER_SIZE);
}

static void positions_may_pass_32_bits(void **state)
{
	start_at(*state, UINT32_MAX - 31);
	put_range(*state, 0, 9, 8);
	assert_shows_range(*state, 0, 9, 8);
	assert_shows_nothing(*state);
}

static void positions_may_pass_64_bits(void **state)
{
	struct fixture *f = *state;

	start_at(f, UINT64_MAX - 31);
	put_range(f, 0, 9, 8);
	assert_shows_range(f, 0, 9, 8);
	assert_shows_nothing(f);
	ringview_release(f->rv);
	assert_int_equal(consumer_position(f), 10 * stride_of(8) - 32);
	put(f, 10, 8);
	assert_shows(f, 10, 8);
}

/* Discards. */

static void a_discarded_first_record_is_skipped(void **state)
{
	put_discarded(*state, 20);
	put(*state, 1, 20);
	assert_shows(*state, 1, 20);
	assert_shows_nothing(*state);
}

static void a_discarded_record_in_the_middle_is_skipped(void **state)
{
	put(*state, 1, 20);
	put_discarded(*state, 20);
	put(*state, 2, 20);
	assert_shows(*state, 1, 20);
	assert_shows(*state, 2, 20);
	assert_shows_nothing(*state);
}

static void a_discarded_last_record_is_skipped(void **state)
{
	put(*state, 1, 20);
	put_discarded(*state, 20);
	assert_shows(*state, 1, 20);
	assert_shows_nothing(*state);
	put(*state, 2, 20);
	assert_shows(*state, 2, 20);
}

/* The producer position was loaded before the last record came. */
static void a_record_behind_a_discard_that_was_the_last_one_is_shown(void **state)
{
	put(*state, 1, 20);
	put_discarded(*state, 20);
	assert_shows(*state, 1, 20);
	put(*state, 2, 20);
	assert_shows(*state, 2, 20);
}

static void a_ring_of_discarded_records_shows_nothing(void **state)
{
	struct fixture *f = *state;
	uint32_t length;

	for (length = 0; length < 40; length++)
		put_discarded(f, length);
	assert_shows_nothing(f);
	ringview_release(f->rv);
	assert_int_equal(consumer_position(f), producer_position(f));
}

/* Busy records. */

static void a_busy_head_hides_the_records_behind_it(void **state)
{
	struct fixture *f = *state;
	void *head = reserve(f, 0, 20);

	put_range(f, 1, 3, 20);
	assert_shows_nothing(f);
	assert_shows_nothing(f);
	memory_ring_submit(&f->ring, head, 0);
	assert_shows_range(f, 0, 3, 20);
	assert_shows_nothing(f);
}

static void a_busy_record_hides_only_what_is_behind_it(void **state)
{
	struct fixture *f = *state;
	void *busy;

	put_range(f, 0, 1, 20);
	busy = reserve(f, 2, 20);
	put(f, 3, 20);
	assert_shows_range(f, 0, 1, 20);
	assert_shows_nothing(f);
	ringview_release(f->rv);
	assert_int_equal(consumer_position(f), 2 * stride_of(20));
	memory_ring_submit(&f->ring, busy, 0);
	assert_shows_range(f, 2, 3, 20);
}

static void a_busy_head_that_is_discarded_is_skipped(void **state)
{
	struct fixture *f = *state;
	void *head = reserve(f, 0, 20);

	put(f, 1, 20);
	assert_shows_nothing(f);
	memory_ring_discard(&f->ring, head, 0);
	assert_shows(f, 1, 20);
}

static void records_committed_out_of_order_are_shown_in_order(void **state)
{
	struct fixture *f = *state;
	void *a = reserve(f, 0, 8), *b = reserve(f, 1, 16), *c = reserve(f, 2, 8);

	memory_ring_submit(&f->ring, c, 0);
	assert_shows_nothing(f);
	memory_ring_submit(&f->ring, a, 0);
	assert_shows(f, 0, 8);
	assert_shows_nothing(f);
	memory_ring_submit(&f->ring, b, 0);
	assert_shows(f, 1, 16);
	assert_shows(f, 2, 8);
	assert_shows_nothing(f);
}

/* Releasing. */

static void peeking_gives_nothing_back(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 9, 20);
	put_discarded(f, 20);
	assert_shows_range(f, 0, 9, 20);
	assert_shows_nothing(f);
	assert_int_equal(consumer_position(f), 0);
}

static void one_release_gives_back_all_that_was_shown(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 9, 20);
	assert_shows_range(f, 0, 6, 20);
	ringview_release(f->rv);
	assert_int_equal(consumer_position(f), 7 * stride_of(20));
	assert_shows_range(f, 7, 9, 20);
}

static void a_release_gives_back_discards_that_were_skipped(void **state)
{
	struct fixture *f = *state;

	put_discarded(f, 100);
	put_discarded(f, 3);
	assert_shows_nothing(f);
	ringview_release(f->rv);
	assert_int_equal(consumer_position(f), stride_of(100) + stride_of(3));
}

static void a_release_with_nothing_shown_gives_nothing_back(void **state)
{
	struct fixture *f = *state;

	put(f, 0, 20);
	ringview_release(f->rv);
	assert_int_equal(consumer_position(f), 0);
	assert_shows(f, 0, 20);
}

static void a_second_release_gives_nothing_more_back(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 1, 20);
	assert_shows(f, 0, 20);
	ringview_release(f->rv);
	ringview_release(f->rv);
	assert_int_equal(consumer_position(f), stride_of(20));
	assert_shows(f, 1, 20);
}

static void a_full_ring_takes_a_record_after_a_release(void **state)
{
	struct fixture *f = *state;
	const uint64_t fit = (f->ring.size - 8) / 16;

	put_range(f, 0, fit - 1, 8);
	put(f, fit, 0);
	assert_int_equal(producer_position(f), f->ring.size - 8);
	assert_null(memory_ring_reserve(&f->ring, 0));

	assert_shows_range(f, 0, fit - 1, 8);
	assert_shows(f, fit, 0);
	assert_null(memory_ring_reserve(&f->ring, 0));

	ringview_release(f->rv);
	put(f, fit + 1, (uint32_t)f->ring.size - 16);
	assert_shows(f, fit + 1, (uint32_t)f->ring.size - 16);
	assert_shows_nothing(f);
}

static void a_new_reader_goes_on_where_the_last_one_released(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 9, 20);
	assert_shows_range(f, 0, 3, 20);
	ringview_release(f->rv);
	assert_shows_range(f, 4, 6, 20);
	reopen(f);
	assert_shows_range(f, 4, 9, 20);
	assert_shows_nothing(f);
}

/* Skipped discards lead past the end that peek knows. There lie bytes of the lap before, which look
 * like another such record. */
static void no_record_of_the_lap_before_is_shown_behind_discards(void **state)
{
	struct fixture *f = *state;
	const uint64_t lap = f->ring.size / stride_of(24);
	uint64_t i;

	for (i = 0; i < lap; i++) {
		put(f, i, 24);
		assert_shows(f, i, 24);
		ringview_release(f->rv);
	}
	put(f, lap, 24);
	assert_shows(f, lap, 24);
	put_discarded(f, 24);
	assert_shows_nothing(f);
	assert_shows_nothing(f);
	put(f, lap + 1, 24);
	assert_shows(f, lap + 1, 24);
	assert_shows_nothing(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		reading_new_and_settled(an_empty_ring_shows_nothing),
		reading_new_and_settled(a_record_is_shown_once),
		reading_new_and_settled(a_record_put_after_nothing_was_shown_is_shown),
		reading_new_and_settled(records_of_equal_length_are_shown_in_order),
		reading_new_and_settled(records_of_every_small_length_are_shown),
		reading_new_and_settled(lengths_of_one_stride_are_told_apart),
		reading_new_and_settled(a_length_that_changes_back_is_followed),
		reading_new_and_settled(a_long_stream_of_mixed_lengths_is_shown_as_written),
		reading_new_and_settled(lengths_that_were_expected_are_not_taken_for_granted),
		reading_new_and_settled(a_record_is_contiguous_wherever_the_ring_wraps),
		reading_new_and_settled(the_largest_record_is_contiguous_wherever_the_ring_wraps),
		reading_new_and_settled(a_larger_record_than_size_less_16_does_not_fit),
		reading_new_and_settled(records_without_payload_are_shown),
		reading_new_and_settled(positions_may_pass_32_bits),
		reading_new_and_settled(positions_may_pass_64_bits),
		reading_new_and_settled(a_discarded_first_record_is_skipped),
		reading_new_and_settled(a_discarded_record_in_the_middle_is_skipped),
		reading_new_and_settled(a_discarded_last_record_is_skipped),
		reading_new_and_settled(a_record_behind_a_discard_that_was_the_last_one_is_shown),
		reading_new_and_settled(a_ring_of_discarded_records_shows_nothing),
		reading_new_and_settled(a_busy_head_hides_the_records_behind_it),
		reading_new_and_settled(a_busy_record_hides_only_what_is_behind_it),
		reading_new_and_settled(a_busy_head_that_is_discarded_is_skipped),
		reading_new_and_settled(records_committed_out_of_order_are_shown_in_order),
		reading_new_and_settled(peeking_gives_nothing_back),
		reading_new_and_settled(one_release_gives_back_all_that_was_shown),
		reading_new_and_settled(a_release_gives_back_discards_that_were_skipped),
		reading_new_and_settled(a_release_with_nothing_shown_gives_nothing_back),
		reading_new_and_settled(a_second_release_gives_nothing_more_back),
		reading_new_and_settled(a_full_ring_takes_a_record_after_a_release),
		reading_new_and_settled(a_new_reader_goes_on_where_the_last_one_released),
		reading_new_and_settled(no_record_of_the_lap_before_is_shown_behind_discards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
