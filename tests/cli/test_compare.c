/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * compare: its verdicts and exit status on files with known rounds, and what it refuses.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/folder.h"
#include "support/text.h"

enum { SAME_OR_FASTER = 0, SLOWER = 1, NOT_COMPARABLE = 2, UNDECIDED = 3 };

#define ROUNDS 20

/* A real result, with the rounds of every path replaced by @ns +- 0.5 %. */
static json_t *result_of_paths(const char *paths, double ns)
{
	struct outcome outcome = run(
		ARGUMENTS(QUICK, "-format", "json", "-n", "1000", "-mode", paths, "-rounds", "2"));
	json_t *root = parsed_raw_json(&outcome), *result, *noise;
	size_t i;

	outcome_free(&outcome);
	json_array_foreach(array_in(root, "results"), i, result)
	{
		json_t *rounds = json_array();

		for (int round = 0; round < ROUNDS; round++)
			json_array_append_new(
				rounds, json_real(ns / 1000 * (0.995 + 0.01 * round / ROUNDS)));
		json_object_set_new(object_in(result, "ns_per_event"), "rounds", rounds);
	}
	json_array_foreach(array_in(root, "noise"), i, noise)
		json_object_set_new(noise, "floor", json_real(0.004));
	return root;
}

static json_t *result_with_rounds(double ns)
{
	return result_of_paths("both", ns);
}

/* Two files OLD and NEW in the test's folder. The texts belong to the caller. */
struct files {
	char *old, *new;
};

static struct files write_files(void **state, json_t *old, json_t *new)
{
	struct files files = { strdup(folder_path(state, "old.json")),
		strdup(folder_path(state, "new.json")) };

	assert_int_equal(json_dump_file(old, files.old, 0), 0);
	assert_int_equal(json_dump_file(new, files.new, 0), 0);
	json_decref(old);
	json_decref(new);
	return files;
}

static void files_free(struct files *files)
{
	free(files->old);
	free(files->new);
}

/* Runs compare with up to two more arguments, and checks status and output. */
static void assert_compares(const struct files *files, const char *more, const char *value,
	int status, const char *pattern)
{
	const char *arguments[] = { "compare", files->old, files->new, more, value, NULL };
	struct outcome outcome = run(arguments);

	if (outcome.status != status)
		print_error("%s%s", outcome.out, outcome.err);
	assert_int_equal(outcome.status, status);
	if (status == NOT_COMPARABLE) {
		assert_string_equal(outcome.out, "");
		assert_matches(outcome.err, pattern);
	} else {
		assert_string_equal(outcome.err, "");
		assert_matches(outcome.out, pattern);
	}
	outcome_free(&outcome);
}

static void assert_verdict(
	void **state, double old_ns, double new_ns, int status, const char *pattern)
{
	struct files files =
		write_files(state, result_with_rounds(old_ns), result_with_rounds(new_ns));

	assert_compares(&files, NULL, NULL, status, pattern);
	files_free(&files);
}

static void the_same_is_the_same(void **state)
{
	assert_verdict(state, 1e6, 1e6, SAME_OR_FASTER, "^view/fields .* 1\\.000 .*= same$");
}

static void slower_is_told_by_the_status(void **state)
{
	assert_verdict(state, 1e6, 1.1e6, SLOWER, "^copy/fields .* 0\\.909 .*- slower$");
}

static void three_per_cent_are_slower(void **state)
{
	assert_verdict(state, 1e6, 1.03e6, SLOWER, "2 slower");
}

static void faster_is_fine(void **state)
{
	assert_verdict(state, 1e6, 0.8e6, SAME_OR_FASTER, "^copy/fields .* 1\\.250 .*\\+ faster$");
}

static void less_than_the_threshold_is_the_same(void **state)
{
	assert_verdict(state, 1e6, 1.01e6, SAME_OR_FASTER, "^Same: 2 same");
}

static void a_threshold_can_be_given(void **state)
{
	struct files files =
		write_files(state, result_with_rounds(1e6), result_with_rounds(1.05e6));

	assert_compares(&files, NULL, NULL, SLOWER, "2 slower");
	assert_compares(&files, "-threshold", "10%", SAME_OR_FASTER, "^Same: 2 same");
	files_free(&files);
}

/* Five runs a side: the medians of the runs are compared. They lie 10 % apart on both sides, so
 * that 5 % between the sides decides nothing, though the rounds of each run agree within 1 %. */
