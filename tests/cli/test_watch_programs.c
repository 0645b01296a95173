/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * watch on a running program (watched_program.c): whether it shows what the program does.
 * Runs alone: watch lists all rings of this system.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/folder.h"
#include "support/text.h"

static pid_t pid;
static int to_program;
static FILE *from_program;
static char id[16];

/* Starts it, and waits until it has its ring. */
static void start(const char *reader, const char *rate, const char *sizes, const char *counted)
{
	int in[2], out[2];

	if (!privileges_held(CAPABILITY(CAP_SYS_ADMIN)))
		skip_because("needs CAP_SYS_ADMIN, to open maps by their id");
	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		const char *path = program_path("tests/cli/watched_program");

		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		close(in[1]);
		close(out[0]);
		execl(path, path, reader, rate, sizes, counted, NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	to_program = in[1];
	from_program = fdopen(out[0], "r");
	assert_int_equal(fscanf(from_program, "map %15s", id), 1);
}

/* Makes it stop producing. Returns how many records it lost. */
static uint64_t stop_producing(uint64_t *attempted)
{
	unsigned long tried, lost;

	assert_int_equal(write(to_program, "x", 1), 1);
	assert_int_equal(fscanf(from_program, " attempted %lu lost %lu", &tried, &lost), 2);
	*attempted = tried;
	return lost;
}

static int end(void **state)
{
	(void)state;
	if (pid > 0) {
		close(to_program);
		fclose(from_program);
		/* A record that it holds in the kernel is never submitted. */
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	pid = 0;
	return 0;
}

static int end_and_remove(void **state)
{
	end(state);
	return folder_remove(state);
}

/* Returns the object of the last of @updates updates. */
static json_t *watched(const char *updates)
{
	struct outcome outcome = run(ARGUMENTS(
		"watch", "-map", id, "-format", "json", "-interval", "500ms", "-count", updates));
	json_t *object;
	char *line;

	assert_done(&outcome);
	line = line_of(outcome.out, (size_t)atoi(updates) - 1);
	object = json_loads(line, 0, NULL);
	assert_non_null(object);
	free(line);
	outcome_free(&outcome);
	return object;
}

static bool is_true(const json_t *object, const char *name)
{
	return json_is_true(json_object_get(object, name));
}

/* Runs -check @condition. Returns DONE, or FAILED if the condition failed and was named. */
static int checked(const char *condition)
{
	struct outcome outcome = run(ARGUMENTS("watch", "-map", id, "-check", condition));
	const int status = outcome.status;

	assert_string_equal(outcome.err, "");
	if (status == FAILED)
		assert_int_equal(strncmp(outcome.out, condition, strcspn(condition, "=")), 0);
	else
		assert_string_equal(outcome.out, "ok: 1 ring buffer\n");
	outcome_free(&outcome);
	return status;
}

/* The list shows the ring in this state. */
static void assert_listed(const char *state)
{
	struct outcome outcome = run(ARGUMENTS("watch"));
	char pattern[80];

	assert_done(&outcome);
	snprintf(pattern, sizeof(pattern), "^ +%s events .* %s$", id, state);
	assert_matches(outcome.out, pattern);
	outcome_free(&outcome);
}

/* Every record of a drained ring is counted. */
static void records_of_a_drained_ring_are_counted(void **state)
{
	json_t *seen;

	(void)state;
	start("drained", "4000", "88", NULL);
	seen = watched("2");
	assert_true(real_in(seen, "written_records_per_s") > 0);
	/* A record may be counted one interval after it was written. */
	assert_float_equal(real_in(seen, "written_records_per_s") * 96,
		real_in(seen, "written_bytes_per_s"), 96 * 40);
	assert_true(real_in(seen, "seen_share") == 1);
	assert_true(real_in(seen, "record_bytes_average") == 88);
	assert_int_equal(integer_in(seen, "record_bytes_p50"), 88);
	assert_int_equal(integer_in(seen, "record_bytes_max"), 88);
	assert_false(is_true(seen, "losing"));
	json_decref(seen);
	assert_int_equal(checked("losing"), DONE);
}

static void a_reader_that_is_too_slow_loses(void **state)
{
	json_t *seen;

	(void)state;
	start("slow", "8000", "600,88", NULL);
	while (!is_true(seen = watched("1"), "losing"))
		json_decref(seen); /* until the ring is full for the first time */
	json_decref(seen);
	seen = watched("2");
	assert_string_equal(text_in(seen, "state"), "LOSING");
	assert_int_equal(integer_in(seen, "largest_record_stride"), 608);
	json_decref(seen);
	assert_int_equal(checked("losing"), FAILED);
	assert_listed("LOSING");
}

static void a_stuck_record_is_not_blamed_on_the_reader(void **state)
{
	json_t *seen;

	(void)state;
	start("stuck", "100", "88", NULL);
	seen = watched("2");
	assert_string_equal(text_in(seen, "state"), "STUCK");
	assert_string_equal(text_in(seen, "head"), "busy");
	assert_true(real_in(seen, "head_busy_s") > 0);
	assert_true(real_in(seen, "stalled_s") == 0);
	json_decref(seen);
	assert_int_equal(checked("stuck=300ms"), FAILED);
	assert_int_equal(checked("stalled=300ms"), DONE);
	assert_listed("STUCK");
}

static void a_ring_that_nobody_reads_is_told(void **state)
{
	(void)state;
	start("none", "100", "24", NULL);
	assert_int_equal(checked("stalled=300ms"), FAILED);
	assert_listed("no reader");
}

static void losses_are_those_that_the_program_counts(void **state)
{
	uint64_t attempted, lost;
	json_t *seen;

	(void)state;
	start("slow", "8000", "600", "counted");
	while (!(real_in(seen = watched("1"), "lost_records_per_s") > 0))
		json_decref(seen);
	assert_true(is_true(seen, "losing"));
	json_decref(seen);
	lost = stop_producing(&attempted);
	assert_true(lost > 0 && lost < attempted);
	seen = watched("1");
	assert_int_equal(integer_in(seen, "lost_records"), lost);
	assert_true(real_in(seen, "lost_records_per_s") == 0);
	assert_string_equal(text_in(seen, "lost_by_program"), "produce_counted");
	assert_false(is_true(seen, "lost_by_program_is_shared"));
	json_decref(seen);
}

/* The benchmark runs the recorded stream, and verifies every length. */
static void assert_is_run(const char *path)
{
	char stream[176];
	json_t *root;

	snprintf(stream, sizeof(stream), "@%s", path);
	root = run_json(ARGUMENTS("drain", QUICK_BPF, "-n", "1000", "-mode", "copy,view,libbpf",
		"-event-size", stream, "-format", "json"));
	assert_string_equal(text_in(result_of(root, 0), "event_sizes"), "@sizes");
	assert_in_range(real_in(result_of(root, 0), "event_size_mean"), 200, 275);
	json_decref(root);
}

/* Three sizes in turn. */
static void sizes_are_recorded_in_order(void **state)
{
	static const unsigned int sizes[] = { 24, 88, 600 };
	struct outcome outcome;
	unsigned int size, at = 3;
	size_t count = 0;
	char path[160];
	FILE *file;

	start("drained", "4000", "24,88,600", NULL);
	snprintf(path, sizeof(path), "%s/sizes", (const char *)*state);
	outcome = run(ARGUMENTS("watch", "-map", id, "-sizes", path, "-count", "1"));
	assert_int_equal(outcome.status, DONE);
	assert_int_equal(count_lines(outcome.err), 1);
	assert_matches(outcome.err, ": [0-9,]+ sizes in .*/sizes$");
	outcome_free(&outcome);
	file = fopen(path, "r");
	assert_non_null(file);
	for (; fscanf(file, "%u\n", &size) == 1; count++) {
		if (at == 3)
			at = size == 24 ? 0 : size == 88 ? 1 : 2;
		assert_int_equal(size, sizes[at]);
		at = (at + 1) % 3;
	}
	assert_true(feof(file));
	fclose(file);
	assert_true(count > 10);
	assert_is_run(path);
}

static void records_are_shown_by_their_type(void **state)
{
	uint64_t attempted;
	struct outcome outcome;
	char pattern[80];
	json_t *seen;

	(void)state;
	start("none", "1000", "88", NULL);
	while (integer_in(seen = watched("1"), "waiting_bytes") == 0)
		json_decref(seen);
	json_decref(seen);
	stop_producing(&attempted);
	outcome =
		run(ARGUMENTS("watch", "-map", id, "-peek", "1", "-type", "struct watched_event"));
	assert_done(&outcome);
	assert_matches(outcome.out, "^[0-9,]+: 88 B, submitted, waits$");
	assert_matches(outcome.out, "^  \\(struct watched_event\\)\\{$");
	assert_matches(outcome.out, "^    \\.comm = \\(char\\[8\\]\\)\"watched\",$");
	if (attempted < 600) { /* the ring is not full */
		snprintf(pattern, sizeof(pattern), "^    \\.number = \\(__u64\\)%lu,$",
			(unsigned long)attempted - 1);
		assert_matches(outcome.out, pattern);
	}
	outcome_free(&outcome);
}

#define of_program(test) cmocka_unit_test_teardown(test, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		of_program(records_of_a_drained_ring_are_counted),
		of_program(a_reader_that_is_too_slow_loses),
		of_program(a_stuck_record_is_not_blamed_on_the_reader),
		of_program(a_ring_that_nobody_reads_is_told),
		of_program(losses_are_those_that_the_program_counts),
		cmocka_unit_test_setup_teardown(
			sizes_are_recorded_in_order, folder_make, end_and_remove),
		of_program(records_are_shown_by_their_type),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
