/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A user who stops a run gets the whole rounds before that, marked as partial, or nothing. The
 * signal is sent once the ring is there; the runs take seconds, as rounds are at most 1,024.
 */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/folder.h"
#include "support/text.h"

/* A round is short enough for the thread sanitizer; 1024 rounds, the most, take seconds without it. */
#define ENDLESS "-ring-size", "64KiB", "-n", "50k", "-time", "10m"
#define ENDLESS_MEMORY ENDLESS, "-source", "memory"

/* Either of the lines, and what belongs to it. */
static void assert_stopped(const struct outcome *outcome)
{
	const bool reported = strstr(outcome->err, "complete rounds are reported");

	assert_int_equal(outcome->status, STOPPED);
	assert_int_equal(count_lines(outcome->err), 1);
	if (!reported)
		assert_non_null(strstr(outcome->err, "interrupted; partial results discarded"));
	assert_int_equal(strstr(outcome->out,
				 "! interrupted: only the complete rounds are reported") != NULL,
		reported);
	assert_int_equal(outcome->out[0] != '\0', reported);
}

static void assert_stops(const char *const *arguments, int number)
{
	struct outcome outcome =
		run_command(&(struct command){ .arguments = arguments, .signal = number });

	assert_stopped(&outcome);
	outcome_free(&outcome);
}

static void sigint_stops_a_run(void **state)
{
	(void)state;
	assert_stops(ARGUMENTS(ENDLESS_MEMORY), SIGINT);
}

static void sigterm_stops_a_run(void **state)
{
	(void)state;
	assert_stops(ARGUMENTS(ENDLESS_MEMORY), SIGTERM);
}

static void sigint_stops_a_run_on_the_kernels_ring(void **state)
{
	(void)state;
	need_bpf();
	assert_stops(ARGUMENTS(ENDLESS, "-mode", "all"), SIGINT);
}

static void sigterm_stops_a_run_on_the_kernels_ring(void **state)
{
	(void)state;
	need_bpf();
	assert_stops(ARGUMENTS(ENDLESS, "-mode", "all"), SIGTERM);
}

static void sigint_stops_a_sweep(void **state)
{
	(void)state;
	assert_stops(ARGUMENTS("sweep", ENDLESS_MEMORY, "-mode", "both"), SIGINT);
}

/* Also the process that measures, which gets no signal that was sent to the first one alone. */
static void sigterm_stops_several_runs(void **state)
{
	const int64_t after = 500000000;
	struct outcome outcome = run_command(&(struct command){
		.arguments =
			ARGUMENTS("-n", "10M", "-rounds", "20", "-source", "memory", "-runs", "50"),
		.signal = SIGTERM,
		.after = &after,
		.announces = true,
	});

	(void)state;
	assert_int_equal(outcome.status, STOPPED);
	assert_string_equal(outcome.out, "");
	assert_non_null(strstr(outcome.err, "interrupted; partial results discarded"));
	assert_null(strstr(outcome.err, "run 2 of 50"));
	outcome_free(&outcome);
}

/* Also while it is not yet another program, and so has the handlers of the first one. */
static void sigterm_stops_a_run_that_is_about_to_begin(void **state)
{
	const int64_t after = 500000000;
	char preload[PATH_MAX + 16];
	struct outcome outcome;

	(void)state;
	skip_if_preload_is_sanitized();
	snprintf(preload, sizeof(preload), "LD_PRELOAD=%s",
		program_path("tests/cli/libslow_exec.so"));
	outcome = run_command(&(struct command){
		.arguments =
			ARGUMENTS("-n", "10M", "-rounds", "20", "-source", "memory", "-runs", "2"),
		.environment = ARGUMENTS(preload),
		.signal = SIGTERM,
		.after = &after,
	});
	assert_int_equal(outcome.status, STOPPED);
	/* It has measured to the end if it could not write its results. */
	assert_null(strstr(outcome.err, "cannot write"));
	outcome_free(&outcome);
}

static void sigint_stops_a_run_for_precision(void **state)
{
	(void)state;
	assert_stops(ARGUMENTS("-ring-size", "64KiB", "-n", "100M", "-precision", "0.0001%",
			     "-source", "memory"),
		SIGINT);
}

/* One round alone takes longer than anyone waits: the fills in it are stopped too. */
static void sigint_stops_a_long_round(void **state)
{
	(void)state;
	assert_stops(ARGUMENTS("-ring-size", "64KiB", "-n", "100G", "-source", "memory"), SIGINT);
}

