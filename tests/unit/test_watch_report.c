/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What samples say together, and how it is written. No clock: the tests give the times.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "live/live_watch.h"
#include "results/amounts.h"
#include "watch/screen.h"
#include "watch/watch_report.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SIZE 65536
#define MS INT64_C(1000000)

static struct watch_history history;
static struct watch_figures figures;
static int64_t now;

static int begin(void **state)
{
	(void)state;
	now = 1000 * MS;
	watch_history_begin(&history, SIZE);
	return 0;
}

static struct ring_sample sample_at(uint64_t consumer, uint64_t producer, enum ring_head head)
{
	return (struct ring_sample){
		.time_ns = now,
		.consumer = consumer,
		.producer = producer,
		.waiting = producer - consumer,
		.settled = true,
		.head = producer == consumer ? HEAD_NONE : head,
		.head_stride = producer == consumer ? 0 : 72,
	};
}

static void add_sample(struct ring_sample sample, int64_t after_ms)
{
	now += after_ms * MS;
	sample.time_ns = now;
	watch_history_add(&history, &sample);
}

static void add(uint64_t consumer, uint64_t producer, int64_t after_ms)
{
	add_sample(sample_at(consumer, producer, HEAD_READY), after_ms);
}

static void conclude(void)
{
	watch_history_figures(&history, &(struct ring_walk){ 0 }, &figures);
}

static void rates_are_those_of_the_interval(void **state)
{
	(void)state;
	add(0, 1000, 0);
	add(800, 2000, 100);
	add(3000, 4000, 100);
	conclude();
	assert_float_equal(figures.written_per_s, 15000, 1e-6);
	assert_float_equal(figures.consumed_per_s, 15000, 1e-6);
	assert_int_equal(figures.sample.waiting, 1000);
	assert_float_equal(figures.fill, 1000.0 / SIZE, 1e-9);
	add(3000, 4008, 200);
	conclude();
	assert_float_equal(figures.written_per_s, 40, 1e-6);
	assert_float_equal(figures.consumed_per_s, 0, 1e-6);
}

static void records_are_estimated_from_those_that_wait(void **state)
{
	const struct ring_walk walk = { .known = true, .records = 10, .bytes = 720 };

	(void)state;
	add(0, 0, 0);
	add(0, 7200, 100);
	watch_history_figures(&history, &walk, &figures);
	assert_float_equal(figures.records_per_s, 1000, 1e-6);
	add(0, 14400, 100);
	conclude();
	assert_true(isnan(figures.records_per_s));
	add(0, 14400, 100);
	conclude();
	assert_float_equal(figures.records_per_s, 0, 0);
}

static void the_high_water_mark_stays(void **state)
{
	(void)state;
	add(0, 5000, 0);
	add(5000, 5000, 10);
	conclude();
	assert_int_equal(figures.high_water, 5000);
	assert_int_equal(figures.interval_high, 5000);
	add(5000, 5100, 10);
	conclude();
	assert_int_equal(figures.high_water, 5000);
	assert_int_equal(figures.interval_high, 100);
}

/* Of a sample whose two positions are not of one moment, more seems to wait than did. */
static void an_unsettled_sample_is_no_peak(void **state)
{
	struct ring_sample sample = sample_at(0, SIZE - 8, HEAD_UNKNOWN);

	(void)state;
	sample.settled = false;
	add(0, 0, 0);
	add_sample(sample, 10);
	conclude();
	assert_int_equal(figures.high_water, 0);
	assert_int_equal(figures.full_episodes, 0);
}

static void a_consumer_that_stands_still_stalls_once_bytes_wait(void **state)
{
	(void)state;
	add(80, 80, 0);
	add(80, 80, 500);
	conclude();
	assert_int_equal(figures.still_ns, 500 * MS);
	assert_int_equal(figures.stalled_ns, 0);
	add(80, 160, 500);
	add(80, 240, 700);
	conclude();
	assert_int_equal(figures.still_ns, 1700 * MS);
	assert_int_equal(figures.stalled_ns, 700 * MS);
	add(160, 240, 10);
	conclude();
	assert_int_equal(figures.still_ns, 0);
	assert_int_equal(figures.stalled_ns, 0);
	add(160, 240, 30);
	conclude();
	assert_int_equal(figures.stalled_ns, 30 * MS);
}

