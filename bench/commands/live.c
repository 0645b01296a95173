/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live: producers and a consumer at the same time.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commit.h"
#include "commands/commands.h"
#include "cli/settings.h"
#include "machine/machine.h"
#include "measure/live_advise.h"
#include "measure/live_measure.h"
#include "results/live_table.h"
#include "commands/preset.h"
#include "rings/producers.h"
#include "commands/live_watch.h"
#include "commands/progress.h"
#include "commands/runs.h"
#include "results/output.h"
#include "results/style.h"
#include "results/table_runs.h"
#include "statistics/schedule.h"
#include "commands/typed_command.h"

struct live {
	struct settings settings;
	struct live_measurement *measurement;
	struct live_advice advice;
	struct preset preset;
	struct table table;
	struct machine machine;
	struct peers peers;
	struct progress progress;
	struct live_watch watch;
	struct complaint *why;
};

/* What is shown while it runs. Returns who observes, or NULL. */
static struct live_observer *show_begin(struct live *live)
{
	progress_begin(&live->progress);
	return live->settings.watch ? live_watch_begin(&live->watch) : NULL;
}

static void show_end(struct live *live)
{
	if (live->settings.watch)
		live_watch_end(&live->watch);
	progress_end(&live->progress);
}

/* The reference runs twice in each. */
static size_t live_rounds(const struct live *live)
{
	const size_t count = live->settings.combination_count;

	return schedule_rounds(count + (count > 1), live->settings.rounds);
}

static void show_progress(void *context, size_t done, size_t total)
{
	struct live *live = context;

	if (live->settings.watch)
		live_watch_progress(&live->watch, "run", done, total);
	else if (live->settings.advise && live->measurement->count == 0)
		progress_show(&live->progress, 0, "trying ring size %zu", done + 1);
	else
		progress_show(&live->progress, (double)done / (double)total,
			"%zu readers, %zu rounds (%" PRIu64 " asked): %zu of %zu",
			live->settings.combination_count, live_rounds(live), live->settings.rounds,
			done + 1, total);
}

/* Takes out of the combinations what is not here, and peers that are not well. */
static int choose_readers(struct live *live)
{
	struct settings *s = &live->settings;
	const struct reader *last = NULL;
	bool chosen = true;
	size_t kept = 0;
	int err = 0;

	for (size_t i = 0; i < s->combination_count && !err; i++) {
		const struct reader *reader = s->combinations[i].reader;

		/* Those of a reader are one after the other. */
		if (reader != last)
			err = peers_choose(&live->peers, reader, !settings_names(s, reader),
				reader_obstacle(reader, s->workload.source, &s->workload), &chosen,
				live->why);
		last = reader;
		if (chosen)
			s->combinations[kept++] = s->combinations[i];
	}
	s->combination_count = kept;
	return err;
}

static int measure_live(struct live *live)
{
	struct settings *settings = &live->settings;
	struct live_request request = {
		.workload = &settings->workload,
		.combinations = settings->combinations,
		.count = settings->combination_count,
		.baseline = settings->baseline,
		.rounds = settings->rounds,
		.progress = show_progress,
		.progress_context = live,
		.peers = &live->peers,
	};
	int err = 0;

	request.observer = show_begin(live);
	/* The advice is a ring's size; what is reported is measured with it. */
	if (settings->advise)
		err = live_advise(&request, &settings->workload, &live->advice, live->why);
	if (!err && settings->advise && live->advice.ring_size == 0)
		live->measurement->workload = settings->workload; /* there is nothing to measure */
	else if (!err)
		do
			err = live_measure(&request, live->measurement, live->why);
		while (!err && settings->advise &&
			live_advise_again(live->measurement, &settings->workload, &live->advice));
	show_end(live);
	return err;
}

/* By processes of their own, one after the other. */
static int measure_anew(struct live *live, int argc, char **argv)
{
	struct live_measurement *m = live->measurement;
	json_t *runs;
	int err = runs_measure("live", &live->settings, argc, argv, &runs, live->why);

	m->workload = live->settings.workload;
	m->alone_ns = table_runs_setting(runs, "producer_alone_ns_per_event");
	m->unattached_ns = table_runs_setting(runs, "producer_unattached_ns_per_event");
	if (json_array_size(runs) > 0 && (!err || err == -EINTR)) {
		if (table_take_runs(&live->table, runs))
			err = complain(live->why, -EINVAL, "the runs have no rows in common");
		live_finish_rows(&live->table, 0, m, "");
	}
	json_decref(runs);
	return err;
}

static void show_preset_progress(void *context, size_t part, size_t parts, double share)
{
	struct live *live = context;

	if (live->settings.watch)
		live_watch_progress(&live->watch, "workload", part, parts);
	else
		progress_show(&live->progress, ((double)part + share) / (double)parts,
			"workload %zu of %zu", part + 1, parts);
}

