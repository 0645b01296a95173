/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings that overwrite: ringview_read_into(), the statistics, and what is refused.
 */
#include <linux/bpf.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reader.h"
#include "support/fixture.h"
#include "support/pattern.h"
#include "support/trap.h"

#define MS INT64_C(1000000)

#define PAGES 4 /* of the ring */

static unsigned char buffer[1 << 17];

/* Makes the reader one of a processor whose stores become visible in program order, wherever the test
 * runs. */
static void strengthen(struct ringview *rv)
{
	assert_non_null(rv);
	reader_of(rv)->in_order = true;
}

static void reopen_strong(struct fixture *f)
{
	reopen(f);
	strengthen(f->rv);
}

static int overwriting_open(void **state)
{
	struct fixture *f;
	size_t size;

	if (fixture_open(state))
		return -1;
	f = *state;
	size = PAGES * f->ring.size;
	ringview_close(f->rv);
	f->rv = NULL;
	memory_ring_close(&f->ring);
	if (memory_ring_open(&f->ring, size))
		return -1;
	memory_ring_let_overwrite(&f->ring);
	reopen_strong(f);
	return 0;
}

#define overwriting(test) cmocka_unit_test_setup_teardown(test, overwriting_open, fixture_close)

static void reopen_passive(struct fixture *f)
{
	struct ringview_memory memory = memory_ring_view(&f->ring);

	memory.consumer = NULL;
	ringview_close(f->rv);
	f->rv = NULL;
	assert_int_equal(ringview_open_memory(&f->rv, &memory, NULL), 0);
	strengthen(f->rv);
}

static void assert_reads(struct fixture *f, uint64_t number, uint32_t length)
{
	size_t read = 1234567;

	assert_int_equal(ringview_read_into(f->rv, buffer, sizeof(buffer), &read), 1);
	assert_int_equal(read, length);
	assert_payload(buffer, number, length);
}

static void assert_read_returns(struct fixture *f, int result)
{
	size_t read = 1234567;

	assert_int_equal(ringview_read_into(f->rv, buffer, sizeof(buffer), &read), result);
	assert_int_equal(read, 1234567);
}

/* Returns how many records of @length bytes the ring holds. */
static uint64_t full_of(const struct fixture *f, uint32_t length)
{
	return (f->ring.size - 1) / stride_of(length);
}

/* Asserts that all bytes produced since position 0 are accounted for. */
static void assert_balance(struct fixture *f, uint64_t read, uint64_t discarded)
{
	assert_int_equal(read + discarded + statistics_of(f).overwritten, producer_position(f));
}

/* Reading. */

static void records_are_read_in_order(void **state)
{
	struct fixture *f = *state;

	for (uint64_t number = 0; number < 1000; number++) {
		put(f, number, (uint32_t)(number % 100));
		assert_reads(f, number, (uint32_t)(number % 100));
		assert_int_equal(consumer_position(f), producer_position(f));
	}
	assert_read_returns(f, 0);
	assert_int_equal(statistics_of(f).records, 1000);
	assert_int_equal(statistics_of(f).overwritten, 0);
	assert_int_equal(statistics_of(f).overruns, 0);
}

static void the_oldest_that_is_left_is_read_and_the_rest_is_counted(void **state)
{
	struct fixture *f = *state;
	const uint64_t full = full_of(f, 24);

	put_range(f, 0, full + 9, 24);
	assert_reads(f, 10, 24);
	assert_int_equal(statistics_of(f).overwritten, 10 * stride_of(24));
	assert_int_equal(statistics_of(f).overruns, 1);
	assert_reads(f, 11, 24);
	put_range(f, full + 10, full + 12, 24);
	assert_reads(f, 13, 24);
	assert_int_equal(statistics_of(f).overwritten, 11 * stride_of(24));
	assert_int_equal(statistics_of(f).overruns, 2);
}

static void a_full_ring_that_is_not_overrun_loses_nothing(void **state)
{
	struct fixture *f = *state;
	const uint64_t full = full_of(f, 24);

	put_range(f, 0, full - 1, 24);
	for (uint64_t number = 0; number < full; number++)
		assert_reads(f, number, 24);
	assert_read_returns(f, 0);
	assert_int_equal(statistics_of(f).overwritten, 0);
}

