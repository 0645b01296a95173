/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing the figures of watched rings.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "watch/keys.h"
#include "watch/screen.h"
#include "watch/watch_report.h"
#include "support/readers.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SIZE 65536
#define MS INT64_C(1000000)

static struct ring rings[3];
static struct ring *const events = &rings[0];
static const struct watch_style plain = { .interval_ns = 1000 * MS, .sample_ns = 10 * MS };

/* Three equal rings, half full. */
static int begin(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < COUNT(rings); i++) {
		rings[i] = (struct ring){
			.id = 42 + i,
			.name = "events",
			.size = SIZE,
			.holders = {
				.process_count = 1,
				.processes = { { 812, "agent" } },
				.program_count = 1,
				.programs = { { 31, "handle_exec" } },
			},
			.figures = {
				.state = STATE_OK,
				.sample = { .consumer = 1000000, .producer = 1032760,
					.waiting = 32760, .settled = true, .head = HEAD_READY,
					.head_stride = 72 },
				.fill = 0.4999, .interval_fill = 0.62,
				.totals = { .high_water = 50000 },
				.interval_high = 40960, .written_per_s = 65520,
				.consumed_per_s = 65520, .records_per_s = 910, .seen = 1,
				.average = 64, .discarded = 0,
				.waiting = { .known = true, .all = true, .records = 455 },
				.largest = 72, .lost_per_s = (double)NAN, .full_in_ns = -1,
				.still_ns = 2 * MS,
			},
		};
		ring_model_begin(&rings[i].model, SIZE);
		ring_sizes_add(&rings[i].model.sizes, 64);
	}
	return 0;
}

/* The caller frees it. */
static char *written(
	void (*write)(FILE *out, const struct ring *ring, const struct watch_style *style),
	const struct watch_style *style)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	write(out, events, style);
	fclose(out);
	return text;
}

static void assert_says(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" does not say \"%s\"", text, part);
}

static void assert_written(
	void (*write)(FILE *out, const struct ring *ring, const struct watch_style *style),
	const char *part)
{
	char *text = written(write, &plain);

	assert_says(text, part);
	free(text);
}

static void set_losing(struct ring *ring)
{
	ring->figures.state = STATE_LOSING;
	ring->figures.losing = true;
	ring->figures.no_room = 0.67;
}

static size_t columns_of(const char *line)
{
	size_t columns = 0;

	for (; *line && *line != '\n'; line++)
		columns += ((unsigned char)*line & 0xc0) != 0x80;
	return columns;
}

static void assert_fits(const char *text)
{
	for (; *text; text = strchr(text, '\n') + 1)
		if (columns_of(text) > WATCH_COLUMNS)
			fail_msg("too wide: %.*s", (int)strcspn(text, "\n"), text);
}

static void the_view_says_all(void **state)
{
	char *text = written(watch_write_view, &plain);

	(void)state;
	assert_says(text, "Ring buffer events, map 42, 64KiB   ");
	assert_says(text, "  ok\n  held by   agent (pid 812), handle_exec (program 31)\n");
	assert_says(text, "] 50 %\n  waiting   32.0 KiB: 455 records\n");
	assert_says(text, "highest fill of each 1s; of all, 76 %, 48.8 KiB\n");
	assert_says(text, "  records   910/s written\n");
	assert_says(text, "  sizes     64 B each; 1 records\n");
	assert_says(
		text, "  lost      not counted by the program; no room in 0.0 % of the samples\n");
	assert_says(text, "  bytes     65.5kB/s written, 65.5kB/s consumed\n");
	assert_says(text, "  reader    last moved 2ms ago\n");
	assert_says(text, "  head      submitted\n");
	assert_says(text, "  full      no\n");
	assert_says(text, "producer 1,032,760, consumer 1,000,000\n");
	assert_null(strchr(text, '\x1b'));
	assert_fits(text);
	free(text);
}

static void the_view_says_what_was_not_seen(void **state)
{
	(void)state;
	events->figures.seen = 0.06;
	events->figures.discarded = 0.25;
	ring_sizes_add(&events->model.sizes, 3000);
	assert_written(watch_write_view,
		"910/s written, 25 % of them discarded; estimated from 6.0 % of the bytes\n");
	assert_written(watch_write_view, "64 to 3000 B, mean 1.53k, p50 64, p99 3000; 2");
}

