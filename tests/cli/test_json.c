/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The JSON of drain and sweep has all that programs need.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/text.h"

#define JSON QUICK, "-format", "json"

static json_t *drained; /* one run of each, for the tests that only look */
static json_t *swept;

static int run_both(void **state)
{
	(void)state;
	drained = run_json(ARGUMENTS(JSON, "-n", "1000", "-mode", "copy,view,batch,floor,memory",
		"-touch", "fields,bytes", "-rounds", "6"));
	swept = run_json(ARGUMENTS("sweep", JSON, "-n", "500", "-mode", "copy,view,floor", "-sizes",
		"16,100", "-rounds", "4"));
	return 0;
}

static int free_both(void **state)
{
	(void)state;
	json_decref(drained);
	json_decref(swept);
	return 0;
}

typedef void (*look_at)(const json_t *);

static void for_each(const char *array, look_at look)
{
	const json_t *roots[] = { drained, swept };

	for (size_t r = 0; r < COUNT(roots); r++) {
		const json_t *items = array_in(roots[r], array);

		assert_true(json_array_size(items) > 0);
		for (size_t i = 0; i < json_array_size(items); i++)
			look(json_array_get(items, i));
	}
}

static void the_schema_is_named(void **state)
{
	(void)state;
	assert_string_equal(text_in(drained, "schema"), "ringview.result/2");
	assert_string_equal(text_in(swept, "schema"), "ringview.result/2");
}

static void the_command_is_named(void **state)
{
	(void)state;
	assert_string_equal(text_in(drained, "command"), "drain");
	assert_string_equal(text_in(swept, "command"), "sweep");
}

static void the_command_line_is_given(void **state)
{
	(void)state;
	assert_matches(text_in(drained, "command_line"),
		"^bpf_ringbuf_zc_benchmark -ring-size 64KiB .*-mode copy,view,batch,floor,memory");
}

static void the_environment_is_described(void **state)
{
	const json_t *environment = object_in(drained, "environment");

	(void)state;
	assert_matches(text_in(environment, "timestamp"),
		"^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$");
	assert_true(strlen(text_in(environment, "kernel_release")) > 0);
	assert_true(integer_in(environment, "cpus_online") > 0);
	assert_true(strlen(text_in(environment, "ringview_version")) > 0);
	assert_true(strlen(text_in(environment, "compiler")) > 0);
}

static void the_workload_is_described(void **state)
{
	const json_t *workload = object_in(drained, "workload");

	(void)state;
	assert_string_equal(text_in(workload, "source"), "memory");
	assert_string_equal(text_in(workload, "event"), "skb_meta");
	assert_int_equal(integer_in(workload, "events"), 1000);
	assert_int_equal(integer_in(workload, "ring_size"), 65536);
	assert_int_equal(integer_in(workload, "batch"), 0);
	assert_int_equal(integer_in(workload, "read_timeout_ns"), 5000000);
}

static void there_is_a_result_of_each_path_size_and_touch(void **state)
{
	(void)state;
	assert_int_equal(json_array_size(array_in(drained, "results")), 5 * 2);
	assert_int_equal(json_array_size(array_in(swept, "results")), 3 * 2);
}

static void look_at_names(const json_t *result)
{
	assert_true(strlen(text_in(result, "path")) > 0);
	assert_true(strlen(text_in(result, "touch")) > 0);
	assert_true(integer_in(result, "event_size") >= 16);
	assert_true(integer_in(json_array_get(array_in(result, "rounds"), 0), "consumed") > 0);
}

static void every_result_says_of_what(void **state)
{
	(void)state;
	for_each("results", look_at_names);
}

/* Five paths and one twice, three and one twice: whole schedules. */
static void every_round_is_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < 10; i++)
		assert_int_equal(json_array_size(array_in(result_of(drained, i), "rounds")), 6);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(json_array_size(array_in(result_of(swept, i), "rounds")), 4);
}

static void look_at_rounds(const json_t *result)
{
	const json_t *rounds = array_in(result, "rounds");

	for (size_t i = 0; i < json_array_size(rounds); i++) {
		assert_true(integer_in(json_array_get(rounds, i), "elapsed_ns") > 0);
		assert_true(integer_in(json_array_get(rounds, i), "consumed") > 0);
	}
}

