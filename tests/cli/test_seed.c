/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line of the program that this one grew from, and the lines that it wrote.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/checks.h"
#include "../support/skipping.h"
#include "support/text.h"

#define EVENTS "20000"
#define COPY_LINE                                                                         \
	"^read-into \\(copy\\):     " EVENTS " events in ([^ ]+) \\(([0-9]+\\.[0-9]{2}) " \
	"Mevents/s\\), checksum=([0-9]+)$"
#define VIEW_LINE                                                                          \
	"^read-view \\(zero-copy\\): " EVENTS " events in ([^ ]+) \\(([0-9]+\\.[0-9]{2}) " \
	"Mevents/s\\), checksum=([0-9]+)$"

static struct outcome seed; /* of one run, for all tests */

static int run_seed(void **state)
{
	(void)state;
	if (privileges_held(BPF_CAPABILITIES))
		seed = run(ARGUMENTS("-n", EVENTS, "-read-timeout", "0ms", "-mode", "both"));
	return 0;
}

static int free_seed(void **state)
{
	(void)state;
	outcome_free(&seed);
	return 0;
}

static void the_seeds_command_line_works(void **state)
{
	(void)state;
	need_bpf();
	assert_done(&seed);
}

static void the_first_line_is_the_copys(void **state)
{
	char *line;

	(void)state;
	need_bpf();
	line = line_of(seed.out, 0);
	assert_matches(line, COPY_LINE);
	free(line);
}

static void the_second_line_is_the_views(void **state)
{
	char *line;

	(void)state;
	need_bpf();
	line = line_of(seed.out, 1);
	assert_matches(line, VIEW_LINE);
	free(line);
}

static void the_third_line_is_the_ratio(void **state)
{
	char *line;

	(void)state;
	need_bpf();
	line = line_of(seed.out, 2);
	assert_matches(line, "^view is [0-9]+\\.[0-9]{2}x as fast as copy "
			     "\\[[0-9]+\\.[0-9]{2}, [0-9]+\\.[0-9]{2}\\]: "
			     "(faster|slower|same|within noise|too noisy|too few rounds)$");
	free(line);
}

static void both_checksums_are_equal(void **state)
{
	char *copy, *view;

	(void)state;
	need_bpf();
	copy = matched(seed.out, COPY_LINE, 3);
	view = matched(seed.out, VIEW_LINE, 3);
	assert_string_equal(copy, view);
	free(copy);
	free(view);
}

static void the_checksum_is_of_something(void **state)
{
	char *checksum;

	(void)state;
	need_bpf();
	checksum = matched(seed.out, COPY_LINE, 3);
	assert_string_not_equal(checksum, "0");
	free(checksum);
}

static void assert_duration(const char *pattern)
{
	char *text = matched(seed.out, pattern, 1);

	if (duration_ns(text) <= 0)
		fail_msg("\"%s\" is not a duration as Go writes it", text);
	free(text);
}

static void the_copys_time_is_a_duration_of_go(void **state)
{
	(void)state;
	need_bpf();
	assert_duration(COPY_LINE);
}

static void the_views_time_is_a_duration_of_go(void **state)
{
	(void)state;
	need_bpf();
	assert_duration(VIEW_LINE);
}

/* Four digits of the duration, and two behind the point of the rate. */
static void assert_rate_is_events_over_time(const char *pattern)
{
	char *duration = matched(seed.out, pattern, 1), *rate = matched(seed.out, pattern, 2);
	const double expected = atof(EVENTS) / duration_ns(duration) * 1e3;

	if (fabs(atof(rate) - expected) > expected * 1e-3 + 0.01)
		fail_msg("%s Mevents/s instead of %f", rate, expected);
	free(duration);
	free(rate);
}

static void the_copys_rate_is_its_events_over_its_time(void **state)
{
	(void)state;
	need_bpf();
	assert_rate_is_events_over_time(COPY_LINE);
}

static void the_views_rate_is_its_events_over_its_time(void **state)
{
	(void)state;
	need_bpf();
	assert_rate_is_events_over_time(VIEW_LINE);
}

/* What the default of each flag is, is a promise too. */
static void without_flags_it_reads_50000_events_both_ways(void **state)
{
	struct outcome outcome;

	(void)state;
	need_bpf();
	outcome = run(ARGUMENTS(NULL));
	assert_done(&outcome);
	assert_matches(outcome.out, "^read-into \\(copy\\):     50000 events in ");
	assert_matches(outcome.out, "^read-view \\(zero-copy\\): 50000 events in ");
	outcome_free(&outcome);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_seeds_command_line_works),
		cmocka_unit_test(the_first_line_is_the_copys),
		cmocka_unit_test(the_second_line_is_the_views),
		cmocka_unit_test(the_third_line_is_the_ratio),
		cmocka_unit_test(both_checksums_are_equal),
		cmocka_unit_test(the_checksum_is_of_something),
		cmocka_unit_test(the_copys_time_is_a_duration_of_go),
		cmocka_unit_test(the_views_time_is_a_duration_of_go),
		cmocka_unit_test(the_copys_rate_is_its_events_over_its_time),
		cmocka_unit_test(the_views_rate_is_its_events_over_its_time),
		cmocka_unit_test(without_flags_it_reads_50000_events_both_ways),
	};

	return exit_status(cmocka_run_group_tests(tests, run_seed, free_seed), COUNT(tests));
}
