/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * csv and gobench, for programs that read lines.
 */
#include <stdlib.h>
#include <string.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/text.h"

#define CSV_HEADER                                                                          \
	"path,touch,event_size,source,event,events,ring_size,batch,read_timeout_ns,caches," \
	"round,ns_per_event,elapsed_ns,consumed,mevents_per_s"

/* Two paths, two touches, six rounds. */
#define DRAIN QUICK, "-n", "700", "-mode", "both", "-touch", "fields,bytes", "-rounds", "6"

/* Three paths, three sizes, two touches, four rounds. */
#define SWEEP                                                                                      \
	"sweep", QUICK, "-n", "300", "-mode", "copy,view,batch", "-sizes", "16,64,1000", "-touch", \
		"none,fields", "-rounds", "4"

static char *output_of(const char *const *arguments)
{
	struct outcome outcome = run(arguments);
	char *out = strdup(outcome.out);

	assert_done(&outcome);
	outcome_free(&outcome);
	return out;
}

static void csv_starts_with_the_names_of_its_columns(void **state)
{
	char *out = output_of(ARGUMENTS(DRAIN, "-format", "csv")), *line = line_of(out, 0);

	(void)state;
	assert_string_equal(line, CSV_HEADER);
	free(line);
	free(out);
}

static void csv_of_drain_has_a_row_of_each_path_touch_and_round(void **state)
{
	char *out = output_of(ARGUMENTS(DRAIN, "-format", "csv"));

	(void)state;
	assert_int_equal(count_lines(out), 1 + 2 * 2 * 6);
	free(out);
}

static void csv_of_sweep_has_a_row_of_each_path_size_touch_and_round(void **state)
{
	char *out = output_of(ARGUMENTS(SWEEP, "-format", "csv"));

	(void)state;
	assert_int_equal(count_lines(out), 1 + 3 * 3 * 2 * 4);
	free(out);
}

static void every_row_of_csv_has_the_same_number_of_fields(void **state)
{
	char *out = output_of(ARGUMENTS(SWEEP, "-format", "csv"));

	(void)state;
	for (size_t i = 0; i < count_lines(out); i++) {
		char *line = line_of(out, i);

		assert_int_equal(count_of(line, ","), count_of(CSV_HEADER, ","));
		free(line);
	}
	free(out);
}

static void every_row_of_csv_has_names_and_numbers(void **state)
{
	char *out = output_of(ARGUMENTS(SWEEP, "-format", "csv"));

	(void)state;
	for (size_t i = 1; i < count_lines(out); i++) {
		char *line = line_of(out, i);

		assert_matches(line, "^(copy|view|batch),(none|fields),(16|64|1000),memory,sized,"
				     "300,65536,0,[0-9]+,cold,[1-4],[0-9.]+,[0-9]+,300,"
				     "[0-9]+\\.[0-9]{4}$");
		free(line);
	}
	free(out);
}

static void rounds_of_csv_count_from_one(void **state)
{
	char *out = output_of(ARGUMENTS(DRAIN, "-format", "csv"));

	(void)state;
	assert_int_equal(count_of(out, ",cold,1,"), 4);
	assert_int_equal(count_of(out, ",cold,6,"), 4);
	assert_int_equal(count_of(out, ",cold,0,"), 0);
	assert_int_equal(count_of(out, ",cold,7,"), 0);
	free(out);
}

static void csv_has_no_quotes_and_no_carriage_returns(void **state)
{
	char *out = output_of(ARGUMENTS(DRAIN, "-format", "csv"));

	(void)state;
	assert_int_equal(strcspn(out, "\"'\r;"), strlen(out));
	free(out);
}

static void csv_of_the_kernels_ring_says_so(void **state)
{
	char *out;

	(void)state;
	need_bpf();
	out = output_of(ARGUMENTS(QUICK_BPF, "-n", "500", "-mode", "libbpf", "-format", "csv"));
	assert_matches(out, "^libbpf,fields,80,bpf,skb_meta,");
	free(out);
}