/* The payload begins with its number. */
static void put_numbered(struct fixture *f, uint64_t number)
{
	const uint32_t length = (uint32_t)(8 + number * 31 % 300);
	unsigned char *payload = reserve(f, number, length);

	memcpy(payload, &number, sizeof(number));
	memory_ring_submit(&f->ring, payload, 0);
}

/* Reads a record, which must be @next or a later one. Returns whether there was one. */
static bool read_numbered(struct fixture *f, uint64_t *next, uint64_t *bytes)
{
	uint64_t number;
	size_t length;

	if (ringview_read_into(f->rv, buffer, sizeof(buffer), &length) <= 0)
		return false;
	memcpy(&number, buffer, sizeof(number));
	assert_true(number >= *next);
	assert_int_equal(length, 8 + number * 31 % 300);
	for (uint32_t i = sizeof(number); i < length; i++)
		assert_int_equal(buffer[i], pattern_byte(number, i));
	*next = number + 1;
	*bytes += stride_of((uint32_t)length);
	return true;
}

static void many_laps_are_counted_to_the_byte(void **state)
{
	struct fixture *f = *state;
	uint64_t number = 0, next = 0, read = 0;

	for (int round = 0; round < 200; round++) {
		for (int i = 0; i < round * 7 % 400; i++)
			put_numbered(f, number++);
		put_discarded(f, 40);
		for (int i = 0; i < 50 && read_numbered(f, &next, &read); i++)
			;
	}
	while (read_numbered(f, &next, &read))
		;
	assert_int_equal(next, number);
	assert_true(statistics_of(f).overruns > 10);
	assert_true(statistics_of(f).discarded > 0);
	assert_balance(f, read, statistics_of(f).discarded * stride_of(40));
}

static void discarded_records_are_skipped(void **state)
{
	struct fixture *f = *state;

	put_discarded(f, 100);
	put(f, 1, 20);
	put_discarded(f, 100);
	assert_reads(f, 1, 20);
	assert_read_returns(f, 0);
	assert_int_equal(statistics_of(f).discarded, 2);
}

static void a_busy_record_is_not_read_and_stops_the_producers(void **state)
{
	struct fixture *f = *state;
	void *busy = reserve(f, 0, 24);

	put_range(f, 1, full_of(f, 24) - 1, 24);
	assert_null(memory_ring_reserve(&f->ring, 24));
	assert_read_returns(f, 0);
	assert_int_equal(statistics_of(f).busy_stops, 1);
	memory_ring_submit(&f->ring, busy, 0);
	assert_reads(f, 0, 24);
	put(f, full_of(f, 24), 24);
	assert_reads(f, 1, 24);
}

static void a_record_that_does_not_fit_stays_until_it_is_overwritten(void **state)
{
	struct fixture *f = *state;
	size_t length = 0;

	put(f, 0, 100);
	put_range(f, 1, 3, 24);
	for (int i = 0; i < 2; i++) {
		memset(buffer, 0xee, sizeof(buffer));
		assert_int_equal(ringview_read_into(f->rv, buffer, 99, &length), -EMSGSIZE);
		assert_int_equal(length, 100);
		assert_int_equal(buffer[0], 0xee);
	}
	put_range(f, 4, full_of(f, 24), 24);
	assert_int_equal(ringview_read_into(f->rv, buffer, 99, &length), 1);
	assert_int_equal(length, 24);
	assert_int_equal(statistics_of(f).records, 1);
}

static void nothing_behind_the_record_is_written(void **state)
{
	struct fixture *f = *state;
	unsigned char *to = buffer + 1; /* not aligned */
	size_t length;

	for (uint32_t n = 0; n <= 40; n++) {
		put(f, n, n);
		memset(buffer, 0xee, sizeof(buffer));
		assert_int_equal(ringview_read_into(f->rv, to, n, &length), 1);
		assert_payload(to, n, n);
		assert_int_equal(to[n], 0xee);
	}
}