static void losses_are_said_with_their_source(void **state)
{
	(void)state;
	set_losing(events);
	assert_written(watch_write_view,
		"  LOSING    no room for a record of 72 B in 67 % of the samples\n"
		"            the reader is too slow, or the ring is too small\n");
	events->figures.stalled_ns = 2100 * MS;
	assert_written(watch_write_view, "            the reader has released nothing for 2.1s\n");
	events->model.accounts =
		(struct ring_accounts){ .known = true, .lost = 52113, .program = "handle_exec" };
	events->figures.lost_per_s = 1333;
	assert_written(watch_write_view, "the program counts 1.33k lost records a second\n");
	assert_written(watch_write_view,
		"  lost      1.33k/s, 52,113 in all\n"
		"            counted by handle_exec, which does not say in which ring\n");
	events->model.accounts.shared = true;
	assert_written(watch_write_view, "handle_exec, which writes to other rings too\n");
}

static void a_stuck_head_is_the_programs(void **state)
{
	char *text;

	(void)state;
	events->figures.state = STATE_STUCK;
	events->figures.busy_ns = 3200 * MS;
	events->figures.sample.head = HEAD_BUSY;
	text = written(watch_write_view, &plain);
	assert_says(text,
		"  STUCK     the oldest record has been reserved for 3.2s and is not submitted\n");
	assert_says(text, "a BPF program holds it, and no reader can pass it\n");
	assert_says(text, "  reader    waits for the oldest record to be submitted\n");
	assert_says(text, "  head      busy for 3.2s: reserved, not submitted\n");
	assert_null(strstr(text, "still"));
	assert_fits(text);
	free(text);
	events->figures.losing = true;
	text = written(watch_write_view, &plain);
	assert_says(text, "can pass it; records are lost\n");
	assert_fits(text);
	free(text);
}

static void every_state_has_its_words(void **state)
{
	(void)state;
	events->figures.state = STATE_NO_READER;
	assert_written(watch_write_line, "no reader: fill 50 %");
	assert_written(watch_write_line, ": its consumer position has never moved\n");
	events->holders.process_count = 0;
	assert_written(watch_write_line, ": no process has it open\n");
	events->figures.state = STATE_SLOW;
	assert_written(watch_write_line, ": it was 62 % full\n");
	events->figures.full_in_ns = 12000 * MS;
	assert_written(watch_write_line, ": it fills up, and is full in 12s at this rate\n");
	events->figures.stalled_ns = 1500 * MS;
	assert_written(watch_write_line,
		": the reader has released nothing for 1.5s while records wait\n");
	events->figures.state = STATE_UNUSED;
	assert_written(watch_write_line, ": no process and no program holds it\n");
	events->figures.state = STATE_BROKEN;
	events->figures.sample.fault = FAULT_CONSUMER_AHEAD;
	assert_written(watch_write_line,
		"BROKEN: the consumer position 1000000 is beyond the producer's, 1032760; something");
	assert_written(watch_write_view, "  fill      unknown\n");
}

static void a_line_says_it_in_one(void **state)
{
	(void)state;
	assert_written(watch_write_line,
		"ok: fill 50 % (32.0 KiB: 455 records), high 62 %, 910 records/s of 64 B\n");
	assert_written(watch_write_introduction, "; held by agent (pid 812), handle_exec");
	assert_written(
		watch_write_introduction, "One sample each 10ms: shorter peaks can be missed.\n");
}

static void colours_are_those_of_the_state(void **state)
{
	const struct watch_style coloured = { .colour = true };
	char *text;

	(void)state;
	set_losing(events);
	text = written(watch_write_view, &coloured);
	assert_says(text, "\x1b[31m");
	free(text);
	events->figures.state = STATE_OK;
	events->figures.losing = false;
	text = written(watch_write_view, &coloured);
	assert_null(strchr(text, '\x1b'));
	free(text);
}

/* The list. */

static char *listed(struct watch_list *list)
{
	static struct ring *all[COUNT(rings)];
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < COUNT(rings); i++)
		all[i] = &rings[i];
	list_arrange(list, all, COUNT(rings));
	watch_write_list(out, list, &plain);
	fclose(out);
	return text;
}

static void assert_listed(struct watch_list *list, const char *part)
{
	char *text = listed(list);

	assert_says(text, part);
	assert_fits(text);
	free(text);
}