static void a_busy_head_is_timed_from_when_it_was_seen(void **state)
{
	(void)state;
	add_sample(sample_at(0, 72, HEAD_BUSY), 0);
	add_sample(sample_at(0, 144, HEAD_BUSY), 40);
	conclude();
	assert_int_equal(figures.busy_ns, 40 * MS);
	/* Another one. */
	add_sample(sample_at(72, 144, HEAD_BUSY), 40);
	add_sample(sample_at(72, 144, HEAD_BUSY), 15);
	conclude();
	assert_int_equal(figures.busy_ns, 15 * MS);
	add_sample(sample_at(72, 144, HEAD_READY), 15);
	conclude();
	assert_int_equal(figures.busy_ns, 0);
}

static void full_episodes_are_counted_and_timed(void **state)
{
	const uint64_t full = SIZE - SIZE % 72;

	(void)state;
	add(0, 0, 0);
	add(0, full, 10);
	add(0, full, 30);
	add(0, full, 30);
	conclude();
	assert_true(figures.full);
	assert_int_equal(figures.full_in_ns, 0);
	add(full, full, 10);
	add(full, 2 * full, 10);
	conclude();
	assert_true(figures.full);
	assert_int_equal(figures.full_episodes, 2);
	assert_int_equal(figures.full_ns, 60 * MS);
}

static void a_stalled_ring_is_forecast_by_what_is_written(void **state)
{
	(void)state;
	add(0, 72, 0);
	add(0, 72 + SIZE / 8, 250);
	conclude();
	/* The rest, at an eighth in 250 ms. */
	assert_float_equal((double)figures.full_in_ns / 1e6,
		(SIZE - 72 - SIZE / 8.0) / (SIZE / 2000.0), 0.001);
}

static void a_consumer_that_comes_and_goes_does_not_fill_the_ring(void **state)
{
	(void)state;
	add(0, 0, 0);
	for (uint64_t i = 1; i < 20; i++) {
		/* Read whole in the midst of each interval, more waits at the end of each. */
		add(i * 10000, i * 10000, 10);
		add(i * 10000, i * 10000 + i * 100, 10);
		conclude();
		assert_int_equal(figures.full_in_ns, -1);
	}
}

static void a_consumer_too_slow_is_forecast_by_the_lowest_level(void **state)
{
	(void)state;
	add(0, 0, 0);
	add(0, 800, 50);
	add(800, 1000, 50);
	conclude();
	assert_int_equal(figures.full_in_ns, -1); /* one interval does not tell */
	add(900, 2900, 50);
	add(2700, 4200, 50);
	conclude();
	/* The lowest rose from 0 to 1500 in 100 ms. */
	assert_float_equal((double)figures.full_in_ns / 1e6, (SIZE - 1500) / 15.0, 0.001);
	add(4200, 4200, 100);
	conclude();
	assert_int_equal(figures.full_in_ns, -1);
}

static void a_position_set_back_is_counted_and_no_rate(void **state)
{
	(void)state;
	add(5000, 5000, 0);
	add(1000, 5000, 100);
	conclude();
	assert_int_equal(figures.moved_back, 1);
	assert_float_equal(figures.consumed_per_s, 0, 0);
	assert_float_equal(figures.written_per_s, 0, 0);
}

static void an_impossible_ring_has_no_rates_and_is_not_full(void **state)
{
	struct ring_sample broken = sample_at(0, 0, HEAD_UNKNOWN);

	(void)state;
	broken.consumer = UINT64_MAX - 7;
	broken.waiting = 0;
	broken.fault = FAULT_CONSUMER_AHEAD;
	add(0, 100, 0);
	add_sample(broken, 10);
	add_sample(broken, 10);
	add(0, 200, 10);
	conclude();
	assert_float_equal(figures.written_per_s, 0, 0);
	assert_float_equal(figures.consumed_per_s, 0, 0);
	assert_int_equal(figures.full_episodes, 0);
	assert_int_equal(figures.full_in_ns, -1);
}

static void amounts_are_of_three_digits(void **state)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = { { 0, "0" }, { 7, "7" }, { 0.5, "0.50" }, { 999, "999" }, { 1000, "1.00k" },
		{ 999.7, "1.00k" }, { 17926, "17.9k" }, { 1210000, "1.21M" }, { 4.2e10, "42.0G" },
		{ NAN, "-" }, { INFINITY, "-" } };
	char text[AMOUNT_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(amount_text(text, sizeof(text), cases[i].value), cases[i].text);
}

