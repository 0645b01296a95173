/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ringview_snapshot().
 */
#include <stdlib.h>
#include <string.h>

#include "reader.h"
#include "support/fixture.h"
#include "support/trap.h"

#define MEMORY ((size_t)1 << 17)

static unsigned char *memory;
static struct ringview_window window;
static uint64_t next_number;

static int snapshot_open(void **state)
{
	memory = aligned_alloc(8, MEMORY);
	next_number = 0;
	return memory ? fixture_open(state) : -1;
}

static int overwriting_open(void **state)
{
	struct fixture *f;
	size_t page;

	if (snapshot_open(state))
		return -1;
	f = *state;
	page = f->ring.page_size;
	ringview_close(f->rv);
	f->rv = NULL;
	memory_ring_close(&f->ring);
	if (memory_ring_open(&f->ring, 2 * page))
		return -1;
	memory_ring_let_overwrite(&f->ring);
	reopen(f);
	return 0;
}

static int snapshot_close(void **state)
{
	free(memory);
	return fixture_close(state);
}

#define ordinary(test) cmocka_unit_test_setup_teardown(test, snapshot_open, snapshot_close)
#define overwriting(test) cmocka_unit_test_setup_teardown(test, overwriting_open, snapshot_close)

static void put_next(struct fixture *f, uint64_t count)
{
	for (; count > 0; count--)
		put(f, next_number++, 24);
}

static int snapshot(struct fixture *f)
{
	memset(&window, 0xee, sizeof(window));
	return ringview_snapshot(f->rv, memory, MEMORY, &window);
}

static void assert_next(uint64_t number, uint32_t length)
{
	struct ringview_record record;

	assert_int_equal(ringview_window_next(&window, &record), 1);
	assert_int_equal(record.length, length);
	assert_int_equal((uintptr_t)record.data % 8, 0);
	assert_payload(record.data, number, length);
}

static void assert_end(void)
{
	struct ringview_record record = { memory, 12345 };

	assert_int_equal(ringview_window_next(&window, &record), 0);
	assert_ptr_equal(record.data, memory);
	assert_int_equal(record.length, 12345);
}

/* Asserts that the snapshot has all records from the oldest one of that moment on. All have 24
 * bytes. */
static void assert_has_all(uint64_t first, uint64_t last)
{
	assert_int_equal(window.position, first * stride_of(24));
	assert_int_equal(window.bytes, (last - first + 1) * stride_of(24));
	for (uint64_t number = first; number <= last; number++)
		assert_next(number, 24);
	assert_end();
}

static void an_empty_ring_has_nothing(void **state)
{
	assert_int_equal(snapshot(*state), 0);
	assert_int_equal(window.bytes, 0);
	assert_end();
}

static void all_that_is_left_is_copied_oldest_first(void **state)
{
	struct fixture *f = *state;
	const uint64_t full = (f->ring.size - 1) / stride_of(24);

	put_next(f, 3);
	assert_int_equal(snapshot(f), 0);
	assert_has_all(0, 2);
	put_next(f, 2 * full);
	assert_int_equal(snapshot(f), 0);
	assert_has_all(next_number - full, next_number - 1);
}

static void the_ring_and_the_reader_stay_as_they_are(void **state)
{
	struct fixture *f = *state;
	unsigned char buffer[24];
	size_t length;

	put_next(f, 10);
	for (int i = 0; i < 4; i++)
		assert_int_equal(ringview_read_into(f->rv, buffer, sizeof(buffer), &length), 1);
	assert_int_equal(snapshot(f), 0);
	assert_has_all(0, 9);
	assert_int_equal(consumer_position(f), 4 * stride_of(24));
	assert_int_equal(statistics_of(f).records, 4);
	assert_int_equal(ringview_read_into(f->rv, buffer, sizeof(buffer), &length), 1);
	assert_payload(buffer, 4, 24);
}

static void records_that_were_discarded_or_are_busy_are_skipped(void **state)
{
	struct fixture *f = *state;
	void *busy;

	put(f, 0, 20);
	busy = reserve(f, 1, 30);
	put_discarded(f, 40);
	put(f, 2, 50);
	assert_int_equal(snapshot(f), 0);
	assert_next(0, 20);
	assert_next(2, 50);
	assert_end();
	assert_int_equal(window.busy, 1);
	memory_ring_submit(&f->ring, busy, 0);
	assert_int_equal(snapshot(f), 0);
	assert_next(0, 20);
	assert_next(1, 30);
	assert_next(2, 50);
	assert_end();
	assert_int_equal(window.busy, 0);
}

static void too_small_a_memory_is_told_what_would_do(void **state)
{
	struct fixture *f = *state;

	put_next(f, 10);
	memory[0] = 0xab;
	assert_int_equal(
		ringview_snapshot(f->rv, memory, 10 * stride_of(24) - 1, &window), -EMSGSIZE);
	assert_int_equal(window.bytes, 10 * stride_of(24));
	assert_int_equal(memory[0], 0xab);
	memory[10 * stride_of(24)] = 0xab;
	assert_int_equal(ringview_snapshot(f->rv, memory, 10 * stride_of(24), &window), 0);
	assert_has_all(0, 9);
	assert_int_equal(memory[10 * stride_of(24)], 0xab);
}