/* Records that are overwritten while they are read. */

static uint64_t next_number;

static void put_next(struct fixture *f, uint64_t count)
{
	for (; count > 0; count--)
		put(f, next_number++, 24);
}

/* A lap and a half. */
static void lap(void *context)
{
	put_next(context, full_of(context, 24) * 3 / 2);
}

/* Returns the number of the oldest surviving record. put_next() wrote them all. */
static uint64_t oldest_number(const struct fixture *f)
{
	return next_number - (producer_position(f) - *f->ring.overwrite) / stride_of(24);
}

/* Reads all records; a lap has reached the first one. */
static void assert_reads_what_the_lap_left(struct fixture *f)
{
	size_t length;

	assert_int_equal(ringview_read_into(f->rv, buffer, sizeof(buffer), &length), 1);
	assert_int_equal(trap_end(), 1);
	assert_int_equal(length, 24);
	assert_payload(buffer, oldest_number(f), 24);
	assert_int_equal(statistics_of(f).overruns, 1);
	assert_int_equal(statistics_of(f).overwritten, *f->ring.overwrite);
	for (uint64_t number = oldest_number(f) + 1; number < next_number; number++)
		assert_reads(f, number, 24);
	assert_read_returns(f, 0);
	assert_balance(f, statistics_of(f).records * stride_of(24), 0);
}

static void a_header_that_is_overwritten_before_it_is_loaded_is_not_used(void **state)
{
	struct fixture *f = *state;

	next_number = 0;
	put_next(f, 100);
	trap_set(f->ring.data, f->ring.page_size, lap, f);
	assert_reads_what_the_lap_left(f);
}

static void a_payload_that_is_overwritten_while_it_is_copied_is_not_returned(void **state)
{
	struct fixture *f = *state;

	/* It ends on the second page. */
	put(f, UINT64_MAX, (uint32_t)f->ring.page_size + 1000);
	next_number = 0;
	trap_set(f->ring.data + f->ring.page_size, f->ring.page_size, lap, f);
	assert_reads_what_the_lap_left(f);
}

static int fill;

/* Writes bytes that are no valid header to the reader's position, as the payload of another record
 * does. */
static void put_filled(void *context)
{
	struct fixture *f = context;
	const uint64_t size = f->ring.size, mask = size - 1;
	unsigned char *payload;

	lap(f);
	while ((producer_position(f) & mask) < size / 4 || (producer_position(f) & mask) > size / 2)
		put_next(f, 1);
	payload = memory_ring_reserve(&f->ring, (uint32_t)(size / 2));
	memset(payload, fill, size / 2);
	memory_ring_submit(&f->ring, payload, 0);
	put_next(f, 10);
}

/* The reader's next record is the first one on the last page; it is overwritten when its header is
 * loaded. */
static void read_what_is_filled_meanwhile(struct fixture *f)
{
	const uint64_t at = f->ring.size - f->ring.page_size;
	size_t length;

	next_number = 0;
	put_next(f, at / stride_of(24) + 2);
	for (uint64_t number = 0; number < next_number - 2; number++)
		assert_reads(f, number, 24);
	trap_set(f->ring.data + at, f->ring.page_size, put_filled, f);
	assert_int_equal(ringview_read_into(f->rv, buffer, sizeof(buffer), &length), 1);
	assert_int_equal(trap_end(), 1);
	assert_int_equal(statistics_of(f).overruns, 1);
}

static void an_impossible_header_is_no_error_where_it_was_overwritten(void **state)
{
	fill = 0x3f;
	read_what_is_filled_meanwhile(*state);
}

static void a_busy_header_stops_nothing_where_it_was_overwritten(void **state)
{
	fill = 0xff;
	read_what_is_filled_meanwhile(*state);
	assert_int_equal(statistics_of(*state).busy_stops, 0);
}

static void a_discarded_header_is_not_counted_where_it_was_overwritten(void **state)
{
	fill = 0x40;
	read_what_is_filled_meanwhile(*state);
	assert_int_equal(statistics_of(*state).discarded, 0);
}