static void sigint_stops_a_long_round_on_the_kernels_ring(void **state)
{
	(void)state;
	need_bpf();
	assert_stops(ARGUMENTS("-ring-size", "64KiB", "-n", "100G"), SIGINT);
}

/* BPF_PROG_TEST_RUN is under way for most of this one's time. */
static void sigint_stops_one_large_fill(void **state)
{
	(void)state;
	need_bpf();
	assert_stops(ARGUMENTS("-ring-size", "256MiB", "-n", "100G", "-event", "sized"), SIGINT);
}

/* A round takes longer than anyone waits: there is no whole one. */
#define LONG_ROUND "-ring-size", "64KiB", "-n", "100G", "-source", "memory"

static void a_run_without_a_whole_round_leaves_no_file(void **state)
{
	assert_stops(ARGUMENTS(LONG_ROUND, "-o", folder_path(state, "f")), SIGINT);
	assert_int_equal(folder_count(state), 0);
}

static void a_run_without_a_whole_round_keeps_the_file_that_was_there(void **state)
{
	const char *path = folder_path(state, "f");
	char *text;

	file_write(path, "before\n");
	assert_stops(ARGUMENTS(LONG_ROUND, "-o", path), SIGINT);
	text = file_text(path);
	assert_string_equal(text, "before\n");
	free(text);
}

/* Stopped time and again, later if there was no whole round yet, and a little earlier if it had ended: its
 * rows have just those that they say. */
static json_t *stopped_with_rounds(const char *const *arguments)
{
	int64_t after = 1000 * 1000;

	for (int i = 0; i < 200; i++) {
		struct outcome outcome = run_command(&(struct command){
			.arguments = arguments, .signal = SIGINT, .after = &after });
		const bool ended = outcome.status == DONE;
		json_t *root = NULL;

		if (outcome.status == STOPPED && outcome.out[0])
			root = json_loads(outcome.out, 0, NULL);
		else if (outcome.status != STOPPED && !ended)
			assert_int_equal(outcome.status, 128 + SIGINT);
		if (root)
			assert_non_null(strstr(outcome.err, "marked as partial"));
		outcome_free(&outcome);
		if (root)
			return root;
		after += ended ? -after / 5 : after / 2;
	}
	fail_msg("never stopped between two rounds");
	return NULL;
}

static void assert_partial(const char *const *arguments)
{
	json_t *root = stopped_with_rounds(arguments), *result;
	size_t i, rounds = 0;

	assert_true(json_is_true(json_object_get(root, "partial")));
	json_array_foreach(array_in(root, "results"), i, result)
	{
		const json_t *ns = object_in(result, "ns_per_event");

		if (i == 0)
			rounds = json_array_size(array_in(ns, "rounds"));
		assert_true(rounds > 0);
		assert_int_equal(json_array_size(array_in(ns, "rounds")), rounds);
	}
	json_decref(root);
}

static void whole_rounds_of_a_stopped_run_are_reported(void **state)
{
	(void)state;
	assert_partial(ARGUMENTS(ENDLESS_MEMORY, "-format", "json"));
	assert_partial(ARGUMENTS("live", "-source", "memory", "-wait", "event,paced", "-duration",
		"20ms", "-rounds", "1024", "-format", "json"));
}

static void sighup_stops_a_run(void **state)
{
	(void)state;
	assert_stops(ARGUMENTS(ENDLESS_MEMORY), SIGHUP);
	assert_stops(ARGUMENTS("live", "-source", "memory", "-wait", "paced", "-duration", "10m"),
		SIGHUP);
}

/* Of a moment. */
#define SHORT "-ring-size", "64KiB", "-n", "1000", "-time", "50ms", "-source", "memory"
#define SHORT_LIVE "live", "-rounds", "1", "-duration", "20ms"

static void assert_goes_on(const struct command *command)
{
	struct outcome outcome = run_command(command);

	assert_int_equal(outcome.status, DONE);
	assert_string_not_equal(outcome.out, "");
	outcome_free(&outcome);
}

/* As nohup has it. */
static void a_signal_that_is_ignored_stays_so(void **state)
{
	static const int numbers[] = { SIGHUP, SIGINT, SIGTERM };

	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++)
		assert_goes_on(&(struct command){ .arguments = ARGUMENTS(SHORT),
			.signal = numbers[i],
			.ignored = numbers[i] });
}

static void signals_of_no_concern_change_nothing(void **state)
{
	static const int numbers[] = { SIGWINCH, SIGPIPE, SIGCONT, SIGXFSZ };

	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		assert_goes_on(&(struct command){ .arguments = ARGUMENTS(SHORT),
			.err = STREAM_TERMINAL,
			.signal = numbers[i] });
		assert_goes_on(&(struct command){
			.arguments = ARGUMENTS(SHORT_LIVE, "-source", "memory", "-wait", "event"),
			.signal = numbers[i] });
	}
}

