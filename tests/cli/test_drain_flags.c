/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each flag of drain does, as the JSON shows it.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/folder.h"
#include "support/text.h"

#define JSON QUICK, "-format", "json"
#define TIMED "-ring-size", "64KiB", "-source", "memory", "-format", "json"

static void assert_workload(const char *const *arguments, const char *name, json_int_t expected)
{
	json_t *root = run_json(arguments);

	assert_int_equal(integer_in(object_in(root, "workload"), name), expected);
	json_decref(root);
}

static void assert_workload_text(
	const char *const *arguments, const char *name, const char *expected)
{
	json_t *root = run_json(arguments);

	assert_string_equal(text_in(object_in(root, "workload"), name), expected);
	json_decref(root);
}

/* The value of @name in each result, in order, with commas. */
static void assert_results(const char *const *arguments, const char *name, const char *expected)
{
	json_t *root = run_json(arguments), *result;
	char found[256] = "";
	size_t i;

	json_array_foreach(array_in(root, "results"), i, result)
	{
		if (i > 0)
			strcat(found, ",");
		strncat(found, text_in(result, name), 32);
	}
	assert_string_equal(found, expected);
	json_decref(root);
}

static size_t rounds_with(const char *const *arguments)
{
	json_t *root = run_json(arguments);
	size_t rounds = rounds_of(root);

	json_decref(root);
	return rounds;
}

static void n_is_the_number_of_events(void **state)
{
	json_t *root = run_json(ARGUMENTS(JSON, "-n", "1234"));

	(void)state;
	assert_int_equal(integer_in(object_in(root, "workload"), "events"), 1234);
	assert_int_equal(
		integer_in(json_array_get(array_in(result_of(root, 0), "rounds"), 0), "consumed"),
		1234);
	assert_int_equal(
		integer_in(json_array_get(array_in(result_of(root, 1), "rounds"), 0), "consumed"),
		1234);
	json_decref(root);
}

static void n_takes_thousands(void **state)
{
	(void)state;
	assert_workload(ARGUMENTS(JSON, "-n", "2k"), "events", 2000);
}

static void mode_copy_reads_by_copying(void **state)
{
	(void)state;
	assert_results(ARGUMENTS(JSON, "-n", "500", "-mode", "copy"), "path", "copy");
}

static void mode_view_reads_views(void **state)
{
	(void)state;
	assert_results(ARGUMENTS(JSON, "-n", "500", "-mode", "view"), "path", "view");
}

static void mode_both_is_copy_and_view(void **state)
{
	(void)state;
	assert_results(ARGUMENTS(JSON, "-n", "500", "-mode", "both"), "path", "copy,view");
}

static void mode_takes_a_list_in_its_order(void **state)
{
	(void)state;
	assert_results(ARGUMENTS(JSON, "-n", "500", "-mode", "floor,batch,memory"), "path",
		"floor,batch,memory");
}

static void a_path_is_measured_once_though_named_twice(void **state)
{
	(void)state;
	assert_results(
		ARGUMENTS(JSON, "-n", "500", "-mode", "view,both,view"), "path", "view,copy");
}

static void mode_all_is_every_path_of_a_ring_of_the_kernel(void **state)
{
	(void)state;
	need_bpf();
	assert_results(ARGUMENTS(QUICK_BPF, "-format", "json", "-n", "500", "-mode", "all"), "path",
		"copy,view,batch,memcpy-batch,libbpf,floor,memory");
}

/* Says what it leaves out, on standard error. */
static void mode_all_leaves_out_libbpf_on_a_ring_in_memory(void **state)
{
	struct outcome outcome = run(ARGUMENTS(QUICK, "-n", "500", "-mode", "all"));

	(void)state;
	assert_int_equal(outcome.status, DONE);
	assert_non_null(strstr(outcome.err, "libbpf"));
	assert_null(strstr(outcome.out, "\nlibbpf"));
	outcome_free(&outcome);
}

/* Which also runs twice: it has a ratio to each other, and none to itself. */
static void baseline_is_what_ratios_refer_to(void **state)
{
	json_t *root =
		run_json(ARGUMENTS(JSON, "-n", "500", "-mode", "batch,view", "-baseline", "view"));
	const json_t *ratios = array_in(root, "ratios");

	(void)state;
	assert_int_equal(json_array_size(ratios), 1);
	assert_string_equal(text_in(json_array_get(ratios, 0), "path"), "batch");
	assert_string_equal(text_in(json_array_get(ratios, 0), "baseline"), "view");
	json_decref(root);
}