static void every_round_took_some_time(void **state)
{
	(void)state;
	for_each("results", look_at_rounds);
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void look_at_median(const json_t *result)
{
	const json_t *rounds = array_in(result, "rounds");
		const size_t count = json_array_size(rounds);
	double ns[64], median;

	assert_true(count <= COUNT(ns));
	for (size_t i = 0; i < count; i++)
		ns[i] = (double)integer_in(json_array_get(rounds, i), "elapsed_ns") /
			(double)integer_in(json_array_get(rounds, i), "consumed");
	qsort(ns, count, sizeof(ns[0]), by_value);
	median = (ns[(count - 1) / 2] + ns[count / 2]) / 2;
	assert_true(fabs(real_in(object_in(result, "ns_per_event"), "median") - median) <=
		    1e-6 * median);
}

static void the_median_is_that_of_the_rounds(void **state)
{
	(void)state;
	for_each("results", look_at_median);
}

static void the_interval_of_six_rounds_encloses_the_median(void **state)
{
	(void)state;
	for (size_t i = 0; i < 10; i++) {
		const json_t *ns = object_in(result_of(drained, i), "ns_per_event");

		assert_true(real_in(ns, "low") <= real_in(ns, "median"));
		assert_true(real_in(ns, "median") <= real_in(ns, "high"));
	}
}

/* Too few for any: null, not a number that means nothing. */
static void four_rounds_have_no_interval(void **state)
{
	(void)state;
	for (size_t i = 0; i < 6; i++) {
		const json_t *ns = object_in(result_of(swept, i), "ns_per_event");

		assert_true(json_is_null(json_object_get(ns, "low")));
		assert_true(json_is_null(json_object_get(ns, "high")));
	}
}

static void look_at_rate(const json_t *result)
{
	const double rate = 1e3 / real_in(object_in(result, "ns_per_event"), "median");

	assert_true(fabs(real_in(result, "mevents_per_s") - rate) <= 1e-6 * rate);
}

static void mevents_per_s_is_that_of_the_median(void **state)
{
	(void)state;
	for_each("results", look_at_rate);
}

static void look_at_checksum(const json_t *result)
{
	const char *checksum = text_in(result, "checksum");

	assert_true(strlen(checksum) > 0);
	assert_int_equal(strspn(checksum, "0123456789"), strlen(checksum));
}

static void checksums_are_strings_of_digits(void **state)
{
	(void)state;
	for_each("results", look_at_checksum);
}

static void look_at_verified(const json_t *result)
{
	assert_true(json_is_true(json_object_get(result, "verified")));
}

static void every_result_is_verified(void **state)
{
	(void)state;
	for_each("results", look_at_verified);
}

static void readers_of_the_same_events_have_the_same_checksum(void **state)
{
	const char *copy = text_in(result_of(drained, 0), "checksum");

	(void)state;
	for (size_t i = 1; i < 4; i++) /* not memory: it sums other things */
		assert_string_equal(text_in(result_of(drained, i), "checksum"), copy);
}

static void look_at_ratio(const json_t *ratio)
{
	static const char *const verdicts[] = { "faster", "slower", "same", "within noise",
		"too noisy", "too few rounds" };
	const char *verdict = text_in(ratio, "verdict");
	size_t i;

	assert_string_not_equal(text_in(ratio, "path"), text_in(ratio, "baseline"));
	assert_true(integer_in(ratio, "event_size") >= 16);
	assert_true(real_in(ratio, "median") > 0);
	assert_non_null(json_object_get(ratio, "low"));
	assert_non_null(json_object_get(ratio, "high"));
	for (i = 0; i < COUNT(verdicts) && strcmp(verdict, verdicts[i]) != 0; i++)
		;
	assert_true(i < COUNT(verdicts));
}

static void every_ratio_is_whole(void **state)
{
	(void)state;
	for_each("ratios", look_at_ratio);
}

/* Four others to copy and four to floor, for each touch; two and two for each size. */
static void there_are_ratios_to_copy_and_floor(void **state)
{
	(void)state;
	assert_int_equal(json_array_size(array_in(drained, "ratios")), (4 + 4) * 2);
	assert_int_equal(json_array_size(array_in(swept, "ratios")), (2 + 2) * 2);
}

static void few_rounds_give_no_verdict(void **state)
{
	const json_t *ratios = array_in(swept, "ratios");

	(void)state;
	for (size_t i = 0; i < json_array_size(ratios); i++)
		assert_string_equal(
			text_in(json_array_get(ratios, i), "verdict"), "too few rounds");
}

static void warnings_are_texts(void **state)
{
	const json_t *warnings = array_in(drained, "warnings");

	(void)state;
	for (size_t i = 0; i < json_array_size(warnings); i++)
		assert_true(json_string_length(json_array_get(warnings, i)) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_schema_is_named),
		cmocka_unit_test(the_command_is_named),
		cmocka_unit_test(the_command_line_is_given),
		cmocka_unit_test(the_environment_is_described),
		cmocka_unit_test(the_workload_is_described),
		cmocka_unit_test(there_is_a_result_of_each_path_size_and_touch),
		cmocka_unit_test(every_result_says_of_what),
		cmocka_unit_test(every_round_is_there),
		cmocka_unit_test(every_round_took_some_time),
		cmocka_unit_test(the_median_is_that_of_the_rounds),
		cmocka_unit_test(the_interval_of_six_rounds_encloses_the_median),
		cmocka_unit_test(four_rounds_have_no_interval),
		cmocka_unit_test(mevents_per_s_is_that_of_the_median),
		cmocka_unit_test(checksums_are_strings_of_digits),
		cmocka_unit_test(every_result_is_verified),
		cmocka_unit_test(readers_of_the_same_events_have_the_same_checksum),
		cmocka_unit_test(every_ratio_is_whole),
		cmocka_unit_test(there_are_ratios_to_copy_and_floor),
		cmocka_unit_test(few_rounds_give_no_verdict),
		cmocka_unit_test(warnings_are_texts),
	};

	return exit_status(cmocka_run_group_tests(tests, run_both, free_both), COUNT(tests));
}
