/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Wrong command lines: exit status 2, one line on standard error, nothing on standard output. That
 * each flag's messages are right is tested in unit/test_settings and unit/test_cli.
 */
#include <string.h>

#include "../support/skipping.h"
#include "support/checks.h"

/* Arguments, separated by single spaces; part of the message. */
static const char *const refused[][2] = {
	{ "measure", "unknown command \"measure\"; choose one of drain, sweep, live" },
	{ "", "\"\"" },
	{ "DRAIN", "unknown command \"DRAIN\"" },
	{ "livee", "did you mean live?" },
	{ "help livee", "did you mean live?" },
	{ "-fast", "unknown flag -fast; see bpf_ringbuf_zc_benchmark -help" },
	{ "--fast", "-fast" },
	{ "-fast=1", "-fast" },
	{ "-n 10 -fast", "-fast" },
	{ "-event-siz 16", "did you mean -event-size?" },
	{ "-N 10", "-N" },
	{ "---n 10", "bad flag syntax \"---n\"" },
	{ "-=10", "bad flag syntax \"-=10\"" },
	{ "-n 10 more", "\"more\"" },
	{ "-n 10 live", "a command comes first: bpf_ringbuf_zc_benchmark live" },
	{ "drain more", "\"more\"" },
	{ "-- more", "\"more\"" },
	{ "-", "\"-\"" },
	{ "-n", "-n needs a value; give for example -n 50000" },
	{ "-o", "-o needs a value; give -o FILE" },
	{ "-version -n 5", "-version takes no arguments" },
	{ "-duration 1s", "-duration is a flag of live" },
	{ "-n 1m", "for mega write M" },
	{ "-mode vew", "did you mean view?" },
	{ "-mode libbpf -source memory", "-mode: libbpf" },
	{ "-mode copy,libbpf -source memory", "-mode: libbpf" },
	{ "-event sized -event-size 8192 -ring-size 4KiB", "-ring-size:" },
	/* Only its header does not fit. */
	{ "-event sized -event-size 4088 -ring-size 4KiB", "-ring-size:" },
	{ "-event skb_meta -event-size 64", "-event-size:" },
	{ "-event-size 64", "-event-size:" },
	{ "-ring-size 1TiB", "-ring-size: 1TiB is not a power of two from" },
	{ "-rounds 5 -time 1s", "-rounds and -time" },
	{ "-runs 2 -rounds 600", "more than 1024 rounds" },
	{ "-cpu 65535", "-cpu: \"65535\" is not a CPU that this process may run on; give 0 to" },
	{ "-discard \xff%", "-discard: \"?%\" is not a percentage" },
	{ "sweep more", "\"more\"" },
	{ "sweep -fast", "-fast" },
	{ "sweep -sizes", "-sizes needs a value" },
	{ "sweep -sizes 80:16", "is not first:last:step" },
	{ "sweep -sizes 8", "-sizes:" },
	{ "sweep -event sized", "-event is a flag of drain" },
	{ "sweep -event-size 64", "-event-size is a flag of drain, live" },
	{ "sweep -sizes 16,8192 -ring-size 4KiB", "-ring-size:" },
	{ "sweep -mode both,libbpf -source memory", "-mode: libbpf" },
	{ "drain -sizes 16,32", "-sizes is a flag of sweep" },
	{ "live -mode vew", "did you mean view?" },
	{ "live -rate 1m", "for mega write M" },
	{ "live -runs 2 -advise", "-runs: -advise is for a single run" },
	{ "compare a", "compare needs two files" },
	{ "compare a b c", "\"c\"" },
	{ "report", "report needs a result file" },
	{ "list more", "\"more\"" },
	{ "list -fast", "-fast" },
	{ "list -n 10", "-n is a flag of drain, sweep" },
	{ "watch -pinned ", "-pinned: the value is empty; give a PATH, or leave out -pinned" },
	{ "watch -interval 1ms", "-interval: \"1ms\" is not a duration from 10ms to 1h0m0s" },
};

static void wrong_command_lines_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		const char *arguments[12] = { NULL };
		char text[128], *rest = text;
		size_t count = 0;

		strcpy(text, refused[i][0]);
		while (rest)
			arguments[count++] = strsep(&rest, " ");
		print_message("# %s\n", refused[i][0]);
		assert_command_complains(
			&(struct command){ .arguments = arguments }, WRONG_USAGE, refused[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(wrong_command_lines_are_refused) };

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