static void what_needs_attention_comes_first(void **state)
{
	struct watch_list list = { 0 };

	(void)state;
	set_losing(&rings[1]);
	rings[2].figures.state = STATE_NO_READER;
	assert_listed(&list, "3 rings, 1 LOSING, 1 no reader; by attention");
	assert_listed(&list,
		"     43 events       agent        64KiB  62%          910    64     - LOSING\n"
		"     44 events       agent        64KiB  62%          910    64     - no reader\n"
		"     42 events       agent        64KiB  62%          910    64     - ok\n");
	/* One that loses records for lack of a reader is as bad. */
	rings[2].figures.losing = true;
	rings[2].figures.no_room = 1;
	assert_listed(&list, "no reader\n     43 ");
}

static void lists_can_be_sorted(void **state)
{
	struct watch_list list = { .order = LIST_BY_RECORDS };

	(void)state;
	rings[0].figures.records_per_s = NAN;
	rings[1].figures.records_per_s = 5;
	assert_listed(&list, "ok\n     43 ");
	assert_int_equal(list.rings[0]->id, 44);
	assert_int_equal(list.rings[2]->id, 42);
	rings[1].figures.lost_per_s = 7;
	list.order = LIST_BY_LOST;
	free(listed(&list));
	assert_int_equal(list.rings[0]->id, 43);
	rings[2].figures.interval_fill = 0.9;
	list.order = LIST_BY_FILL;
	free(listed(&list));
	assert_int_equal(list.rings[0]->id, 44);
	list.order = LIST_BY_ID;
	free(listed(&list));
	assert_int_equal(list.rings[0]->id, 42);
}

static void those_that_nobody_holds_are_one_line(void **state)
{
	struct watch_list list = { 0 };
	char *text;

	(void)state;
	rings[0].figures.state = rings[2].figures.state = STATE_UNUSED;
	rings[0].figures.interval_fill = 1;
	text = listed(&list);
	assert_int_equal(list.unused, 2);
	assert_says(text, "       and 2 that no process and no program holds, 128 KiB\n");
	assert_null(strstr(text, "    42 "));
	free(text);
	list.with_unused = true;
	assert_listed(&list,
		"     42 events       agent        64KiB 100%          910    64     - unused\n");
	rings[1].is_new = rings[2].is_unwanted = true;
	free(listed(&list));
	assert_int_equal(list.count, 1);
}

static void a_list_fits_the_terminal(void **state)
{
	struct watch_list list = { .rows = 6, .selected = 44 };
	char *text = listed(&list);

	(void)state;
	/* Two of three, the selected one among them. */
	assert_says(text, "     43 ");
	assert_says(text, ">    44 ");
	assert_null(strstr(text, "     42 "));
	assert_says(text, "q: quit\n");
	free(text);
}

static void names_and_owners_are_cut_to_their_columns(void **state)
{
	struct watch_list list = { 0 };

	(void)state;
	snprintf(rings[0].name, sizeof(rings[0].name), "fifteen_letters");
	rings[0].id = 4294967;
	rings[0].holders.process_count = 12;
	snprintf(rings[1].holders.processes[0].name, HOLDER_NAME_SIZE, "sixteen_letters_");
	rings[2].holders.process_count = rings[2].holders.program_count = 0;
	assert_listed(&list, " fifteen_lett agent+11 ");
	assert_listed(&list, " sixteen_let ");
	assert_listed(&list, " events       -       ");
}

/* For programs. */

static void json_is_one_object_on_one_line(void **state)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	json_t *root;

	(void)state;
	watch_write_json(out, events, &plain);
	fclose(out);
	assert_ptr_equal(strchr(text, '\n'), text + size - 1);
	root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	assert_int_equal(json_integer_value(json_object_get(root, "producer_position")), 1032760);
	assert_int_equal(json_integer_value(json_object_get(root, "record_bytes_p99")), 64);
	assert_true(json_number_value(json_object_get(root, "written_records_per_s")) == 910);
	assert_true(json_is_null(json_object_get(root, "lost_records")));
	assert_string_equal(json_string_value(json_object_get(root, "state")), "ok");
	assert_string_equal(json_string_value(json_object_get(root, "head")), "ready");
	json_decref(root);
	free(text);
}