static void bytes_shares_times_and_positions_are_readable(void **state)
{
	char text[AMOUNT_SIZE];

	(void)state;
	assert_string_equal(amount_bytes(text, sizeof(text), 0), "0 B");
	assert_string_equal(amount_bytes(text, sizeof(text), 10239), "10239 B");
	assert_string_equal(amount_bytes(text, sizeof(text), 65536), "64 KiB");
	assert_string_equal(amount_bytes(text, sizeof(text), 343552), "336 KiB");
	assert_string_equal(amount_bytes(text, sizeof(text), UINT64_C(3) << 29), "1.50 GiB");
	assert_string_equal(amount_share(text, sizeof(text), 0.32), "32 %");
	assert_string_equal(amount_share(text, sizeof(text), 0.005), "0.5 %");
	assert_string_equal(amount_share(text, sizeof(text), 1), "100 %");
	assert_string_equal(amount_share(text, sizeof(text), 0.999999), "99.99 %");
	assert_string_equal(amount_share(text, sizeof(text), NAN), "-");
	assert_string_equal(amount_time(text, sizeof(text), 3210 * MS), "3.2s");
	assert_string_equal(amount_time(text, sizeof(text), 85123456), "85ms");
	assert_string_equal(amount_time(text, sizeof(text), 250300 * MS), "4m10s");
	assert_string_equal(amount_exact(text, sizeof(text), 17200412), "17,200,412");
	assert_string_equal(amount_exact(text, sizeof(text), 999), "999");
	assert_string_equal(
		amount_exact(text, sizeof(text), UINT64_MAX), "18,446,744,073,709,551,615");
}

static struct holders holders = {
	.process_count = 1,
	.processes = { { 812, "agent" } },
	.program_count = 1,
	.programs = { { 31, "handle_exec" } },
};

static struct watch_report report_of(void)
{
	return (struct watch_report){
		.id = 42,
		.name = "events",
		.size = SIZE,
		.sample_ns = 10 * MS,
		.holders = &holders,
		.figures = &figures,
	};
}

/* To be freed. */
static char *written(void (*write)(FILE *out, const struct watch_report *report), bool colour)
{
	struct watch_report report = report_of();
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	report.colour = colour;
	write(out, &report);
	fclose(out);
	return text;
}

static void assert_says(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" does not say \"%s\"", text, part);
}

static void the_view_says_all(void **state)
{
	const struct ring_walk walk = {
		.known = true, .records = 455, .bytes = 455 * 72, .discarded = 2, .all = true
	};
	char *text;

	(void)state;
	add(0, 0, 0);
	add(0, 32760, 250);
	add(0, 32760, 250);
	watch_history_figures(&history, &walk, &figures);
	text = written(watch_write_view, false);
	assert_says(text, "Ring buffer events, map 42, 64KiB; held by agent (pid 812), handle_exec "
			  "(program 31)\n");
	assert_says(text, "] 50 %  32.0 KiB wait: 455 records, 2 discarded\n");
	assert_says(text, "  high      50 %, 32.0 KiB: of samples every 10ms;");
	assert_says(text, "32,760\n");
	assert_says(text, "65.5kB/s, about 910 records/s");
	assert_says(text, "stalled for 250ms");
	assert_says(text, "ready to be read");
	assert_says(text, "in 500ms at this rate");
	assert_says(text, "What was lost only the program itself can tell");
	assert_null(strchr(text, '\x1b'));
	free(text);
	text = written(watch_write_view, true);
	assert_says(text, "\x1b[31mstalled");
	free(text);
}

static void a_line_says_what_is_wrong(void **state)
{
	const uint64_t full = SIZE - SIZE % 72;
	char *text;

	(void)state;
	add_sample(sample_at(0, full, HEAD_BUSY), 0);
	add_sample(sample_at(0, full, HEAD_BUSY), 200);
	conclude();
	text = written(watch_write_line, false);
	assert_says(text, "stalled for 200ms, head busy for 200ms, full, was full 1x\n");
	free(text);
}

static void what_is_impossible_is_said(void **state)
{
	struct ring_sample broken = sample_at(80, 72, HEAD_UNKNOWN);
	char *text;

	(void)state;
	broken.waiting = 0;
	broken.fault = FAULT_CONSUMER_AHEAD;
	add_sample(broken, 0);
	add_sample(broken, 10);
	conclude();
	text = written(watch_write_view, false);
	assert_says(text, "  impossible: the consumer position 80 is beyond the producer's, 72\n");
	assert_says(text, "  fill      unknown\n");
	free(text);
	text = written(watch_write_line, false);
	assert_says(text, "impossible: ");
	free(text);
}

