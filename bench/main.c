/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bpf_ringbuf_zc_benchmark: measures ways of reading BPF ring buffers.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/settings.h"
#include "commands/commands.h"
#include "base/process.h"
#include "ringview/ringview.h"
#include "watch/watch.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "drain", command_drain },
	{ "sweep", command_sweep },
	{ "live", command_live },
	{ "compare", command_compare },
	{ "report", command_report },
	{ "list", command_list },
	{ "watch", command_watch },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int end_unknown(const char *name)
{
	const char *names[COMMANDS + 2] = { "help" }, *nearest;
	struct complaint why;

	for (size_t i = 0; i < COMMANDS; i++)
		names[i + 1] = commands[i].name;
	nearest = flags_nearest(name, strlen(name), names);
	if (nearest)
		complain(&why, -EINVAL, "unknown command \"%.48s\"; did you mean %s?", name,
			nearest);
	else
		complain(&why, -EINVAL,
			"unknown command \"%.48s\"; choose one of drain, sweep, live, compare, "
			"report, list, watch, or see -help",
			name);
	return command_end(-EINVAL, EXIT_USAGE, &why);
}

static int run(int argc, char **argv)
{
	static char help[] = "-help";
	char *command_help[] = { argv[0], argc > 2 ? argv[2] : help, help, NULL };
	const char *word = argc > 1 ? argv[1] + (strncmp(argv[1], "--", 2) == 0) : "";
	struct complaint why;

	if (strcmp(word, "-version") == 0 && argc > 2) {
		complain(
			&why, -EINVAL, "-version takes no arguments; leave out \"%.48s\"", argv[2]);
		return command_end(-EINVAL, EXIT_USAGE, &why);
	}
	if (strcmp(word, "-version") == 0 || strcmp(word, "version") == 0) {
		printf(PROGRAM " %s, libbpf %s\n", RINGVIEW_VERSION, libbpf_version_string());
		return EXIT_DONE;
	}
	/* "help live" is "live -help". */
	if (strcmp(word, "help") == 0) {
		argv = command_help;
		argc = 3;
	}
	/* The original benchmark has no commands: flags without one mean drain. */
	if (argc < 2 || argv[1][0] == '-')
		return command_drain(argc, argv);
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	return end_unknown(argv[1]);
}

int main(int argc, char **argv)
{
	struct complaint why;
	int status;

	interrupt_catch();
	settings_add_command(&watch_command);
	/* A closed pipe and a file that grows too large become errors of writing. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	status = run(argc, argv);
	/* Only help and version go through stdout; results are written at once (results/output.h). */
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	complain(&why, -EIO, "cannot write to standard output: %s", strerror(errno));
	return command_end(-EIO, EXIT_FAILED, &why);
}
