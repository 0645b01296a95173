/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each flag of drain and sweep does, as the JSON shows it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/folder.h"
#include "support/text.h"

#define MEMORY "-source", "memory", "-format", "json"
#define WORDS_MAX 40

/* Runs the command line, whose words are separated by single spaces, on small rings and for few
 * rounds, unless it says otherwise. */
static json_t *run_line(const char *line)
{
	static const char *const defaults[] = { "-ring-size", "64KiB", "-rounds", "2", "-format",
		"json" };
	const char *arguments[WORDS_MAX] = { NULL };
	char text[512], *rest = text;
	const bool timed = strstr(line, "-time") || strstr(line, "-precision");
	size_t count = 0;

	strcpy(text, line);
	arguments[count++] = strsep(&rest, " ");
	for (size_t i = 0; i < COUNT(defaults); i++)
		if (!timed || i < 2 || i > 3)
			arguments[count++] = defaults[i];
	while (rest)
		arguments[count++] = strsep(&rest, " ");
	print_message("# %s\n", line);
	return run_json(arguments);
}

/* Members of the workload. */
static const struct {
	const char *line, *name, *text; /* NULL: a number */
	json_int_t number;
} workloads[] = {
	{ "drain -source memory -n 1234", "events", NULL, 1234 },
	{ "drain -source memory -n 2k", "events", NULL, 2000 },
	{ "drain -source memory --n 321", "events", NULL, 321 },
	{ "drain -source memory -n=322", "events", NULL, 322 },
	{ "drain -source memory --n=323", "events", NULL, 323 },
	{ "drain -source memory -n 1 -n 324", "events", NULL, 324 },
	{ "drain -source memory -n 500 -read-timeout 1.5ms", "read_timeout_ns", NULL, 1500000 },
	{ "drain -source memory -n 500 -ring-size 128KiB", "ring_size", NULL, 131072 },
	{ "drain -source memory -n 10 -ring-size 4096", "ring_size", NULL, 4096 },
	{ "drain -source memory -n 500 -mode batch -batch 7", "batch", NULL, 7 },
	{ "drain -source memory -n 500", "source", "memory", 0 },
	{ "drain -source memory -n 500 -event sized", "event", "sized", 0 },
	{ "sweep -source memory -n 100 -sizes 16 -mode batch", "source", "memory", 0 },
	{ "sweep -source memory -n 100 -sizes 16 -mode batch", "event", "sized", 0 },
	{ "sweep -source memory -n 100 -sizes 16 -mode copy -ring-size 32KiB", "ring_size", NULL,
		32768 },
	{ "sweep -source memory -n 100 -sizes 16 -mode batch -batch 5", "batch", NULL, 5 },
	{ "sweep -source memory -n 100 -sizes 16 -mode copy -read-timeout 2ms", "read_timeout_ns",
		NULL, 2000000 },
	/* The kernel's rings. */
	{ "drain -n 500 -source bpf", "source", "bpf", 0 },
	{ "drain -n 500", "source", "bpf", 0 },
	{ "drain -n 500 -event sized -event-size 100", "event", "sized", 0 },
};

static void flags_describe_the_workload(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(workloads); i++) {
		json_t *root, *workload;

		if (!strstr(workloads[i].line, "memory"))
			need_bpf();
		root = run_line(workloads[i].line);
		workload = object_in(root, "workload");
		if (workloads[i].text)
			assert_string_equal(
				text_in(workload, workloads[i].name), workloads[i].text);
		else
			assert_int_equal(
				integer_in(workload, workloads[i].name), workloads[i].number);
		json_decref(root);
	}
}

