/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * list, -help and -version: what they print on standard output.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/text.h"

#define USAGE "^usage: bpf_ringbuf_zc_benchmark"
#define VERSION "^bpf_ringbuf_zc_benchmark [0-9.]+, libbpf v[0-9.]+$"

/* Arguments, and what a line of the output matches. */
static const struct {
	const char *arguments[4], *pattern;
} printed[] = {
	{ { "-version" }, VERSION },
	{ { "--version" }, VERSION },
	{ { "version" }, VERSION },
	{ { "list" }, "^ringview [0-9]+\\.[0-9]+\\.[0-9]+, libbpf v[0-9]+\\." },
	{ { "list" }, "^  copy +[a-z_]{3}" },
	{ { "list" }, "^  view +[a-z_]{3}" },
	{ { "list" }, "^  batch +[a-z_]{3}" },
	{ { "list" }, "^  libbpf +[a-z_]{3}" },
	{ { "list" }, "^  floor +[a-z_]{3}" },
	{ { "list" }, "^Sources \\(-source\\)$" },
	{ { "list" }, "^  bpf +[a-z]" },
	{ { "list" }, "^  memory +a ring in plain memory" },
	{ { "list" }, "CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN" },
	{ { "list" }, "^Hardware counters$" },
	{ { "-help" }, USAGE " \\[flags\\] \\[COMMAND\\]$" },
	{ { "--help" }, USAGE },
	{ { "-h" }, USAGE },
	{ { "help" }, USAGE " \\[flags\\] \\[COMMAND\\]$" },
	{ { "help", "help" }, USAGE " \\[flags\\] \\[COMMAND\\]$" },
	{ { "drain", "-help" }, USAGE },
	{ { "sweep", "-help" }, USAGE " sweep \\[flags\\]$" },
	{ { "list", "-help" }, USAGE " list \\[flags\\]$" },
	{ { "live", "-h" }, USAGE " live \\[flags\\]$" },
	{ { "help", "live" }, USAGE " live \\[flags\\]$" },
	{ { "-h", "live" }, USAGE " live \\[flags\\]$" },
	{ { "--help", "live" }, USAGE " live \\[flags\\]$" },
	/* Also after a wrong value; with the defaults, not what was given. */
	{ { "-n", "0", "-help" }, USAGE },
	{ { "-help" }, "^  -n COUNT .*\\(default 50000\\)$" },
	{ { "-n", "10", "-help" }, "^  -n COUNT .*\\(default 50000\\)$" },
	{ { "-help" }, "Commands: drain .*sweep" },
};

static void each_output_has_its_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(printed); i++) {
		struct outcome outcome = run(printed[i].arguments);

		assert_done(&outcome);
		assert_matches(outcome.out, printed[i].pattern);
		outcome_free(&outcome);
	}
}

static void assert_help_names(const char *command, const char *const *flags)
{
	struct outcome outcome = run(ARGUMENTS(command, "-help"));

	for (; *flags; flags++) {
		char pattern[64];

		snprintf(pattern, sizeof(pattern), "^  -%s [A-Z]+", *flags);
		assert_matches(outcome.out, pattern);
	}
	outcome_free(&outcome);
}

#define OF_BOTH                                                                                 \
	"n", "mode", "read-timeout", "ring-size", "touch", "batch", "source", "rounds", "runs", \
		"time", "precision", "format", "o", "cpu"

static void help_names_every_flag(void **state)
{
	(void)state;
	assert_help_names("drain", ARGUMENTS(OF_BOTH, "event-size", "event"));
	assert_help_names("sweep", ARGUMENTS(OF_BOTH, "sizes"));
}

/* Characters, not bytes: the micro sign has two. */
static void help_fits_into_80_columns(void **state)
{
	static const char *const commands[] = { "drain", "sweep", "live", "compare", "report",
		"list", "watch" };

	(void)state;
	for (size_t i = 0; i < COUNT(commands); i++) {
		struct outcome outcome = run(ARGUMENTS(commands[i], "-help"));
		size_t columns = 0;

		for (const char *c = outcome.out; *c; c++) {
			columns = *c == '\n' ? 0 : columns + (((unsigned char)*c & 0xc0) != 0x80);
			if (columns > 80)
				fail_msg("%s -help: a line is wider than 80 columns:\n%s",
					commands[i], outcome.out);
		}
		outcome_free(&outcome);
	}
}

static void list_says_that_rings_of_the_kernel_are_there(void **state)
{
	struct outcome outcome = run(ARGUMENTS("list"));

	(void)state;
	need_bpf();
	assert_matches(outcome.out, "^  bpf +a ring of the kernel");
	outcome_free(&outcome);
}

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_output_has_its_line),
		cmocka_unit_test(help_names_every_flag),
		cmocka_unit_test(help_fits_into_80_columns),
		cmocka_unit_test(list_says_that_rings_of_the_kernel_are_there),
		cmocka_unit_test(every_path_of_the_list_can_be_measured),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