static void a_baseline_that_does_not_take_part_is_told(void **state)
{
	struct outcome outcome = run(ARGUMENTS(QUICK, "-baseline", "vew"));

	(void)state;
	assert_complains(
		&outcome, WRONG_USAGE, "-baseline: unknown reader \"vew\"; did you mean view?");
	outcome_free(&outcome);
	outcome = run(ARGUMENTS(QUICK, "-baseline", "batch"));
	assert_complains(&outcome, WRONG_USAGE, "-baseline: \"batch\" does not take part");
	outcome_free(&outcome);
}

static void read_timeout_is_the_readers(void **state)
{
	(void)state;
	assert_workload(
		ARGUMENTS(JSON, "-n", "500", "-read-timeout", "1.5ms"), "read_timeout_ns", 1500000);
}

static void ring_size_is_the_rings(void **state)
{
	(void)state;
	assert_workload(ARGUMENTS(JSON, "-n", "500", "-ring-size", "128KiB"), "ring_size", 131072);
}

static void ring_size_takes_bytes(void **state)
{
	(void)state;
	assert_workload(ARGUMENTS(JSON, "-n", "10", "-ring-size", "4096"), "ring_size", 4096);
}

static void touch_is_what_is_touched(void **state)
{
	(void)state;
	assert_results(
		ARGUMENTS(JSON, "-n", "500", "-mode", "copy", "-touch", "bytes"), "touch", "bytes");
}

static void touch_takes_a_list(void **state)
{
	(void)state;
	assert_results(
		ARGUMENTS(JSON, "-n", "500", "-mode", "copy", "-touch", "none,header,fields,bytes"),
		"touch", "none,header,fields,bytes");
}

static void batch_is_the_records_of_a_release(void **state)
{
	(void)state;
	assert_workload(ARGUMENTS(JSON, "-n", "500", "-mode", "batch", "-batch", "7"), "batch", 7);
}

static void source_memory_needs_no_kernel(void **state)
{
	(void)state;
	assert_workload_text(ARGUMENTS(JSON, "-n", "500"), "source", "memory");
}

static void source_bpf_is_the_kernels_ring(void **state)
{
	(void)state;
	need_bpf();
	assert_workload_text(ARGUMENTS(QUICK_BPF, "-format", "json", "-n", "500", "-source", "bpf"),
		"source", "bpf");
}

static void source_bpf_is_the_default(void **state)
{
	(void)state;
	need_bpf();
	assert_workload_text(ARGUMENTS(QUICK_BPF, "-format", "json", "-n", "500"), "source", "bpf");
}

static void event_sized_has_other_events(void **state)
{
	(void)state;
	assert_workload_text(ARGUMENTS(JSON, "-n", "500", "-event", "sized"), "event", "sized");
}

static void event_sized_works_on_a_ring_of_the_kernel(void **state)
{
	(void)state;
	need_bpf();
	assert_workload_text(ARGUMENTS(QUICK_BPF, "-format", "json", "-n", "500", "-event", "sized",
				     "-event-size", "100"),
		"event", "sized");
}

static void assert_event_size(const char *text, json_int_t expected)
{
	json_t *root = run_json(ARGUMENTS(
		JSON, "-ring-size", "256KiB", "-n", "100", "-event", "sized", "-event-size", text));

	assert_int_equal(integer_in(result_of(root, 0), "event_size"), expected);
	json_decref(root);
}

static void event_size_is_that_of_sized_events(void **state)
{
	(void)state;
	assert_event_size("123", 123);
}

static void the_smallest_event_size_works(void **state)
{
	(void)state;
	assert_event_size("16", 16);
}

static void the_largest_event_size_works(void **state)
{
	(void)state;
	assert_event_size("64KiB", 65536);
}

static void the_event_size_of_skb_meta_is_80(void **state)
{
	json_t *root = run_json(ARGUMENTS(JSON, "-n", "500"));

	(void)state;
	assert_int_equal(integer_in(result_of(root, 0), "event_size"), 80);
	json_decref(root);
}

/* copy, view, and copy once more make schedules of six rounds. */
static void rounds_are_rounded_up_to_whole_schedules(void **state)
{
	(void)state;
	assert_int_equal(rounds_with(ARGUMENTS(JSON, "-n", "500", "-rounds", "1")), 6);
	assert_int_equal(rounds_with(ARGUMENTS(JSON, "-n", "500", "-rounds", "6")), 6);
	assert_int_equal(rounds_with(ARGUMENTS(JSON, "-n", "500", "-rounds", "7")), 12);
}