/* The results: SIZE/TOUCH/PATH of each, and rounds of each, if it is not 0. */
static const struct {
	const char *line, *results;
	size_t rounds;
} measured[] = {
	{ "drain -source memory -n 500", "80/fields/copy 80/fields/view", 6 },
	{ "drain -source memory -n 500 -mode copy", "80/fields/copy", 2 },
	{ "drain -source memory -n 500 -mode both", "80/fields/copy 80/fields/view", 6 },
	{ "drain -source memory -n 500 -mode floor,batch,memory",
		"80/fields/floor 80/fields/batch 80/fields/memory", 0 },
	{ "drain -source memory -n 500 -mode view,both,view", "80/fields/view 80/fields/copy", 6 },
	{ "drain -source memory -n 500 -mode copy -touch none,header,fields,bytes",
		"80/none/copy 80/header/copy 80/fields/copy 80/bytes/copy", 2 },
	{ "drain -source memory -n 100 -mode view,view,both -touch header,none,header",
		"80/header/view 80/header/copy 80/none/view 80/none/copy", 6 },
	{ "drain -source memory -n 100 -mode copy -event sized -event-size 123", "123/fields/copy",
		2 },
	{ "drain -source memory -n 100 -mode copy -event sized -event-size 16", "16/fields/copy",
		2 },
	{ "drain -source memory -n 10 -mode copy -event sized -event-size 64KiB -ring-size 256KiB",
		"65536/fields/copy", 2 },
	/* copy, view, and copy once more make schedules of six rounds. */
	{ "drain -source memory -n 500 -rounds 1", "80/fields/copy 80/fields/view", 6 },
	{ "drain -source memory -n 500 -rounds 6", "80/fields/copy 80/fields/view", 6 },
	{ "drain -source memory -n 500 -rounds 7", "80/fields/copy 80/fields/view", 12 },
	{ "drain -source memory -n 10 -rounds 1024", "80/fields/copy 80/fields/view", 1020 },
	{ "drain -source memory -n 500 -time 1ms", "80/fields/copy 80/fields/view", 6 },
	{ "drain -source memory -n 1000 -precision 1000000%", "80/fields/copy 80/fields/view", 6 },
	{ "sweep -source memory -n 100 -sizes 16,4096,17 -mode copy",
		"16/fields/copy 4096/fields/copy 17/fields/copy", 2 },
	{ "sweep -source memory -n 100 -sizes 16:48:16,1KiB -mode view",
		"16/fields/view 32/fields/view 48/fields/view 1024/fields/view", 2 },
	{ "sweep -source memory -n 100 -sizes 16,32 -mode view,batch",
		"16/fields/view 16/fields/batch 32/fields/view 32/fields/batch", 0 },
	{ "sweep -source memory -n 100 -sizes 16,32 -mode copy -touch none,bytes",
		"16/none/copy 32/none/copy 16/bytes/copy 32/bytes/copy", 2 },
	{ "sweep -source memory -n 100 -sizes 16,64 -mode copy -rounds 4",
		"16/fields/copy 64/fields/copy", 4 },
	{ "sweep -source memory -n 100 -sizes 16,64 -mode both -precision 1000000%",
		"16/fields/copy 16/fields/view 64/fields/copy 64/fields/view", 6 },
	/* The kernel's rings. */
	{ "drain -n 500 -mode all",
		"80/fields/copy 80/fields/view 80/fields/batch 80/fields/memcpy-batch "
		"80/fields/libbpf 80/fields/floor 80/fields/memory",
		0 },
	{ "sweep -n 100 -sizes 16",
		"16/fields/copy 16/fields/view 16/fields/batch 16/fields/memcpy-batch "
		"16/fields/libbpf 16/fields/floor 16/fields/memory",
		0 },
};

static void flags_choose_what_is_measured(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(measured); i++) {
		json_t *root, *result;
		char found[1024] = "";
		size_t n;

		if (!strstr(measured[i].line, "memory"))
			need_bpf();
		root = run_line(measured[i].line);
		json_array_foreach(array_in(root, "results"), n, result)
		{
			sprintf(found + strlen(found), "%s%d/%s/%s", n ? " " : "",
				(int)integer_in(result, "event_size"), text_in(result, "touch"),
				text_in(result, "path"));
			if (measured[i].rounds > 0)
				assert_int_equal(json_array_size(array_in(result, "rounds")),
					measured[i].rounds);
		}
		assert_string_equal(found, measured[i].results);
		json_decref(root);
	}
}

static json_int_t consumed(const json_t *root, size_t result)
{
	return integer_in(
		json_array_get(array_in(result_of(root, result), "rounds"), 0), "consumed");
}