/* The producers lap the reader between the loads of both positions. */
static void an_overwrite_position_newer_than_the_producer_position_is_no_error(void **state)
{
	struct fixture *f = *state;
	struct memory_ring page;

	assert_int_equal(memory_ring_open(&page, f->ring.page_size), 0);
	f->ring.overwrite = (uint64_t *)(void *)page.data;
	*f->ring.overwrite = 0;
	reopen_strong(f);
	next_number = 0;
	put_next(f, 10);
	trap_set(page.data, f->ring.page_size, lap, f);
	assert_reads_what_the_lap_left(f);
	memory_ring_close(&page);
}

/* As on processors where stores become visible in any order. */

static void weaken(struct fixture *f)
{
	reader_of(f->rv)->in_order = false;
}

static void without_an_order_of_stores_the_oldest_eighth_is_not_read(void **state)
{
	struct fixture *f = *state;
	const uint64_t safe = f->ring.size - f->ring.size / 8;

	weaken(f);
	next_number = 0;
	put_next(f, 10);
	assert_reads(f, 0, 24);
	/* Just within the window, and one record more. */
	put_next(f, (stride_of(24) + safe - producer_position(f)) / stride_of(24));
	assert_reads(f, 1, 24);
	assert_int_equal(statistics_of(f).overruns, 0);
	/* The producer position of the last poll is a record boundary. */
	put_next(f, 2);
	assert_reads(f, next_number - 2, 24);
	assert_int_equal(statistics_of(f).overruns, 1);
	assert_reads(f, next_number - 1, 24);
	assert_balance(f, 4 * stride_of(24), 0);
	/* The reader knows no other boundary. */
	put_next(f, 2 * full_of(f, 24));
	assert_read_returns(f, 0);
	assert_balance(f, 4 * stride_of(24), 0);
	put_next(f, 1);
	assert_reads(f, next_number - 1, 24);
	set_producer_position(f, producer_position(f) - stride_of(24));
	assert_read_returns(f, -EBADMSG);
}

static void without_an_order_of_stores_a_reader_goes_on_where_it_knows_a_boundary(void **state)
{
	struct fixture *f = *state;
	uint64_t next = 0, number = 0, read = 0;
	int laps_to_the_end = 0;

	weaken(f);
	for (int round = 0; round < 300; round++) {
		const uint64_t before = statistics_of(f).overruns;

		for (int i = 0; i < 30; i++)
			put_numbered(f, number++);
		for (int i = 0; i < 20; i++) {
			if (!read_numbered(f, &next, &read))
				break;
			assert_true(producer_position(f) - reader_position(reader_of(f->rv)) <=
				    f->ring.size - f->ring.size / 8);
		}
		laps_to_the_end += statistics_of(f).overruns > before && next == number;
	}
	assert_true(statistics_of(f).overruns > 3);
	assert_int_equal(laps_to_the_end, 0);
	while (read_numbered(f, &next, &read))
		;
	assert_balance(f, read, 0);
}

/* What is refused, or has no effect. */

static int count_one(void *context, const void *data, size_t length)
{
	(void)data;
	(void)length;
	++*(int *)context;
	return 0;
}

static void nothing_is_shown_in_place(void **state)
{
	struct fixture *f = *state;
	struct ringview_record records[2];
	int calls = 0;

	assert_peek_returns(f, -EOPNOTSUPP);
	put_range(f, 0, 1, 24);
	assert_int_equal(ringview_wait(f->rv, 0), 1);
	assert_peek_returns(f, -EOPNOTSUPP);
	assert_int_equal(ringview_peek_many(f->rv, records, 2), -EOPNOTSUPP);
	assert_int_equal(ringview_drain(f->rv, count_one, &calls, NULL), -EOPNOTSUPP);
	assert_int_equal(calls, 0);
	ringview_release(f->rv);
	assert_int_equal(consumer_position(f), 0);
	assert_reads(f, 0, 24);
	assert_peek_returns(f, -EOPNOTSUPP);
	assert_reads(f, 1, 24);
}

