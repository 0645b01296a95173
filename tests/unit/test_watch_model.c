/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The model of a ring: what samples say together. The tests set the clock.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "watch/ring_model.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SIZE 65536
#define MS INT64_C(1000000)

static struct ring_model model;
static struct ring_figures figures;
static int64_t now;
static uint64_t consumer, producer;
static unsigned char data[2 * SIZE];

static const unsigned char *data_of(void *context, uint64_t offset, size_t length)
{
	(void)context;
	assert_true(offset + length <= sizeof(data));
	return data + offset;
}

static const struct ring_access ring = {
	.consumer = &consumer, .producer = &producer, .size = SIZE, .data = data_of
};

static int begin(void **state)
{
	(void)state;
	now = 1000 * MS;
	consumer = producer = 0;
	memset(data, 0, sizeof(data));
	ring_model_begin(&model, SIZE);
	return 0;
}

/* Writes @count records of @length bytes. */
static void put(uint64_t count, uint32_t length)
{
	for (; count > 0; count--) {
		memcpy(data + producer % SIZE, &length, sizeof(length));
		memcpy(data + producer % SIZE + SIZE, &length, sizeof(length));
		producer += ring_stride(length & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT));
	}
}

/* Takes a sample, and reads at most @most headers. */
static bool look_most(int64_t after_ms, uint64_t most)
{
	const struct ring_passing passing = { .most = most };
	struct ring_sample sample;

	now += after_ms * MS;
	ring_sample(&sample, &ring, now);
	return ring_model_add(&model, &sample, &ring, &passing);
}

static void look(int64_t after_ms)
{
	look_most(after_ms, 0);
}

static void conclude_held(enum ring_holding holding)
{
	ring_model_figures(&model, &(struct ring_waiting){ 0 }, holding, &figures);
}

static void conclude(void)
{
	conclude_held(HELD_BY_PROCESSES);
}

static void consume_all(void)
{
	consumer = producer;
}

static void records_are_counted_though_the_ring_is_drained(void **state)
{
	(void)state;
	look(0);
	for (int i = 0; i < 100; i++) {
		put(40, 88);
		consume_all();
		look(10);
	}
	conclude();
	assert_float_equal(figures.records_per_s, 4000, 1e-6);
	assert_float_equal(figures.written_per_s, 4000 * 96, 1e-6);
	assert_float_equal(figures.consumed_per_s, 4000 * 96, 1e-6);
	assert_float_equal(figures.average, 88, 1e-9);
	assert_float_equal(figures.seen, 1, 0);
	assert_float_equal(figures.discarded, 0, 0);
	assert_int_equal(figures.state, STATE_OK);
	look(10);
	conclude();
	assert_float_equal(figures.records_per_s, 0, 0);
	assert_true(isnan(figures.average));
	assert_int_equal(figures.state, STATE_IDLE);
}

static void sizes_are_exact(void **state)
{
	(void)state;
	look(0);
	for (int i = 0; i < 50; i++) {
		put(1, 24);
		put(1, 1000);
		consume_all();
		look(10);
	}
	put(1, 5000);
	look(10);
	conclude();
	assert_int_equal(model.sizes.count, 101);
	assert_int_equal(model.sizes.min, 24);
	assert_int_equal(model.sizes.max, 5000);
	assert_int_equal(ring_sizes_quantile(&model.sizes, 0.01), 24);
	assert_int_equal(ring_sizes_quantile(&model.sizes, 0.5), 1000);
	assert_int_equal(ring_sizes_quantile(&model.sizes, 1), 5000);
}

static void large_sizes_are_within_a_64th(void **state)
{
	static const uint32_t lengths[] = { 2047, 2048, 2049, 65535, 65536, 1000000,
		(1u << 30) - 1 };
	static struct ring_sizes sizes;

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		uint32_t found;

		sizes = (struct ring_sizes){ 0 };
		assert_int_equal(ring_sizes_quantile(&sizes, 0.5), 0);
		ring_sizes_add(&sizes, lengths[i]);
		assert_int_equal(ring_sizes_quantile(&sizes, 0.5), lengths[i]);
		ring_sizes_add(&sizes, UINT32_C(1) << 29);
		ring_sizes_add(&sizes, lengths[i]);
		found = ring_sizes_quantile(&sizes, 0.5);
		if (lengths[i] < 1u << 29)
			assert_true(found >= lengths[i] && found <= lengths[i] + lengths[i] / 64);
	}
}

static void discarded_records_are_a_share(void **state)
{
	(void)state;
	look(0);
	put(3, 24);
	put(1, 24 | BPF_RINGBUF_DISCARD_BIT);
	consume_all();
	look(100);
	conclude();
	assert_float_equal(figures.discarded, 0.25, 1e-9);
	assert_float_equal(figures.records_per_s, 40, 1e-6);
}