static void n_is_the_number_of_events_of_each_result(void **state)
{
	json_t *root = run_line("drain -source memory -n 1234");

	(void)state;
	assert_int_equal(consumed(root, 0), 1234);
	assert_int_equal(consumed(root, 1), 1234);
	json_decref(root);
	root = run_line("sweep -source memory -n 345 -sizes 16,64 -mode copy");
	assert_int_equal(consumed(root, 0), 345);
	assert_int_equal(consumed(root, 1), 345);
	json_decref(root);
	/* 64 MiB of records of 4096 bytes, with 8 of header. */
	root = run_line("sweep -source memory -ring-size 128MiB -sizes 4096 -mode batch");
	assert_int_equal(consumed(root, 0), (64 << 20) / 4104);
	json_decref(root);
}

/* Reports what it leaves out on standard error. */
static void mode_all_leaves_out_libbpf_on_a_ring_in_memory(void **state)
{
	struct outcome outcome = run(ARGUMENTS(QUICK, "-n", "500", "-mode", "all"));

	(void)state;
	assert_int_equal(outcome.status, DONE);
	assert_non_null(strstr(outcome.err, "libbpf"));
	assert_null(strstr(outcome.out, "\nlibbpf"));
	outcome_free(&outcome);
}

/* The baseline also runs twice: it has a ratio to each other reader, and none to itself. */
static void baseline_is_what_ratios_refer_to(void **state)
{
	json_t *root = run_line("drain -source memory -n 500 -mode batch,view -baseline view");
	const json_t *ratios = array_in(root, "ratios");

	(void)state;
	assert_int_equal(json_array_size(ratios), 1);
	assert_string_equal(text_in(json_array_get(ratios, 0), "path"), "batch");
	assert_string_equal(text_in(json_array_get(ratios, 0), "baseline"), "view");
	json_decref(root);
}

/* Each run is a process of its own, with the rounds of one. */
static void runs_are_added_up(void **state)
{
	json_t *root = run_line("drain -source memory -n 500 -mode both -rounds 5 -runs 3");
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
	root = run_line("drain -source memory -n 500 -runs 2 -caches own,other");
	assert_int_equal(json_array_size(array_in(root, "noise")), 2);
	json_decref(root);
}

static void runs_can_go_to_a_file_as_text(void **state)
{
	const char *path = folder_path(state, "f");
	struct outcome outcome = run(ARGUMENTS(QUICK, "-n", "500", "-runs", "2", "-o", path));
	char *text = file_text(path);

	assert_done(&outcome);
	assert_matches(text, " rounds in 2 runs \\(intervals");
	free(text);
	outcome_free(&outcome);
}

static void a_longer_time_is_more_rounds_of_each_size(void **state)
{
	json_t *root = run_line("drain -source memory -n 100 -time 300ms");

	(void)state;
	assert_true(rounds_of(root) > 6);
	assert_int_equal(rounds_of(root) % 6, 0);
	json_decref(root);
	root = run_line("sweep -source memory -n 100 -sizes 16,64 -mode copy -time 100ms");
	for (size_t i = 0; i < 2; i++)
		assert_true(json_array_size(array_in(result_of(root, i), "rounds")) > 2);
	json_decref(root);
}