static void several_runs_are_compared_by_their_medians(void **state)
{
	json_t *old = json_array(), *new = json_array();
	struct files files;

	for (int run = 0; run < 5; run++) {
		json_array_append_new(old, result_with_rounds(1e6 * (0.95 + 0.025 * run)));
		json_array_append_new(new, result_with_rounds(1.05e6 * (0.95 + 0.025 * run)));
	}
	files = write_files(state, old, new);
	assert_compares(&files, NULL, NULL, UNDECIDED, "too noisy \\(by runs\\)$");
	files_free(&files);
}

static void runs_may_follow_each_other(void **state)
{
	struct files files = write_files(state, result_with_rounds(1e6), result_with_rounds(1e6));
	char *text = file_text(files.new), *twice = malloc(2 * strlen(text) + 2);

	sprintf(twice, "%s\n%s", text, text);
	file_write(files.new, twice);
	assert_compares(&files, NULL, NULL, SAME_OR_FASTER, " same$");
	free(text);
	free(twice);
	files_free(&files);
}

static void assert_refused(void **state, json_t *new, const char *pattern)
{
	struct files files = write_files(state, result_with_rounds(1e6), new);

	assert_compares(&files, NULL, NULL, NOT_COMPARABLE, pattern);
	files_free(&files);
}

static void a_peer_that_failed_is_no_success(void **state)
{
	json_t *old = result_of_paths("copy,view", 1e6), *new = json_deep_copy(old);
	json_t *rows = array_in(new, "results");
	struct files files;
	size_t i = 0;

	while (strcmp(text_in(json_array_get(rows, i), "path"), "view") != 0)
		i++;
	json_array_remove(rows, i);
	json_object_set_new(new, "failed_peers",
		json_pack("[{s:s, s:s}]", "name", "view", "reason", "was ended by signal 9"));
	files = write_files(state, old, new);
	assert_compares(&files, NULL, NULL, SLOWER,
		"^Failed: 1 same.*\n([^\n]*\n)*! view failed in NEW: was ended by signal 9\n");
	files_free(&files);
}

static json_t *rounds_near(double value)
{
	json_t *rounds = json_array();

	for (int round = 0; round < ROUNDS; round++)
		json_array_append_new(
			rounds, json_real(value * (0.995 + 0.01 * round / (ROUNDS - 1))));
	return json_pack("{s:o}", "rounds", rounds);
}

/* A run of live at a rate, so that each event takes 10,000 ns. */
static json_t *result_at_rate(double cpu_ns, double producer_ns, double lost, int p99_ns)
{
	json_t *row = json_pack("{s:s, s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:{s:i, s:i}}", "path",
		"batch", "wait", "paced", "event_size", 64, "ns_per_event", rounds_near(1e4),
		"consumer_cpu_ns_per_event", rounds_near(cpu_ns), "producer_ns_per_event",
		rounds_near(producer_ns), "lost", rounds_near(lost), "consumed", rounds_near(50000),
		"latency_ns", "p99", p99_ns, "count", 50000);

	return json_pack("{s:s, s:s, s:{s:i}, s:{}, s:[o], s:[{s:s, s:s, s:i, s:f}]}", "schema",
		"ringview.result/2", "command", "live", "workload", "rate", 100000, "environment",
		"results", row, "noise", "path", "batch", "wait", "paced", "event_size", 64,
		"floor", 0.004);
}

