/* SPDX-License-Identifier: BSD-2-Clause */
#include <bpf/libbpf.h>
#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/monotonic.h"
#include "commands/measuring.h"
#include "commit.h"
#include "results/output.h"
#include "results/style.h"
#include "results/result_file.h"

#define ANNOUNCED_S 5 /* shorter measurements are not announced */

uint64_t measuring_rounds_asked(const struct settings *settings)
{
	return settings->plan.precision > 0 || settings->plan.duration_ns > 0
		       ? 0
		       : settings->rounds * settings->runs;
}

/* A run of -runs has -runs=1 (runs.c). It announces nothing, as the process that started it does. */
static bool is_one_of_runs(const struct measuring *m)
{
	return settings_given("runs") && m->settings->runs == 1;
}

void measuring_progress(struct measuring *m, double share, const char *format, ...)
{
	const int64_t now = monotonic_ns();
	const double elapsed = (double)(now - m->started_ns) / 1e9;
	const double measured = (double)(now - m->measured_ns) / 1e9; /* without the preparations */
	const double left = share > 0 ? ceil(measured / share * (1 - share)) : 0;
	const bool terminal = isatty(STDERR_FILENO);
	char text[256], time[48] = "";
	va_list arguments;

	if (share <= 0)
		m->measured_ns = now;
	if (elapsed < 1 || (!terminal && (m->progress_shown || is_one_of_runs(m) ||
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
	m->progress_shown = true;
}

static int write_report(const struct measuring_command *command, struct measuring *m)
{
	const struct settings *settings = m->settings;
	char command_line[1024];
	struct output output;
	int err;

	typed_command(
		command_line, sizeof(command_line), m->call->name, m->call->argc, m->call->argv);
	m->table.command = m->call->name;
	m->table.command_line = command_line;
	m->table.machine = &m->machine;
	m->table.peers = settings->runs > 1 ? NULL : &m->peers;
	m->table.asked = measuring_rounds_asked(settings);
	err = output_begin(&output);
	if (err)
		return complain(m->why, err, "out of memory");
	if (settings->format != FORMAT_TEXT)
		err = table_write(output.stream, &m->table, (enum format)settings->format);
	else
		command->write_text(m, output.stream, !settings->output && style_colour_wanted());
	if (err || m->table.failed) {
		output_abandon(&output);
		return complain(m->why, -ENOMEM, "out of memory");
	}
	return output_commit(&output, settings->output, m->why);
}

static int measure_in_runs(const struct measuring_command *command, struct measuring *m)
{
	json_t *runs;
	int err = runs_measure(m, &runs);

	if (json_array_size(runs) > 0 && (!err || err == -EINTR)) {
		if (table_take_runs(&m->table, runs))
			err = complain(m->why, -EINVAL, "the runs have no rows in common");
		command->complete(m, runs);
	}
	json_decref(runs);
	return err;
}

/* After the preparations. */
static int measure_and_write(const struct measuring_command *command, struct measuring *m)
{
	const bool in_runs = m->settings->runs > 1;
	bool any;
	int err;

	m->started_ns = m->measured_ns = monotonic_ns();
	err = in_runs ? measure_in_runs(command, m) : command->measure(m);
	if (m->progress_shown && isatty(STDERR_FILENO))
		fputs("\r\x1b[K", stderr);
	machine_finish(&m->machine);
	m->table.partial = err == -EINTR && m->table.row_count > 0;
	any = m->table.row_count > 0 || m->table.more;
	if (any && (!err || m->table.partial)) {
		err = write_report(command, m);
		if (!err && m->table.partial)
			err = -ECANCELED;
	}
	return err ? err : peers_complain(&m->peers, any, m->why);
}

int measuring_run(
	const struct measuring_command *command, struct measuring *m, const struct call *call)
{
	struct settings *settings = call->settings;
	struct machine_request request = command->request;
	cpu_set_t before[64]; /* of 65536 CPUs */
	size_t count = 0;
	int err;

	m->call = call;
	m->settings = settings;
	m->why = call->why;
	request.libbpf_version = libbpf_version_string();
	request.ringview_version = ringview_version();
	request.ringview_commit = RINGVIEW_COMMIT;
	sched_getaffinity(0, sizeof(before), before);
	err = output_check(settings->output, call->why);
	if (!err && command->prepare)
		err = command->prepare(m);
	if (!err && settings->runs == 1)
		err = command->choose(m, &count);
	if (!err && settings->runs == 1 && count == 0)
		return peers_complain(&m->peers, false, call->why);
	if (!err) {
		machine_read(&m->machine, &request);
		if (settings->runs > 1) /* each run pins itself */
			sched_setaffinity(0, sizeof(before), before);
		err = measure_and_write(command, m);
	}
	table_free(&m->table);
	return err;
}
