/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ringview_get_statistics(), field by field.
 */
#include <string.h>

#include "support/fixture.h"
#include "support/sleeper.h"

static int pass_on(void *context, const void *data, size_t length)
{
	(void)context;
	(void)data;
	(void)length;
	return 0;
}

static void all_are_0_after_opening(void **state)
{
	const struct ringview_statistics none = { 0 };
	struct ringview_statistics statistics = statistics_of(*state);

	assert_memory_equal(&statistics, &none, sizeof(none));
}

static void a_new_reader_begins_at_0(void **state)
{
	const struct ringview_statistics none = { 0 };
	struct ringview_statistics statistics;

	put(*state, 0, 20);
	assert_shows(*state, 0, 20);
	ringview_wait(((struct fixture *)*state)->rv, 0);
	reopen(*state);
	statistics = statistics_of(*state);
	assert_memory_equal(&statistics, &none, sizeof(none));
}

static void records_are_counted_as_they_are_shown(void **state)
{
	uint64_t i;

	put_range(*state, 0, 9, 20);
	for (i = 0; i < 10; i++) {
		assert_int_equal(statistics_of(*state).records, i);
		assert_shows(*state, i, 20);
		assert_int_equal(statistics_of(*state).records, i + 1);
	}
}

static void bytes_are_those_of_the_payload(void **state)
{
	put_range(*state, 0, 2, 20);
	put(*state, 3, 0);
	put(*state, 4, 101);
	assert_shows_range(*state, 0, 2, 20);
	assert_int_equal(statistics_of(*state).bytes, 60);
	assert_shows(*state, 3, 0);
	assert_shows(*state, 4, 101);
	assert_int_equal(statistics_of(*state).records, 5);
	assert_int_equal(statistics_of(*state).bytes, 161);
}

static void runs_on_both_sides_of_a_release_are_counted(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 9, 20);
	assert_shows_range(f, 0, 3, 20);
	ringview_release(f->rv);
	assert_shows_range(f, 4, 9, 20);
	assert_shows_nothing(f);
	assert_int_equal(statistics_of(f).records, 10);
	assert_int_equal(statistics_of(f).bytes, 200);
}

static void more_than_4_gib_are_counted(void **state)
{
	const uint32_t length = 1u << 19, records = 10000;
	struct memory_ring ring;
	struct ringview_memory memory;
	struct ringview_statistics statistics;
	struct ringview_record record;
	struct ringview *rv;

	(void)state;
	assert_int_equal(memory_ring_open(&ring, 2 * (size_t)length), 0);
	memory = memory_ring_view(&ring);
	assert_int_equal(ringview_open_memory(&rv, &memory, NULL), 0);
	for (uint32_t i = 0; i < records; i++) {
		memory_ring_submit(&ring, memory_ring_reserve(&ring, length), 0);
		assert_int_equal(ringview_peek(rv, &record), 1);
		ringview_release(rv);
	}
	ringview_get_statistics(rv, &statistics);
	assert_int_equal(statistics.records, records);
	assert_int_equal(statistics.bytes, (uint64_t)records * length);
	ringview_close(rv);
	memory_ring_close(&ring);
}

static void records_count_however_they_are_read(void **state)
{
	struct fixture *f = *state;
	unsigned char buffer[20];
	size_t length;

	put_range(f, 0, 9, 20);
	assert_shows(f, 0, 20);
	assert_int_equal(ringview_read_into(f->rv, buffer, sizeof(buffer), &length), 1);
	assert_int_equal(ringview_drain(f->rv, pass_on, NULL, NULL), 8);
	assert_int_equal(statistics_of(f).records, 10);
	assert_int_equal(statistics_of(f).bytes, 200);
}

static void asking_changes_nothing(void **state)
{
	put_range(*state, 0, 9, 20);
	assert_shows_range(*state, 0, 3, 20);
	assert_int_equal(statistics_of(*state).records, 4);
	assert_int_equal(statistics_of(*state).records, 4);
	assert_shows_range(*state, 4, 9, 20);
	assert_int_equal(statistics_of(*state).records, 10);
}

static void discards_are_counted_apart_from_records(void **state)
{
	put_discarded(*state, 20);
	put(*state, 1, 20);
	put_discarded(*state, 20);
	put_discarded(*state, 300);
	put(*state, 2, 20);
	assert_shows(*state, 1, 20);
	assert_int_equal(statistics_of(*state).discarded, 1);
	assert_shows(*state, 2, 20);
	assert_int_equal(statistics_of(*state).discarded, 3);
	assert_int_equal(statistics_of(*state).records, 2);
	assert_int_equal(statistics_of(*state).bytes, 40);
}

