/* SPDX-License-Identifier: BSD-2-Clause */
#include <bpf/libbpf.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <unistd.h>

#include "base/monotonic.h"
#include "base/process.h"
#include "commands/commands.h"
#include "commit.h"
#include "results/output.h"
#include "results/result_file.h"
#include "results/style.h"

#define ANNOUNCED_S 5 /* shorter measurements are not announced */

static const struct measuring_command *measuring;

uint64_t measuring_rounds_asked(const struct settings *s)
{
	return s->plan.precision > 0 || s->plan.duration_ns > 0 ? 0 : s->plan.rounds * s->runs;
}

/* A run of -runs has -runs=1 (runs.c). It announces nothing, as the process that started it does. */
static bool is_one_of_runs(const struct call *call)
{
	return settings_given("runs") && call->settings.runs == 1;
}

void measuring_progress(struct call *call, double share, const char *format, ...)
{
	const int64_t now = monotonic_ns();
	const double elapsed = (double)(now - call->started_ns) / 1e9;
	const double measured = (double)(now - call->measured_ns) / 1e9; /* without preparations */
	const double left = share > 0 ? ceil(measured / share * (1 - share)) : 0;
	const bool terminal = isatty(STDERR_FILENO);
	char text[256], time[48] = "";
	va_list arguments;

	if (share <= 0)
		call->measured_ns = now;
	if (elapsed < 1 || (!terminal && (call->progress_shown || is_one_of_runs(call) ||
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
	int err = 0;

	typed_command(command_line, sizeof(command_line), call->name, call->argv);
	call->table.command = call->name;
	call->table.command_line = command_line;
	call->table.warnings = machine_warnings(call->table.machine, s->command == COMMAND_LIVE);
	call->table.peers = s->runs > 1 ? NULL : &call->peers;
	call->table.asked = measuring_rounds_asked(s);
	if (s->format != FORMAT_TEXT)
		err = table_write(out, &call->table, (enum format)s->format);
	else
		measuring->write_text(call, out, !s->output && style_colour_wanted());
	return err || call->table.failed ? complain(&call->why, -ENOMEM, "out of memory") : 0;
}

static int measure_in_runs(struct call *call)
{
	json_t *runs;
	int err = runs_measure(call, &runs);

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
	return err ? err : peers_complain(&call->peers, any, &call->why);
}

int measuring_run(const struct measuring_command *command, struct call *call)
{
	struct settings *s = &call->settings;
	const struct machine_request request = {
		.cpu = s->workload.consumer_cpu,
		.libbpf_version = libbpf_version_string(),
		.ringview_version = ringview_version(),
		.ringview_commit = RINGVIEW_COMMIT,
	};
	pin_set before;
	int err = settings_check_named(s, &call->why);

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
		call->table.machine = machine_read(&request);
		if (s->runs > 1) /* each run pins itself */
			sched_setaffinity(0, sizeof(before), before);
		err = measure_and_write(call);
	}
	table_free(&call->table);
	return err;
}
