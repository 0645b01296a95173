/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "commands/commands.h"
#include "commands/runs.h"

extern char **environ;

/* The arguments of one run: as they were typed, and what a later flag puts right. */
static char **arguments_of(
	const char *command, const struct settings *settings, int argc, char **argv)
{
	static const char *const added[] = { "-runs=1", "-format=json", "-o=/proc/self/fd/1" };
	const size_t more = settings->output ? 3 : 2;
	char **all = calloc((size_t)argc + more + 2, sizeof(*all));
	size_t count = 0;

	if (!all)
		return NULL;
	all[count++] = (char *)PROGRAM;
	all[count++] = (char *)command;
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		all[count++] = argv[i];
	for (size_t i = 0; i < more; i++)
		all[count++] = (char *)added[i];
	return all;
}

/* Starts one, whose output *@output reads. 0 or a negative errno. */
static int start(char **arguments, pid_t *pid, FILE **output)
{
	posix_spawn_file_actions_t actions;
	int ends[2], err;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	err = -posix_spawn_file_actions_init(&actions);
	if (!err) {
		posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
		err = -posix_spawn(pid, "/proc/self/exe", &actions, NULL, arguments, environ);
		posix_spawn_file_actions_destroy(&actions);
	}
	close(ends[1]);
	*output = err ? NULL : fdopen(ends[0], "r");
	if (!err && !*output)
		err = -errno;
	if (err)
		close(ends[0]);
	return err;
}

static int run_once(char **arguments, json_t *runs, struct complaint *why)
{
	json_t *document;
	int status, err;
	FILE *output = NULL;
	pid_t pid;

	err = start(arguments, &pid, &output);
	if (err)
		return complain(why, err, "cannot start a run: %s", strerror(-err));
	document = json_loadf(output, 0, NULL);
	fclose(output);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (interrupted()) {
		json_decref(document);
		return -EINTR;
	}
	/* What failed has said why on standard error. */
	if (!document || !WIFEXITED(status) || WEXITSTATUS(status) != EXIT_DONE) {
		json_decref(document);
		return complain(why, -EIO, "run %zu of them failed", json_array_size(runs) + 1);
	}
	return json_array_append_new(runs, document) ? complain(why, -ENOMEM, "out of memory") : 0;
}

int runs_measure(const char *command, const struct settings *settings, int argc, char **argv,
	json_t **runs, struct complaint *why)
{
	char **arguments = arguments_of(command, settings, argc, argv);
	int err = 0;

	*runs = json_array();
	if (!arguments || !*runs)
		err = complain(why, -ENOMEM, "out of memory");
	for (uint64_t i = 0; i < settings->runs && !err; i++)
		err = run_once(arguments, *runs, why);
	free(arguments);
	return err;
}