static void the_most_rounds_are_whole_schedules_too(void **state)
{
	size_t rounds = rounds_with(ARGUMENTS(JSON, "-n", "10", "-rounds", "1024"));

	(void)state;
	assert_in_range(rounds, 1000, 1024);
	assert_int_equal(rounds % 6, 0);
}

/* Each run is a process of its own, with the rounds of one. */
static void runs_are_added_up(void **state)
{
	json_t *root = run_json(
		ARGUMENTS(JSON, "-n", "500", "-mode", "both", "-rounds", "5", "-runs", "3"));
	const json_t *ratio = json_array_get(array_in(root, "ratios"), 0);

	(void)state;
	assert_int_equal(integer_in(root, "runs"), 3);
	assert_int_equal(rounds_of(root), 3 * 6);
	assert_string_equal(text_in(ratio, "path"), "view");
	assert_string_equal(text_in(ratio, "baseline"), "copy");
	assert_true(real_in(ratio, "low") <= real_in(ratio, "median"));
	assert_int_equal(json_array_size(array_in(root, "noise")), 1);
	json_decref(root);
}

/* The process that starts the runs is pinned, and the runs are not. */
static void runs_can_use_two_cpus(void **state)
{
	json_t *root;

	(void)state;
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		skip();
	root = run_json(
		ARGUMENTS(JSON, "-n", "500", "-rounds", "2", "-runs", "2", "-caches", "own,other"));
	assert_int_equal(json_array_size(array_in(root, "noise")), 2);
	json_decref(root);
}

/* Wherever it goes. */
static void runs_can_go_to_a_file_as_text(void **state)
{
	const char *path = folder_path(state, "f");
	struct outcome outcome = run(ARGUMENTS(QUICK, "-n", "500", "-runs", "2", "-o", path));
	char *text = file_text(path);

	assert_done(&outcome);
	assert_matches(text, " rounds in 2 runs, ");
	free(text);
	outcome_free(&outcome);
}

static void a_short_duration_is_one_schedule(void **state)
{
	(void)state;
	assert_int_equal(rounds_with(ARGUMENTS(TIMED, "-n", "500", "-time", "1ms")), 6);
}

static void a_longer_duration_is_more_rounds(void **state)
{
	size_t rounds = rounds_with(ARGUMENTS(TIMED, "-n", "100", "-time", "300ms"));

	(void)state;
	assert_true(rounds > 6);
	assert_int_equal(rounds % 6, 0);
}

/* Until it is reached, or there are as many rounds as there can be. */
static void precision_goes_on_until_it_is_reached(void **state)
{
	json_t *root = run_json(ARGUMENTS(TIMED, "-n", "1000", "-precision", "3%")), *result;
	const bool most = rounds_of(root) >= 1000;
	size_t i;

	(void)state;
	json_array_foreach(array_in(root, "results"), i, result)
	{
		const json_t *ns = object_in(result, "ns_per_event");

		if (!most)
			assert_true((real_in(ns, "high") - real_in(ns, "low")) / 2 <=
				    0.0301 * real_in(ns, "median"));
	}
	json_decref(root);
}

static void a_rough_precision_takes_few_rounds(void **state)
{
	(void)state;
	assert_int_equal(rounds_with(ARGUMENTS(TIMED, "-n", "1000", "-precision", "1000000%")), 6);
}

static void cpu_pins_to_that_cpu(void **state)
{
	json_t *root = run_json(ARGUMENTS(JSON, "-n", "500", "-cpu", "0"));
	const json_t *environment = object_in(root, "environment");

	(void)state;
	assert_int_equal(integer_in(environment, "affinity_asked"), 0);
	assert_int_equal(integer_in(environment, "affinity_cpus"), 1);
	assert_string_equal(text_in(environment, "affinity_given"), "0");
	json_decref(root);
}

/* The one thing that only the machine can tell is wrong. */
static void a_cpu_beyond_the_machine_is_told(void **state)
{
	char number[16];

	(void)state;
	snprintf(number, sizeof(number), "%ld", sysconf(_SC_NPROCESSORS_CONF));
	assert_command_complains(
		&(struct command){ .arguments = ARGUMENTS(JSON, "-n", "500", "-cpu", number) },
		WRONG_USAGE, "-cpu: cannot run on CPU");
}