/* The lengths that a reader learns do not enable the inline half of ringview_peek(). */
static void nothing_is_shown_in_place_of_a_long_stream(void **state)
{
	struct fixture *f = *state;

	for (uint64_t number = 0; number < 20000; number += 2) {
		put_range(f, number, number + 1, 24);
		assert_int_equal(ringview_wait(f->rv, 0), 1);
		assert_peek_returns(f, -EOPNOTSUPP);
		assert_reads(f, number, 24);
		assert_peek_returns(f, -EOPNOTSUPP);
		assert_reads(f, number + 1, 24);
	}
}

static void cancelling_has_no_effect(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, full_of(f, 24) + 10, 24);
	assert_reads(f, 11, 24);
	put_range(f, 0, full_of(f, 24), 24);
	/* It has skipped the overwritten records and released nothing since. */
	assert_int_equal(ringview_wait(f->rv, 0), 1);
	ringview_cancel(f->rv);
	assert_int_equal(
		statistics_of(f).overwritten + stride_of(24), reader_position(reader_of(f->rv)));
}

/* Starting. */

static void a_reader_counts_from_the_consumer_position_on(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 9, 24);
	assert_reads(f, 0, 24);
	put_range(f, 10, full_of(f, 24) + 4, 24);
	reopen_strong(f);
	assert_reads(f, 5, 24);
	assert_int_equal(statistics_of(f).overwritten, 4 * stride_of(24));
	put_range(f, 0, 2 * full_of(f, 24), 24);
	assert_int_equal(ringview_restart(f->rv), 0);
	assert_reads(f, full_of(f, 24) + 1, 24);
	/* Records 0 and 5 were read. */
	assert_int_equal(statistics_of(f).overwritten, *f->ring.overwrite - 2 * stride_of(24));
}

static void impossible_positions_are_errors(void **state)
{
	struct fixture *f = *state;
	const struct {
		uint64_t consumer, producer, overwrite;
	} wrong[] = {
		{ 8, 0, 0 },   /* read before it was produced */
		{ 0, 64, 72 }, /* overwritten before it was produced */
		{ 0, 64, 12 },
		{ 0, 65, 8 },            /* not aligned */
		{ 0, 1 << 20, 1 << 19 }, /* more than the ring holds */
		{ 4, 64, 0 },
	};

	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct ringview_memory memory = memory_ring_view(&f->ring);
		struct ringview *rv = NULL;
		size_t length;
		int err;

		set_consumer_position(f, wrong[i].consumer);
		set_producer_position(f, wrong[i].producer);
		*f->ring.overwrite = wrong[i].overwrite;
		err = ringview_open_memory(&rv, &memory, NULL);
		if (!err) {
			strengthen(rv);
			assert_int_equal(ringview_read_into(rv, buffer, 100, &length), -EBADMSG);
			assert_int_equal(ringview_wait(rv, 0), -EBADMSG);
			assert_int_equal(ringview_read_into(rv, buffer, 100, &length), -EBADMSG);
			ringview_close(rv);
		}
		assert_true(err == 0 || err == -EBADMSG);
	}
}

static void an_impossible_header_is_an_error(void **state)
{
	struct fixture *f = *state;

	put(f, 0, 24);
	set_header(f, 0, 240);
	assert_read_returns(f, -EBADMSG);
	set_header(f, 0, 24);
	assert_read_returns(f, -EBADMSG);
	assert_int_equal(ringview_restart(f->rv), 0);
	assert_reads(f, 0, 24);
}

static void another_consumer_is_an_error(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, 3, 24);
	assert_reads(f, 0, 24);
	set_consumer_position(f, 2 * stride_of(24));
	put_range(f, 4, 5, 24);
	assert_reads(f, 1, 24); /* noticed at the release */
	assert_read_returns(f, -EBUSY);
	assert_int_equal(consumer_position(f), 2 * stride_of(24));
	assert_int_equal(ringview_restart(f->rv), 0);
	assert_reads(f, 2, 24);
}

/* Passive readers. */