static int measure_preset(struct live *live)
{
	int err;

	preset_read(&live->preset, &live->settings, producers_cpus());
	err = preset_measure(&live->preset, live->settings.rounds, show_begin(live),
		show_preset_progress, live, &live->table, live->why);
	show_end(live);
	return err;
}

/* What all parts of a preset share; the rest is in each group. */
static json_t *preset_workload(const struct workload *w)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:o}", "preset", live_preset_names[0], "source",
		source_names[w->source], "duration_ns", (json_int_t)w->duration_ns,
		"latency_budget_ns", (json_int_t)w->latency_budget_ns, "timer_slack_ns",
		(json_int_t)w->timer_slack_ns, "consumer_cpu",
		w->consumer_cpu < 0 ? json_null() : json_integer(w->consumer_cpu));
}

static void fill_table(struct live *live)
{
	const struct settings *settings = &live->settings;
	const struct live_measurement *m = live->measurement;
	struct table *table = &live->table;

	table->command = "live";
	table->machine = &live->machine;
	if (settings->runs > 1) {
		table->asked = settings->rounds * settings->runs;
		return;
	}
	table->peers = &live->peers;
	table->asked = settings->rounds;
	if (settings->preset) {
		table->workload = preset_workload(&settings->workload);
		table->more = preset_published_json(&live->preset);
		return;
	}
	table->workload = live_workload_json(m);
	table->own_memory = m->own_memory;
	if (settings->advise)
		table->more = live_advice_json(&live->advice);
	if (m->count > 0)
		live_add_group(table, m, "");
}

static void write_text(struct live *live, FILE *out)
{
	const struct settings *settings = &live->settings;
	const bool colour = !settings->output && style_colour_wanted();

	if (settings->preset)
		preset_write_text(out, &live->preset, &live->table, &settings->workload);
	else
		live_write_text(out, &live->table, live->measurement,
			settings->advise ? &live->advice : NULL, colour, settings->verbose);
}

static int write_report(struct live *live, int argc, char **argv)
{
	char command_line[1024];
	struct output output;
	int err;

	fill_table(live);
	typed_command(command_line, sizeof(command_line), "live", argc, argv);
	live->table.command_line = command_line;
	err = output_begin(&output);
	if (err)
		return complain(live->why, err, "out of memory");
	if (live->settings.format == FORMAT_TEXT)
		write_text(live, output.stream);
	else
		err = table_write(output.stream, &live->table, (enum format)live->settings.format);
	if (err || live->table.failed) {
		output_abandon(&output);
		return complain(live->why, -ENOMEM, "out of memory");
	}
	return output_commit(&output, live->settings.output, live->why);
}

static int run(struct live *live, int argc, char **argv)
{
	const struct machine_request request = {
		.root = "",
		.cpu = live->settings.workload.consumer_cpu,
		.pins_threads = true,
		.libbpf_version = libbpf_version_string(),
		.ringview_version = ringview_version(),
		.ringview_commit = RINGVIEW_COMMIT,
	};
	bool others; /* than peers that failed */
	int err = output_check(live->settings.output, live->why);

	if (!err)
		err = choose_readers(live);
	if (err)
		return err;
	if (live->settings.combination_count == 0)
		return peers_complain(&live->peers, false, live->why);
	live->measurement = calloc(1, sizeof(*live->measurement));
	if (!live->measurement)
		return complain(live->why, -ENOMEM, "out of memory");
	machine_read(&live->machine, &request);
	err = live->settings.runs > 1 ? measure_anew(live, argc, argv)
	      : live->settings.preset ? measure_preset(live)
				      : measure_live(live);
	machine_finish(&live->machine, "");
	live->table.partial = err == -EINTR && !live->settings.preset &&
			      (live->table.row_count > 0 || (live->measurement->rounds > 0 &&
								    live->measurement->count > 0));
	others = live->measurement->count > 0 || live->table.row_count > 0 ||
		 live->settings.advise || live->settings.preset;
	if ((!err && others) || live->table.partial) {
		err = write_report(live, argc, argv);
		if (!err && live->table.partial)
			err = -ECANCELED;
	}
	if (!err)
		err = peers_complain(&live->peers, others, live->why);
	table_free(&live->table);
	free(live->measurement);
	return err;
}

int command_live(int argc, char **argv)
{
	static struct live live;
	struct complaint why;
	int result;

	live.why = &why;
	result = settings_parse(&live.settings, COMMAND_LIVE, argc, argv, &why);
	if (result == 0)
		result = settings_check_named(&live.settings, &why);
	if (result)
		return command_end_usage(result, &why);
	return command_end(run(&live, argc, argv), &why);
}