/* The ring was overwritten between two samples: the records that were seen stand for the others. */
static void what_was_overwritten_is_estimated(void **state)
{
	(void)state;
	look(0);
	put(10, 56);
	consume_all();
	look(10);
	put(2000, 56);
	consume_all();
	assert_true(look_most(10, 0));
	conclude();
	assert_float_equal(figures.seen, 10.0 / 2010, 1e-9);
	assert_float_equal(figures.records_per_s, 2010 / 0.02, 1e-3);
	/* Everything written afterwards is seen. */
	put(5, 56);
	consume_all();
	assert_false(ring_model_walk(&model, producer, &ring, &(struct ring_passing){ 0 }));
	look(10);
	conclude();
	assert_float_equal(figures.seen, 1, 0);
}

static void nothing_seen_is_not_known(void **state)
{
	(void)state;
	look(0);
	put(2000, 56);
	consume_all();
	look(10);
	conclude();
	assert_float_equal(figures.seen, 0, 0);
	assert_true(isnan(figures.records_per_s));
}

static void no_more_headers_are_read_than_allowed(void **state)
{
	(void)state;
	look(0);
	put(100, 56);
	consume_all();
	assert_false(look_most(10, 25));
	conclude();
	assert_float_equal(figures.seen, 0.25, 1e-9);
	assert_float_equal(figures.records_per_s, 10000, 1e-3);
}

/* A busy record, and those behind it, are counted once it is submitted. */
static void busy_records_are_counted_later(void **state)
{
	uint32_t submitted = 56;

	(void)state;
	look(0);
	put(1, 56);
	put(1, 56 | BPF_RINGBUF_BUSY_BIT);
	put(2, 56);
	look(100);
	conclude();
	assert_float_equal(figures.records_per_s, 10, 1e-6);
	memcpy(data + 64, &submitted, sizeof(submitted));
	look(100);
	conclude();
	assert_float_equal(figures.records_per_s, 30, 1e-6);
	assert_float_equal(figures.written_per_s, 0, 0);
}

static void records_that_wait_at_first_are_no_rate(void **state)
{
	(void)state;
	put(7, 56);
	look(0);
	look(100);
	conclude();
	assert_float_equal(figures.records_per_s, 0, 0);
	assert_int_equal(model.sizes.count, 7);
	assert_int_equal(figures.largest, 64);
}

static void the_high_water_mark_stays(void **state)
{
	(void)state;
	put(50, 92);
	look(0);
	consume_all();
	look(10);
	conclude();
	assert_int_equal(figures.totals.high_water, 5200);
	assert_int_equal(figures.interval_high, 5200);
	put(1, 92);
	look(10);
	conclude();
	assert_int_equal(figures.totals.high_water, 5200);
	assert_int_equal(figures.interval_high, 104);
}

/* If the positions are not of one moment, the level is too high. */
static void an_unsettled_sample_is_no_peak(void **state)
{
	const struct ring_sample sample = {
		.time_ns = 1010 * MS, .producer = SIZE - 8, .waiting = SIZE - 8, .settled = false
	};

	(void)state;
	look(0);
	ring_model_add(&model, &sample, &ring, &(struct ring_passing){ 0 });
	conclude();
	assert_int_equal(figures.totals.high_water, 0);
	assert_int_equal(figures.totals.full_episodes, 0);
}

static void a_reader_stands_still_once_records_wait(void **state)
{
	(void)state;
	look(0);
	look(500);
	conclude();
	assert_int_equal(figures.still_ns, 500 * MS);
	assert_int_equal(figures.stalled_ns, 0);
	put(1, 56);
	look(500);
	look(700);
	conclude();
	assert_int_equal(figures.still_ns, 1700 * MS);
	assert_int_equal(figures.stalled_ns, 700 * MS);
	consume_all();
	put(1, 56);
	look(10);
	look(1000);
	conclude();
	assert_int_equal(figures.stalled_ns, 1000 * MS);
	assert_int_equal(figures.state, STATE_SLOW);
}

/* No reader can pass a record that stays reserved. */
static void a_stuck_head_is_not_blamed_on_the_reader(void **state)
{
	uint32_t submitted = 56;

	(void)state;
	put(1, 56);
	consume_all();
	look(0);
	put(1, 56 | BPF_RINGBUF_BUSY_BIT);
	put(3, 56);
	look(100);
	conclude();
	assert_int_equal(figures.state, STATE_OK); /* every record is reserved for a moment */
	look(1500);
	conclude();
	assert_int_equal(figures.busy_ns, 1500 * MS);
	assert_int_equal(figures.stalled_ns, 0);
	assert_int_equal(figures.state, STATE_STUCK);
	memcpy(data + 64, &submitted, sizeof(submitted));
	look(10);
	look(200);
	conclude();
	assert_int_equal(figures.busy_ns, 0);
	assert_int_equal(figures.stalled_ns, 200 * MS);
	assert_int_equal(figures.state, STATE_OK);
}