static void a_passive_reader_writes_nothing_and_begins_with_the_oldest(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, full_of(f, 24) + 9, 24);
	reopen_passive(f);
	assert_reads(f, 10, 24);
	assert_int_equal(statistics_of(f).overwritten, 0);
	assert_int_equal(consumer_position(f), 0);
	assert_int_equal(ringview_arm(f->rv), -EACCES);
	assert_int_equal(ringview_restart(f->rv), 0);
	assert_reads(f, 11, 24);
}

static void passive_readers_do_not_disturb_each_other(void **state)
{
	struct fixture *f = *state;
	struct ringview *first;

	put_range(f, 0, 9, 24);
	reopen_passive(f);
	first = f->rv;
	f->rv = NULL;
	reopen_passive(f);
	for (uint64_t number = 0; number < 10; number++) {
		struct ringview *const second = f->rv;

		assert_reads(f, number, 24);
		f->rv = first;
		assert_reads(f, number, 24);
		f->rv = second;
	}
	ringview_close(first);
}

static void a_passive_reader_looks_while_it_waits(void **state)
{
	struct fixture *f = *state;

	uint64_t sleeps = 0;

	reopen_passive(f);
	/* Retries with longer time-outs, in case this thread was preempted. */
	for (int64_t timeout_ns = MS; sleeps < 2 && timeout_ns < 2000 * MS; timeout_ns *= 2) {
		const uint64_t before = statistics_of(f).sleeps;

		assert_int_equal(ringview_wait(f->rv, timeout_ns), 0);
		sleeps = statistics_of(f).sleeps - before;
	}
	assert_true(sleeps >= 2);
	memory_ring_submit(&f->ring, reserve(f, 0, 24), BPF_RB_NO_WAKEUP);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_reads(f, 0, 24);
}

static void only_a_ring_that_overwrites_needs_no_consumer_position(void **state)
{
	struct fixture *f = *state;
	struct ringview_memory memory = memory_ring_view(&f->ring);
	struct ringview *rv = NULL;

	memory.consumer = NULL;
	memory.overwrite = NULL;
	assert_int_equal(ringview_open_memory(&rv, &memory, NULL), -EINVAL);
	assert_null(rv);
}

