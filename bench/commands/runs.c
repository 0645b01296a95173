/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/process.h"
#include "commands/commands.h"

extern char **environ;

/* The arguments of one run: those that were typed, and flags that override some of them. */
static char **arguments_of(const struct call *call)
{
	static const char *const added[] = { "-runs=1", "-format=json", "-o=/proc/self/fd/1" };
	const size_t more = call->settings.output ? 3 : 2;
	size_t count = 2, typed = 1;
	char **all;

	while (call->argv[typed] && strcmp(call->argv[typed], "--") != 0)
		typed++;
	all = calloc(typed + more + 2, sizeof(*all));
	if (!all)
		return NULL;
	all[0] = (char *)PROGRAM;
	all[1] = (char *)call->name;
	for (size_t i = 1; i < typed; i++)
		all[count++] = call->argv[i];
	for (size_t i = 0; i < more; i++)
		all[count++] = (char *)added[i];
	return all;
}

/* Starts a run; *@output reads its output. 0 or a negative errno. */
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
	/* Other signals than the terminal's reach only this process. */
	if (interrupted())
		kill(pid, SIGTERM);
	fclose(output);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (interrupted()) {
		json_decref(document);
		return -EINTR;
	}
	/* The run has printed why it failed. */
	if (!document || !WIFEXITED(status) || WEXITSTATUS(status) != EXIT_DONE) {
		json_decref(document);
		return complain(why, -EIO, "run %zu failed", json_array_size(runs) + 1);
	}
	return json_array_append_new(runs, document) ? complain(why, -ENOMEM, "out of memory") : 0;
}

int runs_measure(struct call *call, json_t **runs)
{
	const uint64_t count = call->settings.runs;
	char **arguments = arguments_of(call);
	int err = 0;

	*runs = json_array();
	if (!arguments || !*runs)
		err = complain(&call->why, -ENOMEM, "out of memory");
	for (uint64_t i = 0; i < count && !err; i++) {
		err = run_once(arguments, *runs, &call->why);
		if (!err && i + 1 < count)
			measuring_progress(call, (double)(i + 1) / (double)count,
				"run %" PRIu64 " of %" PRIu64, i + 2, count);
	}
	free(arguments);
	return err;
}
