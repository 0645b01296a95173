/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ringview_cancel(): records are shown again and are no longer counted.
 */
#include "support/fixture.h"

/* Records of two lengths and discards, in runs and single. */
#define DISCARDED UINT32_MAX
static const uint32_t mixed[] = { 20, 20, 20, 100, DISCARDED, 20, 0, 0, DISCARDED, DISCARDED, 8, 7,
	7, 7, DISCARDED };

static void put_mixed(struct fixture *f)
{
	size_t i;

	for (i = 0; i < COUNT(mixed); i++) {
		if (mixed[i] == DISCARDED)
			put_discarded(f, 33);
		else
			put(f, i, mixed[i]);
	}
}

/* Peeks @records of the mixed records. Returns the index after the last one. */
static size_t peek_mixed(struct fixture *f, size_t records)
{
	size_t i;

	for (i = 0; records > 0; i++) {
		if (mixed[i] == DISCARDED)
			continue;
		assert_shows(f, i, mixed[i]);
		records--;
	}
	return i;
}

static size_t count_mixed(void)
{
	size_t i, records = 0;

	for (i = 0; i < COUNT(mixed); i++)
		records += mixed[i] != DISCARDED;
	return records;
}

static void assert_counted(
	const struct fixture *f, uint64_t records, uint64_t bytes, uint64_t discarded)
{
	struct ringview_statistics statistics = statistics_of(f);

	assert_int_equal(statistics.records, records);
	assert_int_equal(statistics.bytes, bytes);
	assert_int_equal(statistics.discarded, discarded);
}

static void a_cancel_with_nothing_shown_changes_nothing(void **state)
{
	struct fixture *f = *state;

	ringview_cancel(f->rv);
	assert_shows_nothing(f);
	put(f, 1, 20);
	ringview_cancel(f->rv);
	assert_counted(f, 0, 0, 0);
	assert_shows(f, 1, 20);
	assert_shows_nothing(f);
}

static void after_a_cancel_at_any_point_all_is_shown_again(void **state)
{
	struct fixture *f = *state;
	size_t records;

	put_mixed(f);
	for (records = 0; records <= count_mixed(); records++) {
		peek_mixed(f, records);
		ringview_cancel(f->rv);
	}
	peek_mixed(f, count_mixed());
	assert_shows_nothing(f);
}

static void a_cancel_at_any_point_uncounts_all_that_was_shown(void **state)
{
	struct fixture *f = *state;
	size_t records;

	put_mixed(f);
	for (records = 0; records <= count_mixed(); records++) {
		peek_mixed(f, records);
		ringview_cancel(f->rv);
		assert_counted(f, 0, 0, 0);
	}
}

static void a_record_shown_again_is_counted_once(void **state)
{
	struct fixture *f = *state;
	uint64_t bytes = 0, discarded = 0;
	size_t i;

	put_mixed(f);
	for (i = 0; i < COUNT(mixed); i++) {
		bytes += mixed[i] == DISCARDED ? 0 : mixed[i];
		discarded += mixed[i] == DISCARDED;
	}
	peek_mixed(f, 5);
	ringview_cancel(f->rv);
	peek_mixed(f, count_mixed());
	assert_shows_nothing(f);
	assert_counted(f, count_mixed(), bytes, discarded);
}

static void a_cancel_uncounts_discards_at_the_end_of_the_ring(void **state)
{
	struct fixture *f = *state;

	put(f, 0, 8);
	put_discarded(f, 8);
	put_discarded(f, 80);
	assert_shows(f, 0, 8);
	assert_shows_nothing(f);
	assert_counted(f, 1, 8, 2);
	ringview_cancel(f->rv);
	assert_counted(f, 0, 0, 0);
	assert_shows(f, 0, 8);
	assert_shows_nothing(f);
	assert_counted(f, 1, 8, 2);
}