/* golang.org/design/14313-benchmark-format: configuration, then a name, a count and pairs. */
static void every_line_of_gobench_is_of_its_format(void **state)
{
	char *out = output_of(ARGUMENTS(SWEEP, "-format", "gobench"));

	(void)state;
	for (size_t i = 0; i < count_lines(out); i++) {
		char *line = line_of(out, i);

		assert_matches(line, "^([a-z][^ :A-Z]*: .+|Benchmark[A-Z][^ \t]* [0-9]+( "
				     "[0-9.]+ [^ \t]+)+)$");
		free(line);
	}
	free(out);
}

static void gobench_says_where_it_ran(void **state)
{
	char *out = output_of(ARGUMENTS(DRAIN, "-format", "gobench"));

	(void)state;
	assert_matches(out, "^goos: linux$");
	assert_matches(out, "^goarch: [a-z0-9]+$");
	assert_matches(out, "^pkg: ringview$");
	free(out);
}

static void gobench_has_a_line_of_each_path_size_touch_and_round(void **state)
{
	char *out = output_of(ARGUMENTS(SWEEP, "-format", "gobench"));

	(void)state;
	assert_int_equal(count_of(out, "\nBenchmark"), 3 * 3 * 2 * 4);
	free(out);
}

static void gobench_names_path_size_touch_and_event(void **state)
{
	char *out = output_of(ARGUMENTS(SWEEP, "-format", "gobench"));

	(void)state;
	assert_int_equal(
		count_of(out, "\nBenchmarkRead/event=sized/size=64/touch=none/path=view"), 4);
	free(out);
}

static void gobench_gives_time_bytes_and_events(void **state)
{
	char *out = output_of(ARGUMENTS(DRAIN, "-format", "gobench"));

	(void)state;
	assert_matches(out, "^BenchmarkRead/event=skb_meta/size=80/touch=bytes/path=copy 700 "
			    "[0-9]+\\.[0-9]{4} ns/op [0-9]+\\.[0-9]{2} MB/s [0-9]+ events/s$");
	free(out);
}

/* The names of units in the Go format: MB are 10^6 bytes. */
static void the_bytes_of_gobench_are_those_of_its_time(void **state)
{
	static const char pattern[] = "path=copy 700 ([0-9.]+) ns/op ([0-9.]+) MB/s ([0-9]+) ";
	char *out = output_of(ARGUMENTS(DRAIN, "-format", "gobench"));
	char *ns = matched(out, pattern, 1), *bytes = matched(out, pattern, 2),
	     *events = matched(out, pattern, 3);

	(void)state;
	assert_in_range(80 * 1e3 / atof(ns) / atof(bytes) * 1e6, 999000, 1001000);
	assert_in_range(1e9 / atof(ns) / atof(events) * 1e6, 999000, 1001000);
	free(ns);
	free(bytes);
	free(events);
	free(out);
}

static void every_format_ends_with_a_line_end(void **state)
{
	static const char *const formats[] = { "text", "json", "csv", "gobench" };

	(void)state;
	for (size_t i = 0; i < COUNT(formats); i++) {
		char *out = output_of(ARGUMENTS(DRAIN, "-format", formats[i]));

		assert_true(strlen(out) > 1);
		assert_int_equal(out[strlen(out) - 1], '\n');
		assert_int_not_equal(out[strlen(out) - 2], '\n');
		free(out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_starts_with_the_names_of_its_columns),
		cmocka_unit_test(csv_of_drain_has_a_row_of_each_path_touch_and_round),
		cmocka_unit_test(csv_of_sweep_has_a_row_of_each_path_size_touch_and_round),
		cmocka_unit_test(every_row_of_csv_has_the_same_number_of_fields),
		cmocka_unit_test(every_row_of_csv_has_names_and_numbers),
		cmocka_unit_test(rounds_of_csv_count_from_one),
		cmocka_unit_test(csv_has_no_quotes_and_no_carriage_returns),
		cmocka_unit_test(csv_of_the_kernels_ring_says_so),
		cmocka_unit_test(every_line_of_gobench_is_of_its_format),
		cmocka_unit_test(gobench_says_where_it_ran),
		cmocka_unit_test(gobench_has_a_line_of_each_path_size_touch_and_round),
		cmocka_unit_test(gobench_names_path_size_touch_and_event),
		cmocka_unit_test(gobench_gives_time_bytes_and_events),
		cmocka_unit_test(the_bytes_of_gobench_are_those_of_its_time),
		cmocka_unit_test(every_format_ends_with_a_line_end),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
