/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each flag of sweep does, as the JSON shows it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/folder.h"
#include "support/text.h"

#define SWEEP "sweep", QUICK
#define JSON "-format", "json"
#define TIMED "sweep", "-ring-size", "64KiB", "-source", "memory"

/* "16/fields/copy 16/fields/view" */
static void describe(const json_t *root, char *text, size_t size)
{
	json_t *result;
	size_t used = 0, i;

	text[0] = '\0';
	json_array_foreach(array_in(root, "results"), i, result)
	{
		used += (size_t)snprintf(text + used, size - used, "%s%d/%s/%s", i ? " " : "",
			(int)integer_in(result, "event_size"), text_in(result, "touch"),
			text_in(result, "path"));
		assert_true(used < size);
	}
}

static void assert_measures(const char *const *arguments, const char *expected)
{
	json_t *root = run_json(arguments);
	char found[4096];

	describe(root, found, sizeof(found));
	assert_string_equal(found, expected);
	json_decref(root);
}

static void sizes_are_the_event_sizes(void **state)
{
	(void)state;
	assert_measures(
		ARGUMENTS(SWEEP, JSON, "-n", "100", "-sizes", "16,4096,17", "-mode", "copy"),
		"16/fields/copy 4096/fields/copy 17/fields/copy");
}

static void sizes_takes_ranges(void **state)
{
	(void)state;
	assert_measures(
		ARGUMENTS(SWEEP, JSON, "-n", "100", "-sizes", "16:48:16,1KiB", "-mode", "view"),
		"16/fields/view 32/fields/view 48/fields/view 1024/fields/view");
}

static void mode_chooses_the_paths(void **state)
{
	(void)state;
	assert_measures(
		ARGUMENTS(SWEEP, JSON, "-n", "100", "-sizes", "16,32", "-mode", "view,batch"),
		"16/fields/view 16/fields/batch 32/fields/view 32/fields/batch");
}

static void mode_all_is_the_default(void **state)
{
	(void)state;
	need_bpf();
	assert_measures(ARGUMENTS("sweep", QUICK_BPF, JSON, "-n", "100", "-sizes", "16"),
		"16/fields/copy 16/fields/view 16/fields/batch 16/fields/memcpy-batch 16/fields/libbpf 16/fields/floor "
		"16/fields/memory");
}

static void touch_takes_a_list(void **state)
{
	(void)state;
	assert_measures(ARGUMENTS(SWEEP, JSON, "-n", "100", "-sizes", "16,32", "-mode", "copy",
				"-touch", "none,bytes"),
		"16/none/copy 32/none/copy 16/bytes/copy 32/bytes/copy");
}

static void n_is_the_events_of_each_size(void **state)
{
	json_t *root =
		run_json(ARGUMENTS(SWEEP, JSON, "-n", "345", "-sizes", "16,64", "-mode", "copy"));

	(void)state;
	assert_int_equal(
		integer_in(json_array_get(array_in(result_of(root, 0), "rounds"), 0), "consumed"),
		345);
	assert_int_equal(
		integer_in(json_array_get(array_in(result_of(root, 1), "rounds"), 0), "consumed"),
		345);
	json_decref(root);
}

/* 64 MiB of records: of 4096 bytes, with 8 of header. */
static void without_n_each_size_fills_64_mebibytes(void **state)
{
	json_t *root = run_json(
		ARGUMENTS(SWEEP, JSON, "-ring-size", "128MiB", "-sizes", "4096", "-mode", "batch"));

	(void)state;
	assert_int_equal(
		integer_in(json_array_get(array_in(result_of(root, 0), "rounds"), 0), "consumed"),
		(64 << 20) / 4104);
	json_decref(root);
}

static void rounds_are_those_of_each_size(void **state)
{
	json_t *root = run_json(ARGUMENTS(
		SWEEP, JSON, "-n", "100", "-sizes", "16,64", "-mode", "copy", "-rounds", "4"));

	(void)state;
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(json_array_size(array_in(result_of(root, i), "rounds")), 4);
	json_decref(root);
}

static void duration_is_that_of_each_size(void **state)
{
	json_t *root = run_json(ARGUMENTS(
		TIMED, JSON, "-n", "100", "-sizes", "16,64", "-mode", "copy", "-time", "100ms"));

	(void)state;
	for (size_t i = 0; i < 2; i++)
		assert_true(json_array_size(array_in(result_of(root, i), "rounds")) > 2);
	json_decref(root);
}

static void precision_is_that_of_each_size(void **state)
{
	json_t *root = run_json(ARGUMENTS(TIMED, JSON, "-n", "100", "-sizes", "16,64", "-mode",
		"both", "-precision", "1000000%"));

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(json_array_size(array_in(result_of(root, i), "rounds")), 6);
	json_decref(root);
}

