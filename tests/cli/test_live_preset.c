/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live -preset kernel-selftests, as it is run: once in short, and its results compared.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/folder.h"
#include "support/privileges.h"
#include "support/text.h"

/* A moment each. */
#define PRESET "live", "-preset", "kernel-selftests", "-duration", "2ms", "-rounds", "1"
#define SHORT PRESET, "-mode", "batch", "-wait", "event"

enum { NOT_COMPARABLE = 2 };

static bool rings_can_overwrite(void)
{
	struct utsname name;
	int major = 0, minor = 0;

	uname(&name);
	sscanf(name.release, "%d.%d", &major, &minor);
	return major > 6 || (major == 6 && minor >= 19);
}

/* Kernels without rings that overwrite leave that question out, and say so in a line. */
static void assert_done_but_for_overwriting(const struct outcome *outcome)
{
	assert_int_equal(outcome->status, 0);
	/* A run of some seconds is announced. */
	assert_int_equal(count_lines(outcome->err),
		!rings_can_overwrite() + (strstr(outcome->err, ": measuring: ") != NULL));
	if (!rings_can_overwrite())
		assert_matches(outcome->err, "^overwrite: left out: .*Linux 6\\.19");
}

static json_t *run_preset(const char *const *arguments)
{
	struct outcome outcome = run(arguments);
	json_t *root = json_loads(outcome.out, 0, NULL);

	assert_done_but_for_overwriting(&outcome);
	assert_non_null(root);
	outcome_free(&outcome);
	return root;
}

/* "question path/wait", a line each, without what depends on the number of CPUs. */
static char *answers_of(const json_t *root)
{
	const json_t *results = array_in(root, "results");
	char *answers = NULL;
	size_t size;
	FILE *out = open_memstream(&answers, &size);

	for (size_t i = 0; i < json_array_size(results); i++) {
		const json_t *result = json_array_get(results, i);

		fprintf(out, "%s %s/%s\n", text_in(result, "question"), text_in(result, "path"),
			text_in(result, "wait"));
	}
	fclose(out);
	return answers;
}

static void assert_answered(const char *answers, const char *question)
{
	static const char *const readers[] = { "batch/event", "libbpf/libbpf-poll", "perfbuf/own" };
	char line[96];

	for (size_t i = 0; i < COUNT(readers); i++) {
		snprintf(line, sizeof(line), "%s %s\n", question, readers[i]);
		if (!strstr(answers, line))
			fail_msg("there is no %s in\n%s", line, answers);
	}
}

/* One run that most tests only look at; and where it is. Without tracepoints a question is left
 * out. */
static json_t *seen;
static void *folder;

static int run_once(void **state)
{
	(void)state;
	if (folder_make(&folder))
		return -1;
	if (!privileges_held(BPF_CAPABILITIES) || !tracepoints_are_there())
		return 0;
	seen = run_preset(ARGUMENTS(PRESET, "-wait", "event,libbpf-poll", "-format", "json"));
	return json_dump_file(seen, folder_path(&folder, "preset"), 0);
}

static int forget(void **state)
{
	(void)state;
	json_decref(seen);
	return folder_remove(&folder);
}

static void every_question_is_answered_by_each(void **state)
{
	static const char *const questions[] = { "parallel", "parallel-sampled",
		"back-to-back:default", "back-to-back:sampled:500", "sample-rate:1",
		"sample-rate:3000", "same-cpu", "producers:1", "producers:4" };
	char *answers;

	(void)state;
	need_tracepoints();
	answers = answers_of(seen);
	for (size_t i = 0; i < COUNT(questions); i++)
		assert_answered(answers, questions[i]);
	assert_non_null(strstr(answers, "write-back-to-back:output batch/event\n"));
	assert_non_null(strstr(answers, "write-sampled:reserve libbpf/libbpf-poll\n"));
	assert_null(strstr(answers, "write-sampled:reserve perfbuf"));
	assert_int_equal(
		strstr(answers, "overwrite:2 no-consumer/own\n") != NULL, rings_can_overwrite());
	assert_string_equal(text_in(object_in(seen, "workload"), "preset"), "kernel-selftests");
	free(answers);
}

static void each_result_says_of_what(void **state)
{
	const json_t *results;

	(void)state;
	need_tracepoints();
	results = array_in(seen, "results");
	for (size_t i = 0; i < json_array_size(results); i++) {
		const json_t *result = json_array_get(results, i);
		const json_t *workload = object_in(result, "workload");
		const char *question = text_in(result, "question");

		assert_int_equal(integer_in(workload, "ring_size"), 512 * 1024);
		assert_int_equal(integer_in(workload, "event_size"), 16);
		if (strcmp(question, "sample-rate:25") == 0) {
			assert_int_equal(integer_in(workload, "back_to_back"), 25);
			assert_string_equal(text_in(workload, "notify"), "sampled:25");
		}
		if (strcmp(question, "producers:3") == 0)
			assert_int_equal(integer_in(workload, "producers"), 3);
		if (strcmp(question, "same-cpu") == 0)
			assert_string_equal(text_in(workload, "producer"), "syscall");
	}
	assert_true(json_array_size(array_in(object_in(seen, "published"), "figures")) > 0);
}