/* The format of https://prometheus.io/docs/instrumenting/exposition_formats/, line by line; each
 * metric has its help and type before it, and counters end in _total. */
static void metrics_are_as_prometheus_takes_them(void **state)
{
	static const char pattern[] =
		"^(# HELP [a-z_]+ [^\n]+|# TYPE [a-z_]+ (gauge|counter)|"
		"[a-z_]+\\{[a-z]+=\"[^\"\\]*\"(,[a-z]+=\"[^\"\\]*\")*\\} [0-9.e+-]+)$";
	struct ring *all[] = { &rings[0], &rings[1] };
	char *text = NULL, type[64] = "", *rest, *line;
	size_t size = 0, samples = 0;
	FILE *out = open_memstream(&text, &size);
	regex_t regex;

	(void)state;
	set_losing(&rings[1]);
	watch_write_metrics(out, all, 2);
	fclose(out);
	assert_says(text, "ringview_ring_losing{map=\"43\",name=\"events\",process=\"agent\"} 1\n");
	assert_says(text, "# TYPE ringview_ring_produced_bytes_total counter\n");
	assert_null(strstr(text, "program_lost_records_total{"));
	assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
	rest = text;
	while ((line = strsep(&rest, "\n")) && *line) {
		if (regexec(&regex, line, 0, NULL, 0) != 0)
			fail_msg("no metric: %s", line);
		if (sscanf(line, "# TYPE %63[a-z_] ", type) == 1)
			assert_int_equal(!!strstr(line, "counter"),
				strcmp(type + strlen(type) - 6, "_total") == 0);
		if (line[0] != '#') {
			assert_int_equal(strncmp(line, type, strlen(type)), 0);
			samples++;
		}
	}
	assert_true(samples > 30);
	regfree(&regex);
	free(text);
}

static struct watch_check check_of(const char *text)
{
	struct watch_check check;
	struct complaint why;

	assert_int_equal(watch_check_parse(text, &check, &why), 0);
	assert_true(check.wanted);
	return check;
}

static void assert_check(const char *text, const char *said)
{
	const struct watch_check check = check_of(text);
	char out[512] = "";
	FILE *stream = fmemopen(out, sizeof(out), "w");
	const size_t failed = watch_check_ring(stream, &check, events);

	fclose(stream);
	assert_string_equal(out, said);
	assert_int_equal(failed, strlen(said) > 0);
}

static void conditions_fail_and_say_why(void **state)
{
	(void)state;
	assert_check("fill=80%,stalled=1s,stuck,losing", "");
	assert_check("fill=62%", "fill: events, map 42: it was 62 % full\n");
	events->figures.stalled_ns = 999 * MS;
	assert_check("stalled", "");
	events->figures.stalled_ns = 1000 * MS;
	assert_check("stalled,fill=0.9",
		"stalled: events, map 42: the reader has released nothing for 1s while records wait\n");
	events->figures.busy_ns = 250 * MS;
	assert_check("stuck=200ms",
		"stuck: events, map 42: the oldest record has been reserved for 250ms and is not submitted\n");
	set_losing(events);
	assert_check("losing",
		"losing: events, map 42: no room for a record of 72 B in 67 % of the samples\n");
	events->figures.state = STATE_BROKEN;
	events->figures.sample.fault = FAULT_CONSUMER_AHEAD;
	assert_check("fill=99%", "impossible: events, map 42: the consumer position 1000000 is "
				 "beyond the producer's, 1032760\n");
}

static void wrong_conditions_are_refused(void **state)
{
	static const char *const wrong[] = { "", "full", "fill", "fill=0%", "fill=101%", "losing=1",
		"stalled=0s", "stalled=soon", "losing,,stuck" };

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct watch_check check;
		struct complaint why;

		assert_true(watch_check_parse(wrong[i], &check, &why) != 0);
		assert_says(why.text, "is not a condition; give one or more of fill=80%");
		assert_says(why.text, wrong[i][0] == 'l' ? "" : wrong[i]);
	}
}

/* A stall is seen only after its time. */
static void a_check_takes_as_long_as_it_needs(void **state)
{
	const struct watch_check losing = check_of("losing"),
				 long_one = check_of("stalled=5s,stuck=2s");

	(void)state;
	assert_int_equal(watch_check_interval(&losing), 1000 * MS);
	assert_true(watch_check_interval(&long_one) > 5000 * MS);
}

