/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bpf_ringbuf_zc_benchmark: measures ways of reading BPF ring buffers.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "interrupt.h"
#include "settings.h"

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

static int run(int argc, char **argv)
{
	struct complaint why;

	/* The seed has no commands: what begins with flags is a drain. */
	if (argc < 2 || argv[1][0] == '-')
		return command_drain(argc, argv);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	complain(&why, -EINVAL,
		"unknown command \"%.48s\"; choose one of drain, sweep, live, compare, report, list, "
		"watch, or see -help",
		argv[1]);
	command_end(-EINVAL, &why);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	struct complaint why;
	int status;

	interrupt_catch();
	/* A closed pipe and a file grown too large are errors of writing, told as such. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	status = run(argc, argv);
	/* Only the help goes through stdout; results are written at once (results/output.h). */
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	return command_end(
		complain(&why, -EIO, "cannot write to standard output: %s", strerror(errno)), &why);
}