/* Every event is still accounted for, or the run would fail. */
static void being_stopped_and_continued_loses_nothing(void **state)
{
	(void)state;
	assert_goes_on(&(struct command){
		.arguments = ARGUMENTS(SHORT, "-mode", "both"), .stutters = true });
	assert_goes_on(&(struct command){ .arguments = ARGUMENTS(SHORT_LIVE, "-source", "memory",
						  "-wait", "event,paced,busy", "-discard", "3%"),
		.stutters = true });
	need_bpf();
	assert_goes_on(&(struct command){
		.arguments = ARGUMENTS(SHORT_LIVE, "-wait", "all", "-discard", "3%"),
		.stutters = true });
	need_tracepoints();
	assert_goes_on(&(struct command){ .arguments = ARGUMENTS(SHORT_LIVE, "-producer", "syscall",
						  "-wait", "paced", "-rate", "100k"),
		.stutters = true });
}

/* Whenever it comes, there is the whole file, or one of whole rounds, or none; and one line that
 * says so, unless it came before the program could say anything. */
static void assert_all_or_nothing(
	void **state, const char *const *arguments, int number, int64_t after)
{
	const char *path = folder_path(state, "f");
	const struct command command = {
		.arguments = arguments, .signal = number, .after = &after
	};
	struct outcome outcome = run_command(&command);
	const bool partial = strstr(outcome.err, "marked as partial");

	if (outcome.status == DONE || partial) {
		json_t *root = json_load_file(path, 0, NULL);

		assert_non_null(root);
		assert_int_equal(json_object_get(root, "partial") != NULL, partial);
		json_decref(root);
		assert_int_equal(folder_count(state), 1);
		unlink(path);
	} else {
		if (outcome.err[0])
			assert_complains(&outcome, STOPPED, "partial results discarded");
		else
			assert_int_equal(outcome.status, 128 + number);
		assert_int_equal(folder_count(state), 0);
	}
	outcome_free(&outcome);
}

static void a_signal_at_any_point_leaves_all_or_nothing(void **state)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	const char *path = folder_path(state, "f");
	const char *const *arguments[] = {
		ARGUMENTS(QUICK, "-n", "500", "-format", "json", "-o", path),
		ARGUMENTS("sweep", QUICK, "-n", "500", "-sizes", "16,80", "-mode", "both",
			"-format", "json", "-o", path),
		ARGUMENTS("live", "-source", "memory", "-wait", "event,paced,busy", "-rounds", "1",
			"-duration", "1ms", "-format", "json", "-o", path),
	};

	for (int64_t after = 1000; after < 100 * 1000 * 1000; after *= 3)
		for (size_t i = 0; i < COUNT(arguments); i++)
			assert_all_or_nothing(state, arguments[i],
				numbers[((size_t)after / 1000 + i) % COUNT(numbers)], after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sigint_stops_a_run),
		cmocka_unit_test(sigterm_stops_a_run),
		cmocka_unit_test(sigint_stops_a_run_on_the_kernels_ring),
		cmocka_unit_test(sigterm_stops_a_run_on_the_kernels_ring),
		cmocka_unit_test(sigint_stops_a_sweep),
		cmocka_unit_test(sigterm_stops_several_runs),
		cmocka_unit_test(sigterm_stops_a_run_that_is_about_to_begin),
		cmocka_unit_test(sigint_stops_a_run_for_precision),
		cmocka_unit_test(sigint_stops_a_long_round),
		cmocka_unit_test(sigint_stops_a_long_round_on_the_kernels_ring),
		cmocka_unit_test(sigint_stops_one_large_fill),
		cmocka_unit_test_setup_teardown(
			a_run_without_a_whole_round_leaves_no_file, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			a_run_without_a_whole_round_keeps_the_file_that_was_there, folder_make,
			folder_remove),
		cmocka_unit_test(whole_rounds_of_a_stopped_run_are_reported),
		cmocka_unit_test(sighup_stops_a_run),
		cmocka_unit_test(a_signal_that_is_ignored_stays_so),
		cmocka_unit_test(signals_of_no_concern_change_nothing),
		cmocka_unit_test(being_stopped_and_continued_loses_nothing),
		cmocka_unit_test_setup_teardown(
			a_signal_at_any_point_leaves_all_or_nothing, folder_make, folder_remove),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