/* Also where others wait like it. */
static void the_noise_is_of_what_others_are_compared_with(void **state)
{
	const json_t *noise;
	json_t *root;

	(void)state;
	need_tracepoints();
	root = run_preset(ARGUMENTS(
		PRESET, "-mode", "dropin,libbpf", "-wait", "libbpf-poll", "-format", "json"));
	noise = array_in(root, "noise");
	assert_true(json_array_size(noise) > 0);
	for (size_t i = 0; i < json_array_size(noise); i++)
		assert_string_equal(text_in(json_array_get(noise, i), "path"),
			text_in(json_array_get(array_in(root, "ratios"), 0), "baseline"));
	json_decref(root);
}

static void the_text_has_what_was_published_beside(void **state)
{
	struct outcome outcome;

	(void)state;
	need_tracepoints();
	outcome = run(ARGUMENTS(SHORT));
	assert_done_but_for_overwriting(&outcome);
	if (rings_can_overwrite())
		assert_matches(outcome.out, "no-consumer .*\\| rb-prod +32\\.180");
	assert_matches(outcome.out, "batch/event .*\\| rb-custom +8\\.158 .+ 0\\.118");
	assert_matches(outcome.out, "- .*\\| pb-custom +0\\.965");
	assert_matches(outcome.out, "another machine");
	assert_matches(outcome.out, "c97099b0f227");
	assert_matches(outcome.out, "output, as reserve and submit, back to back");
	outcome_free(&outcome);
}

static void csv_and_gobench_name_the_question(void **state)
{
	struct outcome outcome;
	char *header;

	(void)state;
	need_tracepoints();
	outcome = run(ARGUMENTS(SHORT, "-format", "csv"));
	assert_done_but_for_overwriting(&outcome);
	header = line_of(outcome.out, 0);
	assert_matches(header, "^question,path,wait,");
	for (size_t i = 1; i < count_lines(outcome.out); i++) {
		char *line = line_of(outcome.out, i);

		assert_matches(line, "^[a-z0-9:-]+,batch,event,");
		assert_int_equal(count_of(line, ","), count_of(header, ","));
		free(line);
	}
	free(header);
	outcome_free(&outcome);
	outcome = run(ARGUMENTS(SHORT, "-format", "gobench"));
	assert_done_but_for_overwriting(&outcome);
	assert_matches(outcome.out, "^BenchmarkLive/question=sample-rate:50/path=batch/wait=event/"
				    ".*/back-to-back=50 [0-9]+ ");
	outcome_free(&outcome);
}

static void run_well(const char *const *arguments)
{
	struct outcome outcome = run(arguments);

	assert_done(&outcome);
	outcome_free(&outcome);
}

static void assert_refused(const char *old, const char *new, const char *pattern)
{
	struct outcome outcome = run(ARGUMENTS("compare", old, new));

	assert_int_equal(outcome.status, NOT_COMPARABLE);
	assert_matches(outcome.err, pattern);
	outcome_free(&outcome);
}

static void runs_are_compared_question_by_question(void **state)
{
	char *preset = strdup(folder_path(&folder, "preset")),
	     *live = strdup(folder_path(&folder, "live"));
	struct outcome outcome;

	(void)state;
	need_tracepoints();
	run_well(ARGUMENTS("live", "-duration", "2ms", "-rounds", "1", "-mode", "batch", "-wait",
		"event", "-format", "json", "-o", live));
	outcome = run(ARGUMENTS("compare", "-undecided", "ok", preset, preset));
	assert_int_equal(outcome.status, 0);
	assert_matches(outcome.out, "^reader +size ");
	assert_matches(outcome.out, "^sample-rate:3000 batch/event +16 ");
	assert_matches(outcome.out, "Only in OLD: 0, only in NEW: 0\\.$");
	outcome_free(&outcome);
	assert_refused(live, preset, "preset differs: absent, now kernel-selftests");
	assert_refused(preset, live, "preset differs: kernel-selftests, now absent");
	free(preset);
	free(live);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_question_is_answered_by_each),
		cmocka_unit_test(each_result_says_of_what),
		cmocka_unit_test(the_noise_is_of_what_others_are_compared_with),
		cmocka_unit_test(the_text_has_what_was_published_beside),
		cmocka_unit_test(csv_and_gobench_name_the_question),
		cmocka_unit_test(runs_are_compared_question_by_question),
	};

	return exit_status(cmocka_run_group_tests(tests, run_once, forget), COUNT(tests));
}