static void two_dashes_are_as_good_as_one(void **state)
{
	(void)state;
	assert_workload(ARGUMENTS(JSON, "--n", "321"), "events", 321);
}

static void a_value_may_follow_an_equals_sign(void **state)
{
	(void)state;
	assert_workload(ARGUMENTS(JSON, "-n=322"), "events", 322);
}

static void two_dashes_and_an_equals_sign_work(void **state)
{
	(void)state;
	assert_workload(ARGUMENTS(JSON, "--n=323"), "events", 323);
}

static void the_last_of_two_values_counts(void **state)
{
	(void)state;
	assert_workload(ARGUMENTS(JSON, "-n", "1", "-n", "324"), "events", 324);
}

static void drain_may_be_named(void **state)
{
	json_t *root = run_json(ARGUMENTS("drain", JSON, "-n", "325"));

	(void)state;
	assert_string_equal(text_in(root, "command"), "drain");
	assert_int_equal(integer_in(object_in(root, "workload"), "events"), 325);
	json_decref(root);
}

static void what_is_named_twice_is_measured_once(void **state)
{
	json_t *root = run_json(ARGUMENTS(QUICK, "-format", "json", "-n", "100", "-mode",
		"view,view,both", "-touch", "header,none,header"));

	(void)state;
	assert_int_equal(json_array_size(array_in(root, "results")), 4);
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_named_twice_is_measured_once),
		cmocka_unit_test(n_is_the_number_of_events),
		cmocka_unit_test(n_takes_thousands),
		cmocka_unit_test(mode_copy_reads_by_copying),
		cmocka_unit_test(mode_view_reads_views),
		cmocka_unit_test(mode_both_is_copy_and_view),
		cmocka_unit_test(mode_takes_a_list_in_its_order),
		cmocka_unit_test(a_path_is_measured_once_though_named_twice),
		cmocka_unit_test(mode_all_is_every_path_of_a_ring_of_the_kernel),
		cmocka_unit_test(mode_all_leaves_out_libbpf_on_a_ring_in_memory),
		cmocka_unit_test(baseline_is_what_ratios_refer_to),
		cmocka_unit_test(a_baseline_that_does_not_take_part_is_told),
		cmocka_unit_test(read_timeout_is_the_readers),
		cmocka_unit_test(ring_size_is_the_rings),
		cmocka_unit_test(ring_size_takes_bytes),
		cmocka_unit_test(touch_is_what_is_touched),
		cmocka_unit_test(touch_takes_a_list),
		cmocka_unit_test(batch_is_the_records_of_a_release),
		cmocka_unit_test(source_memory_needs_no_kernel),
		cmocka_unit_test(source_bpf_is_the_kernels_ring),
		cmocka_unit_test(source_bpf_is_the_default),
		cmocka_unit_test(event_sized_has_other_events),
		cmocka_unit_test(event_sized_works_on_a_ring_of_the_kernel),
		cmocka_unit_test(event_size_is_that_of_sized_events),
		cmocka_unit_test(the_smallest_event_size_works),
		cmocka_unit_test(the_largest_event_size_works),
		cmocka_unit_test(the_event_size_of_skb_meta_is_80),
		cmocka_unit_test(rounds_are_rounded_up_to_whole_schedules),
		cmocka_unit_test(the_most_rounds_are_whole_schedules_too),
		cmocka_unit_test(runs_are_added_up),
		cmocka_unit_test(runs_can_use_two_cpus),
		cmocka_unit_test_setup_teardown(
			runs_can_go_to_a_file_as_text, folder_make, folder_remove),
		cmocka_unit_test(a_short_duration_is_one_schedule),
		cmocka_unit_test(a_longer_duration_is_more_rounds),
		cmocka_unit_test(precision_goes_on_until_it_is_reached),
		cmocka_unit_test(a_rough_precision_takes_few_rounds),
		cmocka_unit_test(cpu_pins_to_that_cpu),
		cmocka_unit_test(a_cpu_beyond_the_machine_is_told),
		cmocka_unit_test(two_dashes_are_as_good_as_one),
		cmocka_unit_test(a_value_may_follow_an_equals_sign),
		cmocka_unit_test(two_dashes_and_an_equals_sign_work),
		cmocka_unit_test(the_last_of_two_values_counts),
		cmocka_unit_test(drain_may_be_named),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
