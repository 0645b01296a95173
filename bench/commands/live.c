/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live: producers and a consumer at the same time.
 */
#include <errno.h>
#include <inttypes.h>

#include "commands/commands.h"
#include "results/style.h"
#include "results/result_file.h"
#include "rings/source.h"

static struct measurement measurement; /* some MiB */
static struct live_advice advice;
static struct live_watch watch;
static struct preset preset;

static void show_progress(void *context, size_t done, size_t total)
{
	struct call *call = context;
	const struct settings *s = &call->settings;
	const double share = (double)done / (double)total;

	if (s->watch && s->preset)
		live_watch_progress(&watch, "workload", preset.done, preset.asked);
	else if (s->watch)
		live_watch_progress(&watch, "run", done, total);
	else if (s->preset)
		measuring_progress(call, ((double)preset.done + share) / (double)preset.asked,
			"workload %zu of %zu", preset.done + 1, preset.asked);
	else if (s->advise && measurement.count == 0)
		measuring_progress(call, 0,
			"trying ring sizes until nothing is lost, then %" PRIu64
			" rounds: size %zu",
			s->plan.rounds, done + 1);
	else
		measuring_progress(call, share, "%zu readers, run %zu of %zu", s->combination_count,
			done + 1, total);
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

static int measure_combinations(struct call *call, const struct request *request)
{
	struct settings *s = &call->settings;
	int err = 0;

	if (s->advise)
		err = live_advise(request, &s->workload, &advice, &call->why);
	measurement.workload = s->workload;
	if (!err && (!s->advise || advice.ring_size > 0))
		do /* with the recommended ring size */
			err = measure_live(request, &measurement, &call->why);
		while (!err && s->advise && live_advise_again(&measurement, &s->workload, &advice));
	if (err && (err != -EINTR || measurement.rounds == 0))
		return err;
	call->table.workload = live_workload_json(&measurement);
	call->table.own_memory = measurement.own_memory;
	if (s->advise)
		call->table.more = live_advice_json(&advice);
	if (measurement.count > 0)
		live_add_group(&call->table, &measurement, "");
	return err;
}

static int measure(struct call *call)
{
	const struct settings *s = &call->settings;
	const struct request request = {
		.workload = &s->workload,
		.combinations = s->combinations,
		.count = s->combination_count,
		.baseline = s->baseline,
		.plan = s->plan,
		.progress = show_progress,
		.progress_context = call,
		.peers = &call->peers,
		.observer = s->watch ? &watch.observer : NULL,
	};
	int err;

	if (s->watch)
		live_watch_begin(&watch);
	if (s->preset) {
		preset_read(&preset, s, producers_cpus());
		call->table.workload = preset_workload(&s->workload);
		call->table.more = preset_published_json(&preset);
		err = preset_measure(&preset, &request, &call->table, &call->why);
	} else {
		err = measure_combinations(call, &request);
	}
	if (s->watch)
		live_watch_end(&watch);
	return err;
}

static void complete(struct call *call, const json_t *runs)
{
	measurement.workload = call->settings.workload;
	measurement.alone_ns = median_in(runs, "workload", "producer_alone_ns_per_event");
	measurement.unattached_ns = median_in(runs, "workload", "producer_unattached_ns_per_event");
	live_finish_rows(&call->table, 0, &measurement, "");
}

static void write_text(struct call *call, FILE *out, bool colour)
{
	const struct settings *s = &call->settings;

	if (s->preset)
		preset_write_text(out, &preset, &call->table, &s->workload);
	else
		live_write_text(out, &call->table, &measurement, s->advise ? &advice : NULL, colour,
			s->verbose);
}

int command_live(struct call *call)
{
	static const struct measuring_command live = { NULL, measure, complete, write_text };

	return measuring_run(&live, call);
}