static void at_a_rate_the_service_is_compared(void **state)
{
	static const struct {
		double cpu_ns, producer_ns, lost;
		int p99_ns, status;
		const char *pattern;
	} cases[] = {
		{ 300, 100, 0, 200000, SAME_OR_FASTER, "^Same: 1 same" },
		{ 1500, 100, 0, 200000, SLOWER, "^batch/paced .* 0\\.2.* slower$" },
		{ 300, 500, 0, 200000, SLOWER,
			"^! batch/paced, 64 B: 500 ns of the producer an event, before 100 ns$" },
		{ 300, 100, 4000, 200000, SLOWER,
			"^! batch/paced, 64 B: 7\\.4. % lost, before 0\\.00 %$" },
		{ 300, 100, 0, 20000000, SLOWER,
			"^! batch/paced, 64 B: p99 20.0ms, before 200us$" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct files files = write_files(state, result_at_rate(300, 100, 0, 200000),
			result_at_rate(cases[i].cpu_ns, cases[i].producer_ns, cases[i].lost,
				cases[i].p99_ns));

		assert_compares(&files, NULL, NULL, cases[i].status, cases[i].pattern);
		files_free(&files);
	}
}

static void at_a_rate_a_file_without_cpu_time_decides_nothing(void **state)
{
	json_t *new = result_at_rate(300, 100, 0, 200000);
	struct files files;

	json_object_del(json_array_get(array_in(new, "results"), 0), "consumer_cpu_ns_per_event");
	files = write_files(state, result_at_rate(300, 100, 0, 200000), new);
	assert_compares(&files, NULL, NULL, UNDECIDED, "^Undecided: 1 too few rounds");
	files_free(&files);
}

static void a_reader_that_is_missing_is_no_success(void **state)
{
	json_t *old = result_of_paths("copy,view", 1e6), *new = json_deep_copy(old);
	struct files files;

	json_array_remove(array_in(new, "results"), 1);
	json_object_set_new(new, "partial", json_true());
	files = write_files(state, old, new);
	assert_compares(&files, NULL, NULL, UNDECIDED,
		"^Undecided: 1 same.*\n([^\n]*\n)*! .*/new.json: run 1 was interrupted\n"
		"([^\n]*\n)*\\? (copy|view)/fields, 80 B is not in NEW\n");
	assert_compares(&files, "-undecided", "ok", SAME_OR_FASTER, "Only in OLD: 1,");
	files_free(&files);
}

/* Two files of sizes may have one name, also with the same mean. */
static void streams_of_other_sizes_are_not_compared(void **state)
{
	json_t *results[2];
	struct files files;

	for (int turn = 0; turn < 2; turn++) {
		for (int i = 0; i < 2; i++) {
			json_t *row;

			results[i] = result_of_paths("view", 1e6);
			row = json_array_get(array_in(results[i], "results"), 0);
			json_object_set_new(row, "event_size", json_integer(0));
			json_object_set_new(row, "event_sizes", json_string("@sizes"));
			json_object_set_new(
				row, "event_size_mean", json_real(turn ? 100 : 100 + i));
			json_object_set_new(row, "event_sizes_digest", json_integer(i));
		}
		files = write_files(state, results[0], results[1]);
		assert_compares(
			&files, NULL, NULL, NOT_COMPARABLE, "have no results of the same path");
		files_free(&files);
	}
}

static void noise_that_is_unknown_decides_nothing(void **state)
{
	json_t *new = result_with_rounds(0.9e6);
	struct files files;

	json_object_set_new(json_array_get(array_in(new, "noise"), 0), "floor", json_null());
	files = write_files(state, result_with_rounds(1e6), new);
	assert_compares(&files, NULL, NULL, UNDECIDED, "too few rounds$");
	files_free(&files);
}

static void another_machine_is_refused_by_name(void **state)
{
	json_t *new = result_with_rounds(1e6);

	json_object_set_new(object_in(new, "environment"), "cpu_model", json_string("Other"));
	assert_refused(state, new, "cpu_model differs: .*, now Other$");
}

static void another_setting_is_refused_by_name(void **state)
{
	json_t *new = result_with_rounds(1e6);

	json_object_set_new(object_in(new, "workload"), "ring_size", json_integer(4096));
	assert_refused(state, new, "ring_size differs: [0-9]+, now 4096$");
}

static void force_compares_all_the_same(void **state)
{
	json_t *new = result_with_rounds(1e6);
	struct files files;

	json_object_set_new(object_in(new, "environment"), "cpu_model", json_string("Other"));
	files = write_files(state, result_with_rounds(1e6), new);
	/* The differences are still told, on standard error. */
	{
		struct outcome outcome = run(ARGUMENTS("compare", "-force", files.old, files.new));

		assert_int_equal(outcome.status, SAME_OR_FASTER);
		assert_matches(outcome.err, "cpu_model differs");
		assert_matches(outcome.out, " same$");
		outcome_free(&outcome);
	}
	files_free(&files);
}

static void nothing_in_common_is_refused(void **state)
{
	json_t *new = result_with_rounds(1e6), *result;
	size_t i;

	json_array_foreach(array_in(new, "results"), i, result)
		json_object_set_new(result, "event_size", json_integer(81));
	assert_refused(state, new, "no results of the same path, size and touch$");
}

static void another_schema_is_refused(void **state)
{
	json_t *new = result_with_rounds(1e6);

	json_object_set_new(new, "schema", json_string("ringview.result/3"));
	assert_refused(state, new, "does not have schema ringview.result/2");
}

static void the_schema_before_is_refused(void **state)
{
	json_t *new = result_with_rounds(1e6);

	json_object_set_new(new, "schema", json_string("ringview.result/1"));
	assert_refused(
		state, new, "has schema ringview.result/1 of an older version; measure again");
}

static void rounds_that_are_no_times_are_refused(void **state)
{
	json_t *new = result_with_rounds(1e6);

	json_array_set_new(json_object_get(object_in(result_of(new, 0), "ns_per_event"), "rounds"),
		3, json_integer(-1));
	assert_refused(state, new, "does not have schema ringview.result/2");
}

static void assert_text_refused(void **state, const char *text, const char *pattern)
{
	struct files files = write_files(state, result_with_rounds(1e6), json_array());

	file_write(files.new, text);
	assert_compares(&files, NULL, NULL, NOT_COMPARABLE, pattern);
	files_free(&files);
}

static void what_is_not_json_is_refused(void **state)
{
	assert_text_refused(state, "{ \"schema\": ", "is not JSON: line 1");
}

static void an_empty_file_is_refused(void **state)
{
	assert_text_refused(state, " \n", "is empty");
}

static void a_file_of_other_json_is_refused(void **state)
{
	assert_text_refused(state, "[1, 2]", "does not have schema");
}

/* What a file of somebody else's says is not for the terminal to obey. */
static void what_a_terminal_would_obey_is_refused(void **state)
{
	static const char *const texts[] = {
		"{\"schema\": \"\\u001b[31m\", \"results\": []}",
		"{\"schema\": \"\x1b]0;title\x07\"}",
		"\x1b[31m",
	};

	for (size_t i = 0; i < COUNT(texts); i++) {
		const char *path = folder_path(state, "hostile");
		struct outcome outcome;

		file_write(path, texts[i]);
		outcome = run(ARGUMENTS("compare", path, path));
		assert_complains(&outcome, WRONG_USAGE, path);
		assert_null(strchr(outcome.err, '\x1b'));
		outcome_free(&outcome);
	}
}

static void controls_in_a_good_file_are_refused(void **state)
{
	const char *path = folder_path(state, "f"), *hostile = folder_path(state, "hostile");
	const char *const texts[] = { "\x1b[31m",
		"\xc2\x9b"
		"31m",
		"\x7f", "a\nb" };
	struct outcome outcome =
		run(ARGUMENTS(QUICK, "-n", "500", "-mode", "both", "-format", "json", "-o", path));

	assert_done(&outcome);
	outcome_free(&outcome);
	for (size_t i = 0; i < 2 * COUNT(texts); i++) {
		json_t *root = json_load_file(path, 0, NULL), *text = json_string(texts[i / 2]);

		if (i % 2)
			json_object_set_new(object_in(root, "environment"), "compiler", text);
		else
			json_object_set_new(result_of(root, 0), "path", text);
		assert_int_equal(json_dump_file(root, hostile, 0), 0);
		json_decref(root);
		assert_command_complains(&(struct command){ .arguments = ARGUMENTS("compare",
								    "-force", path, hostile) },
			WRONG_USAGE, hostile);
	}
}

/* Invisible characters, and those that change the order of what follows, could make names look like
 * others. */
static void what_is_not_seen_is_refused_and_not_shown(void **state)
{
	static const char *const texts[] = { "\u202e", "\u2066", "\u200b", "\u200f", "\u2028",
		"\ufeff", "\u00ad", "\u061c", "\U000e0041" };
	const char *path = folder_path(state, "f"), *hostile = folder_path(state, "hostile");
	struct outcome outcome =
		run(ARGUMENTS(QUICK, "-n", "500", "-mode", "both", "-format", "json", "-o", path));

	assert_done(&outcome);
	outcome_free(&outcome);
	for (size_t i = 0; i < COUNT(texts); i++) {
		json_t *root = json_load_file(path, 0, NULL);
		char name[64];

		json_object_set_new(object_in(root, "environment"), "compiler",
			json_sprintf("gcc%s12", texts[i]));
		assert_int_equal(json_dump_file(root, hostile, 0), 0);
		json_decref(root);
		outcome = run(ARGUMENTS("compare", "-force", path, hostile));
		assert_complains(&outcome, WRONG_USAGE, hostile);
		assert_null(strstr(outcome.err, texts[i]));
		outcome_free(&outcome);
		/* The name of a file, which may be any. */
		snprintf(name, sizeof(name), "no%sfile", texts[i]);
		outcome = run(ARGUMENTS("compare", name, name));
		assert_complains(&outcome, WRONG_USAGE, "?file");
		assert_null(strstr(outcome.err, texts[i]));
		outcome_free(&outcome);
	}
}

static void a_folder_is_told_to_be_one(void **state)
{
	const char *path = folder_path(state, "");

	assert_command_complains(&(struct command){ .arguments = ARGUMENTS("compare", path, path) },
		WRONG_USAGE, "Is a directory");
	assert_command_complains(&(struct command){ .arguments = ARGUMENTS("report", path) },
		WRONG_USAGE, "Is a directory");
}

static void a_missing_file_is_refused(void **state)
{
	struct files files = { strdup(folder_path(state, "no")), strdup(folder_path(state, "no")) };

	assert_compares(&files, NULL, NULL, NOT_COMPARABLE, "cannot open .*: No such file");
	files_free(&files);
}

static void a_file_with_an_escape_sequence_in_its_name_is_told_without(void **state)
{
	struct outcome outcome = run(ARGUMENTS("compare", "a\x1b[2Jb", "new.json"));

	(void)state;
	assert_int_equal(outcome.status, NOT_COMPARABLE);
	assert_matches(outcome.err, "^[^\x1b]*cannot open a\\?\\[2Jb: No such file");
	outcome_free(&outcome);
}

static void a_path_without_a_name_is_refused(void **state)
{
	json_t *new = result_with_rounds(1e6);

	json_object_set_new(result_of(new, 0), "path", json_string(""));
	assert_refused(state, new, "does not have schema ringview.result/2");
}

static void one_file_is_not_enough(void **state)
{
	struct outcome outcome = run(ARGUMENTS("compare", "old.json"));

	(void)state;
	assert_complains(&outcome, WRONG_USAGE, "two files");
	outcome_free(&outcome);
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(the_same_is_the_same),
		WITH_FOLDER(slower_is_told_by_the_status),
		WITH_FOLDER(three_per_cent_are_slower),
		WITH_FOLDER(faster_is_fine),
		WITH_FOLDER(less_than_the_threshold_is_the_same),
		WITH_FOLDER(a_threshold_can_be_given),
		WITH_FOLDER(several_runs_are_compared_by_their_medians),
		WITH_FOLDER(runs_may_follow_each_other),
		WITH_FOLDER(a_peer_that_failed_is_no_success),
		WITH_FOLDER(at_a_rate_the_service_is_compared),
		WITH_FOLDER(at_a_rate_a_file_without_cpu_time_decides_nothing),
		WITH_FOLDER(a_reader_that_is_missing_is_no_success),
		WITH_FOLDER(streams_of_other_sizes_are_not_compared),
		WITH_FOLDER(noise_that_is_unknown_decides_nothing),
		WITH_FOLDER(another_machine_is_refused_by_name),
		WITH_FOLDER(another_setting_is_refused_by_name),
		WITH_FOLDER(force_compares_all_the_same),
		WITH_FOLDER(nothing_in_common_is_refused),
		WITH_FOLDER(another_schema_is_refused),
		WITH_FOLDER(the_schema_before_is_refused),
		WITH_FOLDER(rounds_that_are_no_times_are_refused),
		WITH_FOLDER(what_is_not_json_is_refused),
		WITH_FOLDER(an_empty_file_is_refused),
		WITH_FOLDER(a_file_of_other_json_is_refused),
		WITH_FOLDER(what_a_terminal_would_obey_is_refused),
		WITH_FOLDER(controls_in_a_good_file_are_refused),
		WITH_FOLDER(what_is_not_seen_is_refused_and_not_shown),
		WITH_FOLDER(a_folder_is_told_to_be_one),
		WITH_FOLDER(a_missing_file_is_refused),
		cmocka_unit_test(a_file_with_an_escape_sequence_in_its_name_is_told_without),
		WITH_FOLDER(a_path_without_a_name_is_refused),
		cmocka_unit_test(one_file_is_not_enough),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
