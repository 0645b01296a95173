/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live: producers and a consumer at the same time.
 */
#include <errno.h>
#include <inttypes.h>

#include "commands/live_watch.h"
#include "commands/measuring.h"
#include "commands/preset.h"
#include "results/live_table.h"
#include "results/result_file.h"
#include "rings/source.h"
#include "statistics/statistics.h"

struct live {
	struct measuring all; /* first */
	struct live_advice advice;
	struct preset preset;
	struct live_watch watch;
};

/* Some MiB. */
static struct measurement measurement;

static void show_progress(void *context, size_t done, size_t total)
{
	struct live *live = context;
	const struct settings *s = live->all.settings;
	const size_t count = s->combination_count;

	if (s->watch)
		live_watch_progress(&live->watch, "run", done, total);
	else if (s->advise && measurement.count == 0)
		measuring_progress(&live->all, 0,
			"trying ring sizes until nothing is lost, then %" PRIu64
			" rounds: size %zu",
			s->rounds, done + 1);
	else /* the reference runs twice in each round */
		measuring_progress(&live->all, (double)done / (double)total,
			"%zu readers, %zu rounds (%" PRIu64 " asked): %zu of %zu", count,
			schedule_rounds(count + (count > 1), s->rounds), s->rounds, done + 1,
			total);
}

static void show_preset_progress(void *context, size_t part, size_t parts, double share)
{
	struct live *live = context;

	if (live->all.settings->watch)
		live_watch_progress(&live->watch, "workload", part, parts);
	else
		measuring_progress(&live->all, ((double)part + share) / (double)parts,
			"workload %zu of %zu", part + 1, parts);
}

/* Removes the combinations of readers that are not there, and of peers that fail to start. */
static int choose(struct measuring *m, size_t *count)
{
	struct settings *s = m->settings;
	const struct reader *last = NULL;
	bool chosen = true;
	size_t kept = 0;
	int err = 0;

	for (size_t i = 0; i < s->combination_count && !err; i++) {
		const struct reader *reader = s->combinations[i].reader;

		/* The combinations of a reader follow one another. */
		if (reader != last)
			err = peers_choose(&m->peers, reader, !settings_names(s, reader),
				reader_obstacle(reader, s->workload.source, &s->workload), &chosen,
				m->why);
		last = reader;
		if (chosen)
			s->combinations[kept++] = s->combinations[i];
	}
	*count = s->combination_count = kept;
	return err;
}

/* What all questions of a preset share; each group has the rest. */
static json_t *preset_workload(const struct workload *w)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:o}", "preset", live_preset_names[0], "source",
		source_names[w->source], "duration_ns", (json_int_t)w->duration_ns,
		"latency_budget_ns", (json_int_t)w->latency_budget_ns, "timer_slack_ns",
		(json_int_t)w->timer_slack_ns, "consumer_cpu",
		w->consumer_cpu < 0 ? json_null() : json_integer(w->consumer_cpu));
}

static int measure_preset(struct live *live, struct observer *observer)
{
	struct measuring *m = &live->all;

	preset_read(&live->preset, m->settings, producers_cpus());
	m->table.workload = preset_workload(&m->settings->workload);
	m->table.more = preset_published_json(&live->preset);
	return preset_measure(&live->preset, m->settings->rounds, observer, show_preset_progress,
		live, &m->table, m->why);
}

static int measure_combinations(struct live *live, struct observer *observer)
{
	struct measuring *m = &live->all;
	struct settings *s = m->settings;
	const struct request request = {
		.workload = &s->workload,
		.combinations = s->combinations,
		.count = s->combination_count,
		.baseline = s->baseline,
		.plan = { .rounds = s->rounds },
		.progress = show_progress,
		.progress_context = live,
		.peers = &m->peers,
		.observer = observer,
	};
	int err = 0;

	if (s->advise)
		err = live_advise(&request, &s->workload, &live->advice, m->why);
	measurement.workload = s->workload;
	if (!err && (!s->advise || live->advice.ring_size > 0))
		do /* with the recommended ring size */
			err = measure_live(&request, &measurement, m->why);
		while (!err && s->advise &&
			live_advise_again(&measurement, &s->workload, &live->advice));
	if (err && (err != -EINTR || measurement.rounds == 0))
		return err;
	m->table.workload = live_workload_json(&measurement);
	m->table.own_memory = measurement.own_memory;
	if (s->advise)
		m->table.more = live_advice_json(&live->advice);
	if (measurement.count > 0)
		live_add_group(&m->table, &measurement, "");
	return err;
}

static int measure_all(struct measuring *m)
{
	struct live *live = (struct live *)m;
	struct observer *observer = m->settings->watch ? live_watch_begin(&live->watch) : NULL;
	int err = m->settings->preset ? measure_preset(live, observer)
				      : measure_combinations(live, observer);

	if (observer)
		live_watch_end(&live->watch);
	return err;
}

static void complete(struct measuring *m, const json_t *runs)
{
	measurement.workload = m->settings->workload;
	measurement.alone_ns = table_runs_setting(runs, "producer_alone_ns_per_event");
	measurement.unattached_ns = table_runs_setting(runs, "producer_unattached_ns_per_event");
	live_finish_rows(&m->table, 0, &measurement, "");
}

static void write_text(struct measuring *m, FILE *out, bool colour)
{
	struct live *live = (struct live *)m;
	const struct settings *s = m->settings;

	if (s->preset)
		preset_write_text(out, &live->preset, &m->table, &s->workload);
	else
		live_write_text(out, &m->table, &measurement, s->advise ? &live->advice : NULL,
			colour, s->verbose);
}

static int run(const struct call *call)
{
	static struct live live;
	const struct measuring_command command = {
		.request = { .cpu = call->settings->workload.consumer_cpu, .pins_threads = true },
		.choose = choose,
		.measure = measure_all,
		.complete = complete,
		.write_text = write_text,
	};
	int err = settings_check_named(call->settings, call->why);

	return err ? command_end(err, EXIT_USAGE, call->why)
		   : measuring_run(&command, &live.all, call);
}

int command_live(int argc, char **argv)
{
	return command_run("live", COMMAND_LIVE, run, EXIT_FAILED, argc, argv);
}