static void keys_are_told_apart(void **state)
{
	static const struct {
		const char *bytes;
		int key;
		size_t used;
	} cases[] = { { "q", 'q', 1 }, { "\x1b[A", KEY_UP, 3 }, { "\x1b[B\x1b[B\r", KEY_DOWN, 3 },
		{ "j", KEY_DOWN, 1 }, { "\r", KEY_ENTER, 1 }, { "\x1b", KEY_BACK, 1 },
		{ "\x1b[5~", KEY_NONE, 4 }, { "\x1bOD", KEY_BACK, 3 }, { "\x01q", KEY_NONE, 1 },
		{ "\xe2\x96\x88", KEY_NONE, 1 }, { "", KEY_NONE, 0 } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t used;

		assert_int_equal(
			keys_decode(cases[i].bytes, strlen(cases[i].bytes), &used), cases[i].key);
		assert_int_equal(used, cases[i].used);
	}
}

static void amounts_are_of_three_digits(void **state)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = { { 0, "0" }, { 7, "7" }, { 0.5, "0.50" }, { 999, "999" }, { 1000, "1.00k" },
		{ 999.7, "1.00k" }, { 17926, "17.9k" }, { 1210000, "1.21M" }, { 4.2e10, "42.0G" },
		{ 1.36554e17, "137P" }, { 1.8446e19, "18.4E" }, { NAN, "-" }, { INFINITY, "-" } };
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

static void holders_are_named_or_counted(void **state)
{
	struct holders many = { .process_count = HOLDERS_MAX + 3, .processes_hidden = true };
	const struct holders none = { .programs_hidden = true, .processes_hidden = true };
	char text[HOLDERS_TEXT_SIZE];

	(void)state;
	assert_says(holders_text(&none, text, sizeof(text)),
		"nobody visible; others may be hidden (needs CAP_SYS_ADMIN, CAP_SYS_PTRACE)");
	for (uint32_t i = 0; i < HOLDERS_MAX; i++) {
		many.processes[i].id = i + 1;
		watch_name_set(many.processes[i].name, "");
	}
	assert_says(holders_text(&many, text, sizeof(text)), "- (pid 1), - (pid 2)");
	assert_says(text, " and 3 more; others may be hidden (needs CAP_SYS_PTRACE)");
}

static void hostile_names_are_harmless(void **state)
{
	char name[HOLDER_NAME_SIZE];

	(void)state;
	watch_name_set(name, "a\x1b[2J\"\\\n\x7f\xff }");
	assert_string_equal(name, "a?[2J????? }");
	watch_name_set(name, "sixteen_letters_and_more");
	assert_string_equal(name, "sixteen_letters_");
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
	struct live_watch watch = { .done = 2, .total = 42 };
	struct observation o = {
		.combination = { &batch_reader, WAIT_PACED },
		.elapsed_ns = 500 * MS,
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
	live_watch_write(out, &watch, &o);
	o.consumed = o.cpu_ns = o.waiting = o.lost = LIVE_UNKNOWN;
	live_watch_write(out, &watch, &o);
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
		fresh(the_view_says_all),
		fresh(the_view_says_what_was_not_seen),
		fresh(losses_are_said_with_their_source),
		fresh(a_stuck_head_is_the_programs),
		fresh(every_state_has_its_words),
		fresh(a_line_says_it_in_one),
		fresh(colours_are_those_of_the_state),
		fresh(what_needs_attention_comes_first),
		fresh(lists_can_be_sorted),
		fresh(those_that_nobody_holds_are_one_line),
		fresh(a_list_fits_the_terminal),
		fresh(names_and_owners_are_cut_to_their_columns),
		fresh(json_is_one_object_on_one_line),
		fresh(metrics_are_as_prometheus_takes_them),
		fresh(conditions_fail_and_say_why),
		fresh(wrong_conditions_are_refused),
		fresh(a_check_takes_as_long_as_it_needs),
		fresh(keys_are_told_apart),
		fresh(amounts_are_of_three_digits),
		fresh(bytes_shares_times_and_positions_are_readable),
		fresh(holders_are_named_or_counted),
		fresh(hostile_names_are_harmless),
		fresh(lines_are_cut_between_characters),
		fresh(what_a_run_does_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