/* Until it is reached, or there are as many rounds as there can be. */
static void precision_goes_on_until_it_is_reached(void **state)
{
	json_t *root = run_line("drain -source memory -n 1000 -precision 3%"), *result;
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

static void cpu_pins_to_that_cpu(void **state)
{
	json_t *root = run_line("drain -source memory -n 500 -cpu 0");
	const json_t *environment = object_in(root, "environment");

	(void)state;
	assert_int_equal(integer_in(environment, "affinity_asked"), 0);
	assert_int_equal(integer_in(environment, "affinity_cpus"), 1);
	assert_string_equal(text_in(environment, "affinity_given"), "0");
	json_decref(root);
	root = run_line("sweep -source memory -n 100 -sizes 16 -mode copy -cpu 0");
	assert_string_equal(text_in(object_in(root, "environment"), "affinity_given"), "0");
	json_decref(root);
}

static void a_cpu_that_does_not_exist_is_reported(void **state)
{
	char number[16];

	(void)state;
	snprintf(number, sizeof(number), "%ld", sysconf(_SC_NPROCESSORS_CONF));
	assert_command_complains(
		&(struct command){ .arguments = ARGUMENTS(MEMORY, "-n", "500", "-cpu", number) },
		WRONG_USAGE, "is not a CPU that this process may run on");
}

static void the_command_is_recorded(void **state)
{
	json_t *root = run_line("drain -source memory -n 325");

	(void)state;
	assert_string_equal(text_in(root, "command"), "drain");
	json_decref(root);
	root = run_line("sweep -source memory -n 100 -sizes 16 -mode both");
	assert_matches(text_in(root, "command_line"), "^bpf_ringbuf_zc_benchmark sweep -ring-size");
	json_decref(root);
}

static void sweep_writes_to_a_file(void **state)
{
	const char *path = folder_path(state, "sweep.json");
	struct outcome outcome = run(ARGUMENTS(
		"sweep", QUICK, MEMORY, "-n", "100", "-sizes", "16", "-mode", "both", "-o", path));
	char *text;

	assert_done(&outcome);
	assert_string_equal(outcome.out, "");
	text = file_text(path);
	assert_matches(text, "\"command\": \"sweep\"");
	free(text);
	outcome_free(&outcome);
}

static void every_size_from_16_to_80_is_read_correctly(void **state)
{
	json_t *root = run_line(
		"sweep -source memory -n 200 -sizes 16:80:1 -mode both,batch -touch fields,bytes");

	(void)state;
	assert_int_equal(json_array_size(array_in(root, "results")), 65 * 3 * 2);
	json_decref(root);
	need_bpf();
	root = run_line("sweep -n 200 -sizes 16:80:3 -mode both,batch,libbpf");
	assert_int_equal(json_array_size(array_in(root, "results")), 22 * 4);
	json_decref(root);
}

static void the_text_of_sweep_has_a_row_of_every_size(void **state)
{
	struct outcome outcome = run(ARGUMENTS(
		"sweep", QUICK, "-n", "500", "-sizes", "16,100,1000", "-mode", "both,batch"));

	(void)state;
	assert_done(&outcome);
	assert_matches(
		outcome.out, "^ size +copy +(view +batch|batch +view) +fastest +\\[95 %\\]$");
	assert_matches(outcome.out, "^   16 +[0-9.]+M( +[0-9]+\\.[0-9]{2}[+?=-]){2} +[a-z]+");
	assert_matches(outcome.out, "^  100 +[0-9.]+M( +[0-9]+\\.[0-9]{2}[+?=-]){2} +[a-z]+");
	assert_matches(outcome.out, "^ 1000 +[0-9.]+M( +[0-9]+\\.[0-9]{2}[+?=-]){2} +[a-z]+");
	outcome_free(&outcome);
	outcome = run(ARGUMENTS("sweep", QUICK, "-n", "500", "-sizes", "16,1000", "-mode", "both"));
	assert_done(&outcome);
	assert_matches(outcome.out,
		"^view beats copy (from [0-9]+ B on: [0-9.]+x|at no size|at [0-9]+ of [0-9]+ "
		"sizes)");
	outcome_free(&outcome);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags_describe_the_workload),
		cmocka_unit_test(flags_choose_what_is_measured),
		cmocka_unit_test(n_is_the_number_of_events_of_each_result),
		cmocka_unit_test(mode_all_leaves_out_libbpf_on_a_ring_in_memory),
		cmocka_unit_test(baseline_is_what_ratios_refer_to),
		cmocka_unit_test(runs_are_added_up),
		cmocka_unit_test(runs_can_use_two_cpus),
		cmocka_unit_test_setup_teardown(
			runs_can_go_to_a_file_as_text, folder_make, folder_remove),
		cmocka_unit_test(a_longer_time_is_more_rounds_of_each_size),
		cmocka_unit_test(precision_goes_on_until_it_is_reached),
		cmocka_unit_test(cpu_pins_to_that_cpu),
		cmocka_unit_test(a_cpu_that_does_not_exist_is_reported),
		cmocka_unit_test(the_command_is_recorded),
		cmocka_unit_test_setup_teardown(sweep_writes_to_a_file, folder_make, folder_remove),
		cmocka_unit_test(every_size_from_16_to_80_is_read_correctly),
		cmocka_unit_test(the_text_of_sweep_has_a_row_of_every_size),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