/* A slow reader releases one record at a time, and its room is used at once: the ring is full only at
 * some instants. */
static void a_slow_reader_loses(void **state)
{
	(void)state;
	put(SIZE / 96, 88);
	look(0);
	for (int i = 0; i < 200; i++) {
		consumer += 96;
		if (i % 3 > 0)
			put(1, 88);
		look(10);
		if (i % 3 == 0)
			put(1, 88);
	}
	conclude();
	assert_float_equal(figures.no_room, 0.67, 0.02);
	assert_true(figures.losing);
	assert_int_equal(figures.largest, 96);
	assert_int_equal(figures.state, STATE_LOSING);
	assert_true(figures.totals.full_episodes > 60);
	/* Two seconds after the last such sample it is forgotten. */
	consume_all();
	for (int i = 0; i < 21; i++)
		look(100);
	conclude();
	assert_false(figures.losing);
	assert_int_equal(figures.state, STATE_IDLE);
}

static void the_largest_record_says_what_room_is(void **state)
{
	(void)state;
	look(0);
	put(1, 3000);
	put(660, 80);
	look(10);
	put(1, 600);
	look(10);
	conclude();
	assert_false(figures.losing);
	put(30, 80);
	look(10);
	look(10);
	conclude();
	/* About 1,100 bytes are free: enough for most records. */
	assert_true(SIZE - (producer - consumer) > 1000);
	assert_true(figures.losing);
}

/* No record is written any more; the last ones show how much room one needs. */
static void a_full_ring_stays_full(void **state)
{
	(void)state;
	put(SIZE / 96, 88);
	look(0);
	for (int i = 0; i < 100; i++)
		look(100);
	conclude();
	assert_float_equal(figures.no_room, 1, 0);
	assert_int_equal(figures.largest, 96);
	assert_int_equal(figures.totals.full_episodes, 1);
	assert_int_equal(figures.totals.full_ns, 10000 * MS);
	assert_int_equal(figures.full_in_ns, 0);
}

static void who_holds_it_decides_whether_it_has_a_reader(void **state)
{
	(void)state;
	look(0);
	put(1, 56);
	look(10);
	conclude_held(HELD_BY_PROGRAMS);
	assert_int_equal(figures.state, STATE_NO_READER);
	look(10);
	conclude_held(HELD_BY_NOBODY);
	assert_int_equal(figures.state, STATE_UNUSED);
	look(10);
	conclude_held(HELD_UNKNOWN);
	assert_int_equal(figures.state, STATE_OK);
	/* The position has never moved. */
	look(1000);
	conclude();
	assert_int_equal(figures.state, STATE_NO_READER);
	consumer += 64;
	put(1, 56);
	look(10);
	look(1000);
	conclude();
	assert_int_equal(figures.state, STATE_SLOW);
}

static void losses_are_those_of_the_accounts(void **state)
{
	struct ring_accounts accounts = {
		.known = true, .time_ns = now, .lost = 500, .program = "p"
	};

	(void)state;
	ring_model_account(&model, &accounts);
	look(0);
	put(1, 56);
	consume_all();
	look(500);
	accounts.lost = 600;
	accounts.time_ns = now;
	ring_model_account(&model, &accounts);
	conclude();
	assert_float_equal(figures.lost_per_s, 200, 1e-6);
	assert_true(figures.losing);
	assert_int_equal(figures.state, STATE_LOSING);
	/* A program that writes to other rings too may have lost them there. */
	look(500);
	accounts.lost = 700;
	accounts.time_ns = now;
	accounts.shared = true;
	ring_model_account(&model, &accounts);
	conclude();
	assert_float_equal(figures.lost_per_s, 200, 1e-6);
	assert_false(figures.losing);
	accounts.known = false;
	look(500);
	ring_model_account(&model, &accounts);
	conclude();
	assert_true(isnan(figures.lost_per_s));
}

static void a_ring_without_a_reader_is_forecast_by_what_is_written(void **state)
{
	(void)state;
	put(1, 56);
	look(0);
	put(99, 56);
	look(100);
	conclude();
	/* 6,336 B in 100 ms. */
	assert_float_equal((double)figures.full_in_ns / 1e6, (SIZE - 6400) / 63.36, 0.001);
	/* Its reader may sleep for longer than an interval. */
	assert_int_equal(figures.state, STATE_OK);
}