static void memory_that_is_not_aligned_is_refused(void **state)
{
	assert_int_equal(
		ringview_snapshot(((struct fixture *)*state)->rv, memory + 4, 4096, &window),
		-EINVAL);
}

/* Changes while the ring is copied. */

static void put_some(void *context)
{
	put_next(context, 20);
}

static void lap(void *context)
{
	struct fixture *f = context;

	put_next(f, f->ring.size / stride_of(24) * 2);
}

static void what_is_overwritten_meanwhile_is_left_out(void **state)
{
	struct fixture *f = *state;
	const uint64_t full = (f->ring.size - 1) / stride_of(24);

	put_next(f, full);
	/* When the second half is copied, records of the first are overwritten. */
	trap_set(f->ring.data + f->ring.page_size, f->ring.page_size, put_some, f);
	assert_int_equal(snapshot(f), 0);
	assert_int_equal(trap_end(), 1);
	assert_has_all(20, full - 1);
}

static void a_copy_of_which_nothing_is_left_is_made_again(void **state)
{
	struct fixture *f = *state;
	const uint64_t full = (f->ring.size - 1) / stride_of(24);

	put_next(f, full);
	trap_set(f->ring.data + f->ring.page_size, f->ring.page_size, lap, f);
	assert_int_equal(snapshot(f), 0);
	assert_int_equal(trap_end(), 1);
	assert_has_all(next_number - full, next_number - 1);
}

/* Its header is copied before it is submitted, and its payload after that. */
static void *submitted_meanwhile;

static void submit(void *context)
{
	struct fixture *f = context;

	memory_ring_submit(&f->ring, submitted_meanwhile, 0);
}

static void a_record_that_was_busy_when_its_header_was_copied_is_skipped(void **state)
{
	struct fixture *f = *state;

	submitted_meanwhile = reserve(f, 1, (uint32_t)f->ring.page_size);
	trap_set(f->ring.data + f->ring.page_size, f->ring.page_size, submit, f);
	assert_int_equal(snapshot(f), 0);
	assert_int_equal(trap_end(), 1);
	assert_end();
	assert_int_equal(window.busy, 1);
}

static void without_an_order_of_stores_all_is_there_too(void **state)
{
	struct fixture *f = *state;
	const uint64_t full = (f->ring.size - 1) / stride_of(24);
	int result;

	reader_of(f->rv)->in_order = false;
	put_next(f, 2 * full);
	result = snapshot(f);
	/* Without membarrier(2), or with nohz_full, the call reports it. */
	if (result == -ENOSYS || result == -EINVAL || result == -EPERM)
		skip();
	assert_int_equal(result, 0);
	assert_has_all(next_number - full, next_number - 1);
}

/* Errors. */

static void impossible_positions_are_errors(void **state)
{
	struct fixture *f = *state;

	put_next(f, 4);
	set_producer_position(f, 4 * stride_of(24) + 4);
	assert_int_equal(snapshot(f), -EBADMSG);
	set_producer_position(f, f->ring.size + 8);
	assert_int_equal(snapshot(f), -EBADMSG);
	set_producer_position(f, 4 * stride_of(24));
	*f->ring.overwrite = 4;
	assert_int_equal(snapshot(f), -EBADMSG);
	*f->ring.overwrite = 5 * stride_of(24);
	assert_int_equal(snapshot(f), -EAGAIN);
}

static void an_impossible_header_ends_the_copy(void **state)
{
	struct fixture *f = *state;
	struct ringview_record record;

	put_next(f, 3);
	set_header(f, 2 * stride_of(24), 25);
	assert_int_equal(snapshot(f), 0);
	assert_next(0, 24);
	assert_next(1, 24);
	assert_int_equal(ringview_window_next(&window, &record), -EBADMSG);
	assert_int_equal(ringview_window_next(&window, &record), -EBADMSG);
}

/* Rings that do not overwrite. */

static void of_an_ordinary_ring_it_has_what_is_not_released(void **state)
{
	struct fixture *f = *state;

	put_next(f, 10);
	assert_shows(f, 0, 24);
	assert_shows(f, 1, 24);
	ringview_release(f->rv);
	assert_shows(f, 2, 24);
	assert_int_equal(snapshot(f), 0);
	assert_has_all(2, 9);
	assert_shows(f, 3, 24);
	assert_int_equal(consumer_position(f), 2 * stride_of(24));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		overwriting(an_empty_ring_has_nothing),
		overwriting(all_that_is_left_is_copied_oldest_first),
		overwriting(the_ring_and_the_reader_stay_as_they_are),
		overwriting(records_that_were_discarded_or_are_busy_are_skipped),
		overwriting(too_small_a_memory_is_told_what_would_do),
		overwriting(memory_that_is_not_aligned_is_refused),
		overwriting(what_is_overwritten_meanwhile_is_left_out),
		overwriting(a_copy_of_which_nothing_is_left_is_made_again),
		overwriting(a_record_that_was_busy_when_its_header_was_copied_is_skipped),
		overwriting(without_an_order_of_stores_all_is_there_too),
		overwriting(impossible_positions_are_errors),
		overwriting(an_impossible_header_ends_the_copy),
		ordinary(an_empty_ring_has_nothing),
		ordinary(of_an_ordinary_ring_it_has_what_is_not_released),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