static void a_cancel_keeps_discards_that_were_released(void **state)
{
	struct fixture *f = *state;

	put_discarded(f, 8);
	put_discarded(f, 80);
	assert_shows_nothing(f);
	ringview_cancel(f->rv);
	assert_counted(f, 0, 0, 2);
	assert_int_equal(consumer_position(f), producer_position(f));
}

static void a_second_cancel_changes_nothing(void **state)
{
	struct fixture *f = *state;

	put_mixed(f);
	peek_mixed(f, 7);
	ringview_cancel(f->rv);
	ringview_cancel(f->rv);
	assert_counted(f, 0, 0, 0);
	peek_mixed(f, count_mixed());
}

static void a_cancel_goes_back_no_further_than_the_last_release(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 9, 20);
	assert_shows_range(f, 0, 3, 20);
	ringview_release(f->rv);
	assert_shows_range(f, 4, 6, 20);
	ringview_cancel(f->rv);
	assert_counted(f, 4, 80, 0);
	assert_shows_range(f, 4, 9, 20);
	assert_counted(f, 10, 200, 0);
}

static void a_release_after_a_cancel_gives_nothing_back(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 2, 20);
	assert_shows_range(f, 0, 2, 20);
	ringview_cancel(f->rv);
	ringview_release(f->rv);
	assert_int_equal(consumer_position(f), 0);
	assert_shows_range(f, 0, 2, 20);
}

static void a_cancel_before_a_busy_record_shows_what_was_before_it(void **state)
{
	struct fixture *f = *state;
	void *busy;

	put_range(f, 0, 1, 20);
	busy = reserve(f, 2, 20);
	assert_shows_range(f, 0, 1, 20);
	assert_shows_nothing(f);
	ringview_cancel(f->rv);
	assert_counted(f, 0, 0, 0);
	memory_ring_submit(&f->ring, busy, 0);
	assert_shows_range(f, 0, 2, 20);
	assert_counted(f, 3, 60, 0);
}

static void a_cancel_shows_records_again_across_the_wrap(void **state)
{
	struct fixture *f = *state;

	start_at(f, f->ring.size - stride_of(20) - 8);
	put_range(f, 0, 3, 20);
	assert_shows_range(f, 0, 3, 20);
	ringview_cancel(f->rv);
	assert_counted(f, 0, 0, 0);
	assert_shows_range(f, 0, 3, 20);
}

static void a_cancel_over_an_overwritten_header_ends_in_an_error(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 2, 20);
	assert_shows_range(f, 0, 2, 20);
	set_header(f, stride_of(20), 0x3fffffff);
	ringview_cancel(f->rv);
	assert_peek_returns(f, -EBADMSG);
	ringview_release(f->rv);
	assert_int_equal(consumer_position(f), 0);
}

/* The ring changes so that one record became four: counts must not become negative. */
static void a_cancel_over_more_records_than_were_shown_ends_in_an_error(void **state)
{
	struct fixture *f = *state;

	put(f, 0, 24);
	assert_shows(f, 0, 24);
	for (uint64_t position = 0; position < stride_of(24); position += 8)
		set_header(f, position, 0);
	ringview_cancel(f->rv);
	assert_counted(f, 1, 24, 0);
	assert_peek_returns(f, -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		reading(a_cancel_with_nothing_shown_changes_nothing),
		reading(after_a_cancel_at_any_point_all_is_shown_again),
		reading(a_cancel_at_any_point_uncounts_all_that_was_shown),
		reading(a_record_shown_again_is_counted_once),
		reading(a_cancel_uncounts_discards_at_the_end_of_the_ring),
		reading(a_cancel_keeps_discards_that_were_released),
		reading(a_second_cancel_changes_nothing),
		reading(a_cancel_goes_back_no_further_than_the_last_release),
		reading(a_release_after_a_cancel_gives_nothing_back),
		reading(a_cancel_before_a_busy_record_shows_what_was_before_it),
		reading(a_cancel_shows_records_again_across_the_wrap),
		reading(a_cancel_over_an_overwritten_header_ends_in_an_error),
		reading(a_cancel_over_more_records_than_were_shown_ends_in_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