static void the_workload_says_what_is_the_same_for_all_sizes(void **state)
{
	json_t *root = run_json(ARGUMENTS(SWEEP, JSON, "-n", "100", "-sizes", "16", "-ring-size",
		"32KiB", "-batch", "5", "-read-timeout", "2ms", "-mode", "batch"));
	const json_t *workload = object_in(root, "workload");

	(void)state;
	assert_string_equal(text_in(workload, "source"), "memory");
	assert_string_equal(text_in(workload, "event"), "sized");
	assert_int_equal(integer_in(workload, "ring_size"), 32768);
	assert_int_equal(integer_in(workload, "batch"), 5);
	assert_int_equal(integer_in(workload, "read_timeout_ns"), 2000000);
	json_decref(root);
}

static void cpu_pins_to_that_cpu(void **state)
{
	json_t *root = run_json(
		ARGUMENTS(SWEEP, JSON, "-n", "100", "-sizes", "16", "-mode", "copy", "-cpu", "0"));

	(void)state;
	assert_string_equal(text_in(object_in(root, "environment"), "affinity_given"), "0");
	json_decref(root);
}

static void o_writes_to_a_file(void **state)
{
	const char *path = folder_path(state, "sweep.json");
	struct outcome outcome = run(
		ARGUMENTS(SWEEP, JSON, "-n", "100", "-sizes", "16", "-mode", "both", "-o", path));
	char *text;

	assert_done(&outcome);
	assert_string_equal(outcome.out, "");
	text = file_text(path);
	assert_matches(text, "\"command\": \"sweep\"");
	free(text);
	outcome_free(&outcome);
}

static void the_command_line_can_be_repeated(void **state)
{
	json_t *root =
		run_json(ARGUMENTS(SWEEP, JSON, "-n", "100", "-sizes", "16", "-mode", "both"));

	(void)state;
	assert_matches(text_in(root, "command_line"), "^bpf_ringbuf_zc_benchmark sweep -ring-size");
	json_decref(root);
}

static void every_size_from_16_to_80_is_read_rightly(void **state)
{
	json_t *root = run_json(ARGUMENTS(SWEEP, JSON, "-n", "200", "-sizes", "16:80:1", "-mode",
		"both,batch", "-touch", "fields,bytes"));

	(void)state;
	assert_int_equal(json_array_size(array_in(root, "results")), 65 * 3 * 2);
	json_decref(root);
}

static void every_size_from_16_to_80_is_read_rightly_from_the_kernel(void **state)
{
	json_t *root;

	(void)state;
	need_bpf();
	root = run_json(ARGUMENTS("sweep", QUICK_BPF, JSON, "-n", "200", "-sizes", "16:80:3",
		"-mode", "both,batch,libbpf"));
	assert_int_equal(json_array_size(array_in(root, "results")), 22 * 4);
	json_decref(root);
}

static void the_text_has_a_row_of_every_size(void **state)
{
	struct outcome outcome =
		run(ARGUMENTS(SWEEP, "-n", "500", "-sizes", "16,100,1000", "-mode", "both,batch"));

	(void)state;
	assert_done(&outcome);
	assert_matches(
		outcome.out, "^ size +copy +(view +batch|batch +view) +fastest +\\[95 %\\]$");
	assert_matches(outcome.out, "^   16 +[0-9.]+M( +[0-9]+\\.[0-9]{2}[+?=-]){2} +[a-z]+");
	assert_matches(outcome.out, "^  100 +[0-9.]+M( +[0-9]+\\.[0-9]{2}[+?=-]){2} +[a-z]+");
	assert_matches(outcome.out, "^ 1000 +[0-9.]+M( +[0-9]+\\.[0-9]{2}[+?=-]){2} +[a-z]+");
	outcome_free(&outcome);
}

static void the_text_says_where_view_beats_copy(void **state)
{
	struct outcome outcome =
		run(ARGUMENTS(SWEEP, "-n", "500", "-sizes", "16,1000", "-mode", "both"));

	(void)state;
	assert_done(&outcome);
	assert_matches(outcome.out,
		"^view beats copy (from [0-9]+ B on: [0-9.]+x|at no size|at [0-9]+ "
		"of [0-9]+ sizes)");
	outcome_free(&outcome);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_the_event_sizes),
		cmocka_unit_test(sizes_takes_ranges),
		cmocka_unit_test(mode_chooses_the_paths),
		cmocka_unit_test(mode_all_is_the_default),
		cmocka_unit_test(touch_takes_a_list),
		cmocka_unit_test(n_is_the_events_of_each_size),
		cmocka_unit_test(without_n_each_size_fills_64_mebibytes),
		cmocka_unit_test(rounds_are_those_of_each_size),
		cmocka_unit_test(duration_is_that_of_each_size),
		cmocka_unit_test(precision_is_that_of_each_size),
		cmocka_unit_test(the_workload_says_what_is_the_same_for_all_sizes),
		cmocka_unit_test(cpu_pins_to_that_cpu),
		cmocka_unit_test_setup_teardown(o_writes_to_a_file, folder_make, folder_remove),
		cmocka_unit_test(the_command_line_can_be_repeated),
		cmocka_unit_test(every_size_from_16_to_80_is_read_rightly),
		cmocka_unit_test(every_size_from_16_to_80_is_read_rightly_from_the_kernel),
		cmocka_unit_test(the_text_has_a_row_of_every_size),
		cmocka_unit_test(the_text_says_where_view_beats_copy),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
