/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * list and -help: what there is, on standard output.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/text.h"

static void assert_says(const char *const *arguments, const char *pattern)
{
	struct outcome outcome = run(arguments);

	assert_done(&outcome);
	assert_matches(outcome.out, pattern);
	outcome_free(&outcome);
}

static void list_names_the_versions(void **state)
{
	(void)state;
	assert_says(ARGUMENTS("list"), "^ringview [0-9]+\\.[0-9]+\\.[0-9]+, libbpf v[0-9]+\\.");
}

static void list_names_every_path(void **state)
{
	static const char *const paths[] = { "copy", "view", "batch", "libbpf", "floor", "memory" };

	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		char pattern[32];

		snprintf(pattern, sizeof(pattern), "^  %s +[a-z_]{3}", paths[i]);
		assert_says(ARGUMENTS("list"), pattern);
	}
}

static void list_names_both_sources(void **state)
{
	(void)state;
	assert_says(ARGUMENTS("list"), "^Sources \\(-source\\)$");
	assert_says(ARGUMENTS("list"), "^  bpf +[a-z]");
	assert_says(ARGUMENTS("list"), "^  memory +a ring in plain memory");
}

static void list_says_that_rings_of_the_kernel_are_there(void **state)
{
	(void)state;
	need_bpf();
	assert_says(ARGUMENTS("list"), "^  bpf +a ring of the kernel");
}

static void list_names_the_capabilities(void **state)
{
	(void)state;
	assert_says(ARGUMENTS("list"), "CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN");
}

static void list_tells_of_hardware_counters(void **state)
{
	(void)state;
	assert_says(ARGUMENTS("list"), "^Hardware counters$");
}

/* Each path that list names can be measured. */
static void every_path_of_the_list_can_be_measured(void **state)
{
	struct outcome list = run(ARGUMENTS("list"));
	size_t measured = 0;
	char *paths;

	(void)state;
	need_bpf();
	paths = strstr(list.out, "Paths (-mode)\n");
	assert_non_null(paths);
	for (size_t i = 1;; i++) {
		char *line = line_of(paths, i), *name;
		struct outcome outcome;

		if (!*line) {
			free(line);
			break;
		}
		name = matched(line, "^  ([a-z-]+) ", 1);
		outcome = run(ARGUMENTS(QUICK_BPF, "-n", "100", "-mode", name));
		assert_done(&outcome);
		outcome_free(&outcome);
		free(name);
		free(line);
		measured++;
	}
	assert_int_equal(measured, 7);
	outcome_free(&list);
}

#define EACH_HELP(name, ...)                                                             \
	static void name(void **state)                                                   \
	{                                                                                \
		(void)state;                                                             \
		assert_says(ARGUMENTS(__VA_ARGS__), "^usage: bpf_ringbuf_zc_benchmark"); \
	}

EACH_HELP(one_dash_help, "-help")
EACH_HELP(two_dashes_help, "--help")
EACH_HELP(h_is_help, "-h")
EACH_HELP(drain_has_help, "drain", "-help")
EACH_HELP(sweep_has_help, "sweep", "-help")
EACH_HELP(list_has_help, "list", "-help")
EACH_HELP(help_behind_other_flags, "-n", "10", "-help")
EACH_HELP(help_behind_a_wrong_value, "-n", "0", "-help")

static void assert_help_names(const char *const *arguments, const char *const *flags)
{
	for (; *flags; flags++) {
		char pattern[64];

		snprintf(pattern, sizeof(pattern), "^  -%s [A-Z]+", *flags);
		assert_says(arguments, pattern);
	}
}

static void help_names_every_flag(void **state)
{
	(void)state;
	assert_help_names(ARGUMENTS("-help"),
		ARGUMENTS("n", "mode", "read-timeout", "ring-size", "touch", "batch", "source",
			"rounds", "runs", "time", "precision", "format", "o", "cpu", "event-size",
			"event"));
}

static void help_of_sweep_names_every_flag(void **state)
{
	(void)state;
	assert_help_names(ARGUMENTS("sweep", "-help"),
		ARGUMENTS("n", "mode", "read-timeout", "ring-size", "touch", "batch", "source",
			"rounds", "runs", "time", "precision", "format", "o", "cpu", "sizes"));
}

static void help_names_the_commands(void **state)
{
	(void)state;
	assert_says(ARGUMENTS("-help"), "Commands: drain .*sweep");
}

static void help_gives_the_defaults(void **state)
{
	(void)state;
	assert_says(ARGUMENTS("-help"), "^  -n COUNT .*\\(default 50000\\)$");
	assert_says(ARGUMENTS("-n", "10", "-help"), "^  -n COUNT .*\\(default 50000\\)$");
}

static void an_unknown_flag_that_is_near_to_one_is_guessed(void **state)
{
	(void)state;
	assert_command_complains(&(struct command){ .arguments = ARGUMENTS("-ronds", "5") },
		WRONG_USAGE, "did you mean -rounds?");
}

static void version_is_that_of_the_library(void **state)
{
	(void)state;
	assert_says(ARGUMENTS("-version"), "^bpf_ringbuf_zc_benchmark [0-9.]+, libbpf v[0-9.]+$");
	assert_says(ARGUMENTS("--version"), "^bpf_ringbuf_zc_benchmark [0-9.]+, libbpf v[0-9.]+$");
}

static void help_is_a_word_too(void **state)
{
	(void)state;
	assert_says(
		ARGUMENTS("help"), "^usage: bpf_ringbuf_zc_benchmark \\[flags\\] \\[COMMAND\\]$");
	assert_says(
		ARGUMENTS("help", "live"), "^usage: bpf_ringbuf_zc_benchmark live \\[flags\\]$");
	assert_says(ARGUMENTS("live", "-h"), "^usage: bpf_ringbuf_zc_benchmark live \\[flags\\]$");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_is_that_of_the_library),
		cmocka_unit_test(help_is_a_word_too),
		cmocka_unit_test(list_names_the_versions),
		cmocka_unit_test(list_names_every_path),
		cmocka_unit_test(list_names_both_sources),
		cmocka_unit_test(list_says_that_rings_of_the_kernel_are_there),
		cmocka_unit_test(list_names_the_capabilities),
		cmocka_unit_test(list_tells_of_hardware_counters),
		cmocka_unit_test(every_path_of_the_list_can_be_measured),
		cmocka_unit_test(one_dash_help),
		cmocka_unit_test(two_dashes_help),
		cmocka_unit_test(h_is_help),
		cmocka_unit_test(drain_has_help),
		cmocka_unit_test(sweep_has_help),
		cmocka_unit_test(list_has_help),
		cmocka_unit_test(help_behind_other_flags),
		cmocka_unit_test(help_behind_a_wrong_value),
		cmocka_unit_test(help_names_every_flag),
		cmocka_unit_test(help_of_sweep_names_every_flag),
		cmocka_unit_test(help_names_the_commands),
		cmocka_unit_test(help_gives_the_defaults),
		cmocka_unit_test(an_unknown_flag_that_is_near_to_one_is_guessed),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