static void each_stop_at_a_busy_record_is_counted(void **state)
{
	struct fixture *f = *state;
	void *busy;

	put(f, 0, 20);
	busy = reserve(f, 1, 20);
	assert_shows(f, 0, 20);
	assert_int_equal(statistics_of(f).busy_stops, 0);
	assert_shows_nothing(f);
	assert_shows_nothing(f);
	assert_int_equal(statistics_of(f).busy_stops, 2);
	memory_ring_submit(&f->ring, busy, 0);
	assert_shows(f, 1, 20);
	assert_shows_nothing(f);
	assert_int_equal(statistics_of(f).busy_stops, 2);
}

static void every_wait_is_counted(void **state)
{
	struct fixture *f = *state;

	ringview_wait(f->rv, 0);
	put(f, 0, 20);
	ringview_wait(f->rv, -1);
	ringview_interrupt(f->rv);
	ringview_wait(f->rv, -1);
	assert_int_equal(statistics_of(f).waits, 3);
	assert_int_equal(statistics_of(f).timeouts, 1);
	assert_int_equal(statistics_of(f).sleeps, 0);
	assert_int_equal(statistics_of(f).wakeups, 0);
}

static void a_sleep_that_a_notification_ended_is_a_wakeup(void **state)
{
	struct fixture *f = *state;
	struct sleeper s;

	sleeper_start(&s, f->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	put(f, 0, 20);
	assert_int_equal(sleeper_join(&s), 1);
	assert_int_equal(statistics_of(f).waits, 1);
	assert_int_equal(statistics_of(f).sleeps, 1);
	assert_int_equal(statistics_of(f).wakeups, 1);
	assert_int_equal(statistics_of(f).timeouts, 0);
}

static void a_sleep_that_a_time_out_ended_is_none(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(sleeps_until_time_out(f), 1);
	assert_int_equal(statistics_of(f).sleeps, 1);
	assert_int_equal(statistics_of(f).wakeups, 0);
	assert_int_equal(statistics_of(f).timeouts, statistics_of(f).waits);
}

static void the_high_water_mark_includes_headers(void **state)
{
	put_range(*state, 0, 9, 20);
	assert_shows(*state, 0, 20);
	assert_int_equal(statistics_of(*state).high_water, 10 * stride_of(20));
}

static void the_high_water_mark_stays(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 9, 20);
	assert_shows_range(f, 0, 9, 20);
	ringview_release(f->rv);
	put(f, 10, 20);
	assert_shows(f, 10, 20);
	assert_int_equal(statistics_of(f).high_water, 10 * stride_of(20));
}

/* Records that were shown and not released still occupy the ring. */
static void the_high_water_mark_includes_what_is_unreleased(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 1, 20);
	assert_shows_range(f, 0, 1, 20);
	put_range(f, 2, 4, 20);
	assert_shows_range(f, 2, 4, 20);
	assert_int_equal(statistics_of(f).high_water, 5 * stride_of(20));
}

static void the_high_water_mark_of_a_full_ring_is_its_size_less_8(void **state)
{
	struct fixture *f = *state;

	put(f, 0, (uint32_t)f->ring.size - 16);
	assert_shows(f, 0, (uint32_t)f->ring.size - 16);
	assert_int_equal(statistics_of(f).high_water, f->ring.size - 8);
}

/* Structs of a program built with another version of the header. */
static void statistics_of_another_size_are_filled_and_no_more(void **state)
{
	struct {
		struct ringview_statistics known;
		uint64_t more[2];
	} given;
	const size_t sizes[] = { 8, sizeof(given.known), sizeof(given) };
	struct fixture *f = *state;

	put(f, 0, 24);
	assert_shows(f, 0, 24);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		const unsigned char *bytes = (const unsigned char *)&given;

		memset(&given, 0x5a, sizeof(given));
		ringview_get_statistics_sized(f->rv, &given.known, sizes[i]);
		assert_int_equal(given.known.records, 1);
		for (size_t at = sizeof(given.known); at < sizes[i]; at++)
			assert_int_equal(bytes[at], 0);
		for (size_t at = sizes[i]; at < sizeof(given); at++)
			assert_int_equal(bytes[at], 0x5a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		reading(all_are_0_after_opening),
		reading(a_new_reader_begins_at_0),
		reading(records_are_counted_as_they_are_shown),
		reading(bytes_are_those_of_the_payload),
		reading(runs_on_both_sides_of_a_release_are_counted),
		cmocka_unit_test(more_than_4_gib_are_counted),
		reading(records_count_however_they_are_read),
		reading(asking_changes_nothing),
		reading(discards_are_counted_apart_from_records),
		reading(each_stop_at_a_busy_record_is_counted),
		reading(every_wait_is_counted),
		reading(a_sleep_that_a_notification_ended_is_a_wakeup),
		reading(a_sleep_that_a_time_out_ended_is_none),
		reading(the_high_water_mark_includes_headers),
		reading(the_high_water_mark_stays),
		reading(the_high_water_mark_includes_what_is_unreleased),
		reading(statistics_of_another_size_are_filled_and_no_more),
		reading(the_high_water_mark_of_a_full_ring_is_its_size_less_8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