static void a_child_of_a_passive_reader_has_its_own_position(void **state)
{
	struct fixture *f = *state;
	int status;
	pid_t child;

	put_range(f, 0, 3, 24);
	reopen_passive(f);
	assert_reads(f, 0, 24);
	child = fork();
	if (child == 0) {
		size_t length;
		int result = ringview_wait(f->rv, 0);

		for (int i = 0; i < 3 && result == 1; i++)
			result = ringview_read_into(f->rv, buffer, sizeof(buffer), &length);
		_exit(result == 1 && buffer[0] == pattern_byte(3, 0) ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_reads(f, 1, 24);
}

/* Waiting. */

static void each_strategy_waits_for_records_and_says_0_at_the_end(void **state)
{
	struct fixture *f = *state;
	uint64_t number = 0;

	for (int strategy = 0; strategy < 3; strategy++) {
		struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;

		options.wait = (enum ringview_wait_strategy)strategy;
		reopen_with(f, &options);
		strengthen(f->rv);
		assert_int_equal(ringview_wait(f->rv, MS), 0);
		put_range(f, number, number + 2, 24);
		assert_int_equal(ringview_wait(f->rv, -1), 1);
		for (int i = 0; i < 3; i++)
			assert_reads(f, number++, 24);
		put(f, number, 24);
		assert_read_returns(f, 0);
		assert_int_equal(ringview_wait(f->rv, -1), 1);
		assert_reads(f, number++, 24);
	}
}

static void a_pass_ends_after_an_eighth_of_the_ring(void **state)
{
	struct fixture *f = *state;
	uint64_t number = 0;
	size_t length;

	put_range(f, 0, full_of(f, 24) - 1, 24);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	while (ringview_read_into(f->rv, buffer, sizeof(buffer), &length) > 0)
		number++;
	assert_int_equal(number, f->ring.size / 8 / stride_of(24));
	assert_reads(f, number, 24);
}

static void a_descriptor_becomes_readable_after_arming(void **state)
{
	struct fixture *f = *state;

	put_range(f, 0, full_of(f, 24) + 9, 24);
	assert_int_equal(ringview_arm(f->rv), 1);
	while (ringview_read_into(f->rv, buffer, sizeof(buffer), &(size_t){ 0 }) > 0)
		;
	assert_int_equal(ringview_arm(f->rv), 0);
	assert_int_equal(consumer_position(f), producer_position(f));
	put(f, 1, 24);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_int_equal(ringview_arm(f->rv), 1);
	assert_reads(f, 1, 24);
}

static void a_group_has_rings_of_both_kinds(void **state)
{
	struct fixture *f = *state;
	struct memory_ring other;
	struct ringview_memory memory;
	struct ringview_group *group;
	struct ringview *reader, *turn;
	struct ringview_record record;
	size_t length;
	int seen = 0, copied = 0;

	assert_int_equal(memory_ring_open(&other, f->ring.page_size), 0);
	memory = memory_ring_view(&other);
	assert_int_equal(ringview_open_memory(&reader, &memory, NULL), 0);
	assert_int_equal(ringview_group_open(&group, NULL), 0);
	assert_int_equal(ringview_group_add(group, reader), 0);
	assert_int_equal(ringview_group_add(group, f->rv), 0);
	put_range(f, 0, full_of(f, 24) + 20, 24);
	memory_ring_submit(&other, memory_ring_reserve(&other, 16), 0);
	while (ringview_group_wait(group, 0) > 0)
		while (ringview_group_next(group, &turn) > 0) {
			if (turn == f->rv)
				while (ringview_read_into(turn, buffer, sizeof(buffer), &length) >
					0)
					copied++;
			else
				while (ringview_peek(turn, &record) > 0)
					seen++;
		}
	assert_int_equal(seen, 1);
	assert_int_equal(copied, full_of(f, 24));
	ringview_group_close(group);
	ringview_close(reader);
	memory_ring_close(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		overwriting(records_are_read_in_order),
		overwriting(the_oldest_that_is_left_is_read_and_the_rest_is_counted),
		overwriting(a_full_ring_that_is_not_overrun_loses_nothing),
		overwriting(many_laps_are_counted_to_the_byte),
		overwriting(discarded_records_are_skipped),
		overwriting(a_busy_record_is_not_read_and_stops_the_producers),
		overwriting(a_record_that_does_not_fit_stays_until_it_is_overwritten),
		overwriting(nothing_behind_the_record_is_written),
		overwriting(a_header_that_is_overwritten_before_it_is_loaded_is_not_used),
		overwriting(a_payload_that_is_overwritten_while_it_is_copied_is_not_returned),
		overwriting(an_impossible_header_is_no_error_where_it_was_overwritten),
		overwriting(a_busy_header_stops_nothing_where_it_was_overwritten),
		overwriting(a_discarded_header_is_not_counted_where_it_was_overwritten),
		overwriting(an_overwrite_position_newer_than_the_producer_position_is_no_error),
		overwriting(without_an_order_of_stores_the_oldest_eighth_is_not_read),
		overwriting(without_an_order_of_stores_a_reader_goes_on_where_it_knows_a_boundary),
		overwriting(nothing_is_shown_in_place),
		overwriting(nothing_is_shown_in_place_of_a_long_stream),
		overwriting(cancelling_has_no_effect),
		overwriting(a_reader_counts_from_the_consumer_position_on),
		overwriting(impossible_positions_are_errors),
		overwriting(an_impossible_header_is_an_error),
		overwriting(another_consumer_is_an_error),
		overwriting(a_passive_reader_writes_nothing_and_begins_with_the_oldest),
		overwriting(passive_readers_do_not_disturb_each_other),
		overwriting(a_passive_reader_looks_while_it_waits),
		overwriting(only_a_ring_that_overwrites_needs_no_consumer_position),
		overwriting(a_child_of_a_passive_reader_has_its_own_position),
		overwriting(each_strategy_waits_for_records_and_says_0_at_the_end),
		overwriting(a_pass_ends_after_an_eighth_of_the_ring),
		overwriting(a_descriptor_becomes_readable_after_arming),
		overwriting(a_group_has_rings_of_both_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