static void json_is_one_object_on_one_line(void **state)
{
	struct watch_report report = report_of();
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	json_error_t error;
	json_t *root;

	(void)state;
	add(0, 0, 0);
	add(0, 72, 500);
	conclude();
	assert_int_equal(watch_write_json(out, &report), 0);
	fclose(out);
	assert_ptr_equal(strchr(text, '\n'), text + size - 1);
	root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	assert_non_null(root);
	assert_int_equal(json_integer_value(json_object_get(root, "producer_position")), 72);
	assert_true(json_is_null(json_object_get(root, "written_records_per_s")));
	assert_true(json_is_null(json_object_get(root, "records_waiting")));
	assert_string_equal(json_string_value(json_object_get(root, "head")), "ready");
	json_decref(root);
	free(text);
}

static void holders_are_named_or_counted(void **state)
{
	struct holders many = { .process_count = HOLDERS_MAX + 3, .processes_hidden = true };
	const struct holders none = { .programs_hidden = true, .processes_hidden = true };
	char text[HOLDERS_TEXT_SIZE];

	(void)state;
	assert_says(holders_text(&none, text, sizeof(text)),
		"nobody that can be seen; not all may be seen (CAP_SYS_ADMIN, CAP_SYS_PTRACE)");
	for (uint32_t i = 0; i < HOLDERS_MAX; i++)
		many.processes[i].id = i + 1;
	assert_says(holders_text(&many, text, sizeof(text)), "- (pid 1), - (pid 2)");
	assert_says(text, " and 3 more; not all may be seen (CAP_SYS_PTRACE)");
}

static void lines_are_cut_between_characters(void **state)
{
	(void)state;
	assert_int_equal(screen_fitting("abc\ndef", 80), 3);
	assert_int_equal(screen_fitting("abcdef", 4), 4);
	assert_int_equal(screen_fitting("abcdef", 0), 0);
	assert_int_equal(screen_fitting("\xe2\x96\x88\xe2\x96\x88z", 2), 6);
	assert_int_equal(screen_fitting("\x1b[31mab\x1b[0mcd", 3), 12);
	assert_int_equal(screen_fitting("\x1b[31", 3), 4);
}

static void what_a_run_does_is_shown(void **state)
{
	struct live_watch watch = { .what = "run", .done = 2, .total = 42 };
	struct live_observation o = {
		.combination = { MODE_BATCH, WAIT_PACED },
		.elapsed_ns = 500 * MS,
		.duration_ns = 2000 * MS,
		.produced = 1000000,
		.consumed = 990000,
		.lost = 1000,
		.produced_before = 1000000,
		.lost_before = 3000,
		.cpu_ns = 50 * MS,
		.waiting = 16384,
		.capacity = SIZE,
		.latency_p50 = 122000,
		.latency_p99 = LIVE_UNKNOWN,
	};
	char text[1024] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");

	(void)state;
	watch.last.elapsed_ns = 250 * MS;
	watch.last.produced = 500000;
	watch.last.consumed = 490000;
	live_watch_write_line(out, &watch, &o);
	o.consumed = o.cpu_ns = o.waiting = o.lost = LIVE_UNKNOWN;
	live_watch_write_line(out, &watch, &o);
	fclose(out);
	assert_says(text,
		"run 3 of 42, batch/paced: produced 2.00M/s, consumed 2.00M/s, lost 0.2 %, "
		"fill 25 %, p50 122\xc2\xb5s, p99 unknown, CPU 20 %\n");
	assert_says(text, "consumed unknown, lost unknown, fill unknown, p50 122\xc2\xb5s, p99 "
			  "unknown, CPU unknown\n");
}

#define fresh(test) cmocka_unit_test_setup(test, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		fresh(rates_are_those_of_the_interval),
		fresh(records_are_estimated_from_those_that_wait),
		fresh(the_high_water_mark_stays),
		fresh(an_unsettled_sample_is_no_peak),
		fresh(a_consumer_that_stands_still_stalls_once_bytes_wait),
		fresh(a_busy_head_is_timed_from_when_it_was_seen),
		fresh(full_episodes_are_counted_and_timed),
		fresh(a_stalled_ring_is_forecast_by_what_is_written),
		fresh(a_consumer_that_comes_and_goes_does_not_fill_the_ring),
		fresh(a_consumer_too_slow_is_forecast_by_the_lowest_level),
		fresh(a_position_set_back_is_counted_and_no_rate),
		fresh(an_impossible_ring_has_no_rates_and_is_not_full),
		fresh(amounts_are_of_three_digits),
		fresh(bytes_shares_times_and_positions_are_readable),
		fresh(the_view_says_all),
		fresh(a_line_says_what_is_wrong),
		fresh(what_is_impossible_is_said),
		fresh(json_is_one_object_on_one_line),
		fresh(holders_are_named_or_counted),
		fresh(lines_are_cut_between_characters),
		fresh(what_a_run_does_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
