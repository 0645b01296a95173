/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/monotonic.h"
#include "base/process.h"
#include "commands/commands.h"
#include "results/output.h"
#include "results/result_file.h"
#include "results/style.h"

#define ANNOUNCED_S 5 /* shorter measurements are not announced */

static const struct measuring_command *measuring;

void measuring_progress(struct call *call, double share, const char *format, ...)
{
	const int64_t now = monotonic_ns();
	const double elapsed = (double)(now - call->started_ns) / 1e9;
	const double measured = (double)(now - call->measured_ns) / 1e9; /* without preparations */
	const double left = share > 0 ? ceil(measured / share * (1 - share)) : 0;
	/* A run of -runs (arguments_of()) announces nothing: the process that started it does. */
	const bool one_of_runs = settings_given("runs") && call->settings.runs == 1;
	const bool terminal = isatty(STDERR_FILENO);
	char text[256], time[48] = "";
	va_list arguments;

	if (share <= 0)
		call->measured_ns = now;
	if (elapsed < 1 || (!terminal && (call->progress_shown || one_of_runs ||
						 elapsed + left < ANNOUNCED_S)))
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (share > 0)
		snprintf(time, sizeof(time), "; about %.0f s left", left);
	if (terminal)
		fprintf(stderr, "\r%3.0f %%  %s%s\x1b[K", share * 100, text, time);
	else
		fprintf(stderr, PROGRAM ": measuring: %s%s\n", text, time);
	call->progress_shown = true;
}

static int write_results(struct call *call, FILE *out)
{
	const struct settings *s = &call->settings;
	char command_line[1024];

	typed_command(command_line, sizeof(command_line), call->name, call->argv);
	call->table.command = call->name;
	call->table.command_line = command_line;
	call->table.warnings = machine_warnings(call->table.machine, s->command == COMMAND_LIVE);
	call->table.peers = s->runs > 1 ? NULL : &call->peers;
	if (s->plan.precision <= 0 && s->plan.duration_ns == 0)
		call->table.asked = s->plan.rounds * s->runs;
	if (s->format != FORMAT_TEXT)
		table_write(out, &call->table, (enum format)s->format);
	else
		measuring->write_text(call, out, !s->output && style_colour_wanted());
	return 0;
}

/* The arguments of one run: those that were typed, and flags that override some of them. */
static char **arguments_of(const struct call *call)
{
	static const char *const added[] = { "-runs=1", "-format=json", "-o=/proc/self/fd/1" };
	const size_t more = call->settings.output ? 3 : 2;
	size_t count = 2, typed = 1;
	char **all;

	while (call->argv[typed] && strcmp(call->argv[typed], "--") != 0)
		typed++;
	all = arena_allocate((typed + more + 2) * sizeof(*all));
	all[0] = (char *)PROGRAM;
	all[1] = (char *)call->name;
	for (size_t i = 1; i < typed; i++)
		all[count++] = call->argv[i];
	for (size_t i = 0; i < more; i++)
		all[count++] = (char *)added[i];
	return all;
}

/* Runs this program with @arguments and appends what it writes to @runs. */
static int run_once(char **arguments, json_t *runs, struct complaint *why)
{
	posix_spawn_file_actions_t actions;
	json_t *document;
	int status = 0, ends[2], err;
	FILE *output;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return complain(why, -errno, "cannot start a run: %s", strerror(errno));
	output = need(fdopen(ends[0], "r"));
	/* Unlike after fork(), no handler of this process takes its signals. */
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	err = posix_spawn(&pid, "/proc/self/exe", &actions, NULL, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	document = json_loadf(output, 0, NULL); /* nothing if there is no run */
	/* Other signals than the terminal's reach only this process. */
	if (!err && interrupted())
		kill(pid, SIGTERM);
	/* What else the run writes goes nowhere: a closed pipe would make it complain. */
	while (getc(output) != EOF || (ferror(output) && errno == EINTR))
		clearerr(output);
	fclose(output);
	if (err)
		return complain(why, -err, "cannot start a run: %s", strerror(err));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (document && !interrupted() && WIFEXITED(status) && WEXITSTATUS(status) <= EXIT_FAILED) {
		if (json_array_append_new(runs, document))
			need(NULL);
		/* Peers have failed, and others have results. */
		if (WEXITSTATUS(status) == EXIT_FAILED)
			json_object_set(json_array_get(runs, 0), "failed_peers",
				json_object_get(document, "failed_peers"));
		return 0;
	}
	json_decref(document);
	/* The run has printed why it failed. */
	return interrupted() ? -EINTR
			     : complain(why, -EIO, "run %zu failed", json_array_size(runs) + 1);
}

/* Runs the command settings.runs times with the same arguments, each time in a new process, and takes
 * the results of the completed runs. */
static int measure_in_runs(struct call *call)
{
	const uint64_t count = call->settings.runs;
	char **arguments = arguments_of(call);
	json_t *runs = need(json_array());
	int err = 0;

	for (uint64_t i = 0; i < count && !err; i++) {
		err = run_once(arguments, runs, &call->why);
		if (!err && i + 1 < count)
			measuring_progress(call, (double)(i + 1) / (double)count,
				"run %" PRIu64 " of %" PRIu64, i + 2, count);
	}
	if (json_array_size(runs) > 0 && (!err || err == -EINTR)) {
		if (table_take_runs(&call->table, runs))
			err = complain(&call->why, -EINVAL, "the runs have no rows in common");
		measuring->complete(call, runs);
	}
	json_decref(runs);
	return err;
}

/* After the preparations. */
static int measure_and_write(struct call *call)
{
	struct table *table = &call->table;
	bool any;
	int err;

	call->started_ns = call->measured_ns = monotonic_ns();
	err = call->settings.runs > 1 ? measure_in_runs(call) : measuring->measure(call);
	if (call->progress_shown && isatty(STDERR_FILENO))
		fputs("\r\x1b[K", stderr);
	machine_finish(table->machine);
	table->partial = err == -EINTR && table->row_count > 0;
	any = table->row_count > 0 || table->more;
	if (any && (!err || table->partial)) {
		err = command_write(call, write_results);
		if (!err && table->partial)
			err = -ECANCELED;
	}
	if (!err && json_array_size(json_object_get(table->more, "failed_peers")) > 0)
		return complain(&call->why, -EPROTO, "a peer failed; left out of the results");
	return err ? err : peers_complain(&call->peers, any, &call->why);
}

int measuring_run(const struct measuring_command *command, struct call *call)
{
	struct settings *s = &call->settings;
	pin_set before;
	int err = settings_check_named(s, &call->why);

	for (size_t i = 0; i < s->size_count && !err; i++)
		if (s->mixes[i] && s->mixes[i]->path)
			err = output_check_input(s->output, s->mixes[i]->path, &call->why);
	if (err)
		return command_end(err, EXIT_USAGE, &call->why);
	measuring = command;
	sched_getaffinity(0, sizeof(before), before);
	err = output_check(s->output, &call->why);
	if (!err && command->prepare)
		err = command->prepare(call);
	if (!err && s->runs == 1)
		err = settings_choose(s, &call->peers, &call->why);
	if (!err && s->combination_count == 0)
		return peers_complain(&call->peers, false, &call->why);
	if (!err) {
		call->table.machine = machine_read(s->workload.consumer_cpu);
		if (s->runs > 1) /* each run pins itself */
			sched_setaffinity(0, sizeof(before), before);
		err = measure_and_write(call);
	}
	table_free(&call->table);
	return err;
}
