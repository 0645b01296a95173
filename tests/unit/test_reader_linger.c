/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EVENT: before the end of a pass, peek looks for one record more, which then notifies nobody. On a
 * ring in memory, with a virtual clock.
 */
#include <unistd.h>

#include "linger.h"
#include "support/fixture.h"
#include "support/virtual_time.h"

#define LENGTH 16

static int open_waiting(void **state)
{
	virtual_time_begin(NULL, NULL, VIRTUAL_NEVER);
	return fixture_open(state);
}

static int close_waiting(void **state)
{
	virtual_time_end();
	return fixture_close(state);
}

#define waiting(test) cmocka_unit_test_setup_teardown(test, open_waiting, close_waiting)

/* Reads a record that is there, to the end of the pass. Returns the time that the end took, in ns. */
static int64_t read_one(struct fixture *f, uint64_t number)
{
	int64_t before;

	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows(f, number, LENGTH);
	before = virtual_now();
	assert_shows_nothing(f);
	return virtual_now() - before;
}

static uint64_t next_number;

static int64_t put_next(void *context, int64_t now)
{
	(void)now;
	put(context, next_number++, LENGTH);
	return VIRTUAL_NEVER;
}

static void what_comes_soon_notifies_nobody(void **state)
{
	struct fixture *f = *state;

	put(f, 0, LENGTH);
	ring_notified(f);
	for (next_number = 1; next_number < 500;) {
		const uint64_t number = next_number - 1;

		virtual_time_expect(put_next, f, virtual_now() + 1000);
		assert_in_range(read_one(f, number), 900, 1100);
		assert_false(ring_notified(f));
		/* The pass is over nevertheless, and nothing is held back. */
		ringview_release(f->rv);
		assert_int_equal(consumer_position(f), (number + 1) * stride_of(LENGTH));
	}
	assert_int_equal(virtual_sleeps(), 0);
}

static void *reserved;

static int64_t reserve_then_submit(void *context, int64_t now)
{
	struct fixture *f = context;

	if (reserved) {
		memory_ring_submit(&f->ring, reserved, 0);
		return VIRTUAL_NEVER;
	}
	reserved = reserve(f, 1, LENGTH);
	return now + 1000;
}

/* One that is only reserved would notify. */
static void a_record_is_looked_for_until_it_is_submitted(void **state)
{
	struct fixture *f = *state;

	reserved = NULL;
	put(f, 0, LENGTH);
	ring_notified(f);
	virtual_time_expect(reserve_then_submit, f, virtual_now() + 1000);
	assert_in_range(read_one(f, 0), 1900, 2100);
	assert_false(ring_notified(f));
	assert_true(read_one(f, 1) >= LINGER_NS);
}

static void nothing_is_looked_for_if_everything_is_released(void **state)
{
	struct ringview_record record;
	struct fixture *f = *state;
	uint64_t before;

	put(f, 0, LENGTH);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_int_equal(ringview_peek(f->rv, &record), 1);
	ringview_release(f->rv);
	before = virtual_readings();
	assert_shows_nothing(f);
	assert_int_equal(virtual_readings(), before);
}

static void looks_in_vain_become_rare(void **state)
{
	static const int looking[] = { 0, 2, 6, 14, 30, 62, 126, 190, 254 };
	struct fixture *f = *state;
	size_t looks = 0;

	for (int pass = 0; pass <= 254; pass++) {
		const bool looks_now = pass == looking[looks];
		int64_t took;

		put(f, (uint64_t)pass, LENGTH);
		took = read_one(f, (uint64_t)pass);
		if (looks_now)
			assert_in_range(took, LINGER_NS, LINGER_NS + 2 * VIRTUAL_READING);
		else
			assert_int_equal(took, 0);
		looks += looks_now;
	}
	assert_int_equal(looks, COUNT(looking));
	/* One that has paid makes the next pass look again. */
	for (int pass = 255; pass < 255 + LINGER_SKIPS; pass++) {
		put(f, (uint64_t)pass, LENGTH);
		assert_int_equal(read_one(f, (uint64_t)pass), 0);
	}
	next_number = 255 + LINGER_SKIPS;
	put_next(f, 0);
	virtual_time_expect(put_next, f, virtual_now() + 1000);
	assert_in_range(read_one(f, next_number - 1), 900, 1100);
	assert_true(read_one(f, next_number - 1) >= LINGER_NS);
}

static void nothing_is_looked_for_while_more_is_known(void **state)
{
	struct fixture *f = *state;
	const uint64_t pass = f->ring.size / 8 / stride_of(120); /* records */
	uint64_t before;

	put_range(f, 0, 2 * pass - 1, 120);
	assert_int_equal(ringview_wait(f->rv, -1), 1);
	assert_shows_range(f, 0, pass - 1, 120);
	before = virtual_readings();
	assert_shows_nothing(f);
	assert_int_equal(virtual_readings(), before);
}

static void assert_does_not_look(struct fixture *f)
{
	struct ringview_record record;
	uint64_t before;

	assert_int_equal(ringview_peek(f->rv, &record), 1);
	before = virtual_readings();
	assert_shows_nothing(f);
	assert_int_equal(virtual_readings(), before);
}

static void only_event_looks(void **state)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct fixture *f = *state;

	for (options.wait = RINGVIEW_WAIT_PACED; options.wait <= RINGVIEW_WAIT_BUSY;
		options.wait++) {
		reopen_with(f, &options);
		put(f, 0, LENGTH);
		assert_int_equal(ringview_wait(f->rv, -1), 1);
		assert_does_not_look(f);
		ringview_release(f->rv);
	}
}

/* Other rings would wait meanwhile, or the caller's own loop. */
static void neither_a_group_nor_a_reader_without_a_wait_looks(void **state)
{
	struct fixture *f = *state;
	struct ringview_group *group;
	struct ringview *rv;

	put(f, 0, LENGTH);
	assert_does_not_look(f);
	assert_int_equal(ringview_group_open(&group, NULL), 0);
	assert_int_equal(ringview_group_add(group, f->rv), 0);
	put(f, 1, LENGTH);
	assert_int_equal(ringview_group_wait(group, -1), 1);
	assert_int_equal(ringview_group_next(group, &rv), 1);
	assert_does_not_look(f);
	ringview_group_close(group);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		waiting(what_comes_soon_notifies_nobody),
		waiting(a_record_is_looked_for_until_it_is_submitted),
		waiting(nothing_is_looked_for_if_everything_is_released),
		waiting(looks_in_vain_become_rare),
		waiting(nothing_is_looked_for_while_more_is_known),
		waiting(only_event_looks),
		waiting(neither_a_group_nor_a_reader_without_a_wait_looks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