static void a_reader_that_comes_and_goes_does_not_fill_the_ring(void **state)
{
	(void)state;
	look(0);
	for (uint64_t i = 1; i < 20; i++) {
		/* Drained in the middle of each interval, fuller at the end of each. */
		put(100, 56);
		consume_all();
		look(500);
		put(i * 10, 56);
		look(500);
		conclude();
		assert_int_equal(figures.full_in_ns, -1);
	}
}

static void a_reader_too_slow_is_forecast_by_the_lowest_level(void **state)
{
	(void)state;
	look(0);
	put(10, 56);
	look(500);
	consumer += 640;
	put(10, 56);
	look(500);
	conclude();
	assert_int_equal(figures.full_in_ns, -1); /* unknown after one interval */
	put(20, 56);
	consumer += 64;
	look(500);
	consumer += 64;
	put(10, 56);
	look(500);
	conclude();
	/* The lowest level rose from 0 to 29 records in 1 s. */
	assert_float_equal(
		(double)figures.full_in_ns / 1e6, (SIZE - 38 * 64) / (29 * 64 / 1000.0), 0.001);
}

/* Within a second, a rising level may be that of a reader between two visits. */
static void short_intervals_forecast_nothing_by_themselves(void **state)
{
	(void)state;
	look(0);
	for (int i = 0; i < 45; i++) {
		put(10, 56);
		consumer += 64;
		look(20);
		conclude();
		assert_int_equal(figures.full_in_ns, -1);
	}
}

static void a_position_set_back_is_counted_and_no_rate(void **state)
{
	(void)state;
	put(10, 56);
	consume_all();
	look(0);
	consumer = 64;
	look(100);
	conclude();
	assert_int_equal(figures.totals.moved_back, 1);
	assert_float_equal(figures.consumed_per_s, 0, 0);
	assert_float_equal(figures.written_per_s, 0, 0);
}

static void an_impossible_ring_has_no_rates_and_is_not_full(void **state)
{
	(void)state;
	put(2, 56);
	look(0);
	consumer = 1 << 20;
	look(10);
	look(10);
	conclude();
	assert_int_equal(figures.state, STATE_BROKEN);
	assert_float_equal(figures.written_per_s, 0, 0);
	assert_float_equal(figures.consumed_per_s, 0, 0);
	assert_int_equal(figures.totals.full_episodes, 0);
	assert_int_equal(figures.full_in_ns, -1);
	consumer = 0;
	put(2, 56);
	look(10);
	look(10);
	conclude();
	assert_int_equal(figures.state, STATE_OK);
}

static void the_history_has_the_highest_of_each_interval(void **state)
{
	char text[RING_HISTORY * 3 + 1];

	(void)state;
	look(0);
	assert_string_equal(ring_history_text(&model, 6, text), "");
	put(511, 56);
	look(10);
	consume_all();
	look(10);
	conclude();
	look(10);
	conclude();
	/* 49.9 %, and 0 %. */
	assert_string_equal(ring_history_text(&model, 6, text), "\xe2\x96\x84\xe2\x96\x81");
	for (int i = 0; i < 2 * RING_HISTORY; i++) {
		look(10);
		conclude();
	}
	assert_int_equal(strlen(ring_history_text(&model, RING_HISTORY, text)), 3 * RING_HISTORY);
	assert_int_equal(strlen(ring_history_text(&model, 6, text)), 18);
}

#define fresh(test) cmocka_unit_test_setup(test, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		fresh(records_are_counted_though_the_ring_is_drained),
		fresh(sizes_are_exact),
		fresh(large_sizes_are_within_a_64th),
		fresh(discarded_records_are_a_share),
		fresh(what_was_overwritten_is_estimated),
		fresh(nothing_seen_is_not_known),
		fresh(no_more_headers_are_read_than_allowed),
		fresh(busy_records_are_counted_later),
		fresh(records_that_wait_at_first_are_no_rate),
		fresh(the_high_water_mark_stays),
		fresh(an_unsettled_sample_is_no_peak),
		fresh(a_reader_stands_still_once_records_wait),
		fresh(a_stuck_head_is_not_blamed_on_the_reader),
		fresh(a_slow_reader_loses),
		fresh(the_largest_record_says_what_room_is),
		fresh(a_full_ring_stays_full),
		fresh(who_holds_it_decides_whether_it_has_a_reader),
		fresh(losses_are_those_of_the_accounts),
		fresh(a_ring_without_a_reader_is_forecast_by_what_is_written),
		fresh(a_reader_that_comes_and_goes_does_not_fill_the_ring),
		fresh(a_reader_too_slow_is_forecast_by_the_lowest_level),
		fresh(short_intervals_forecast_nothing_by_themselves),
		fresh(a_position_set_back_is_counted_and_no_rate),
		fresh(an_impossible_ring_has_no_rates_and_is_not_full),
		fresh(the_history_has_the_highest_of_each_interval),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
