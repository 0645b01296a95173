/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live: producers and a consumer at the same time.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "commands/commands.h"
#include "results/style.h"
#include "results/result_file.h"
#include "rings/source.h"

#define IN_PLACE_NS INT64_C(250000000)
#define LINES_NS INT64_C(1000000000)

static struct measurement measurement; /* some MiB */
static struct live_advice advice;
static struct live_watch watch;

enum kind { RATE, SHARE, FILL, TIME };

static double known(uint64_t amount)
{
	return amount == LIVE_UNKNOWN ? NAN : (double)amount;
}

/* "14.2M/s", "0.2 %", "120us", or "unknown" for NAN. */
static const char *format_figure(enum kind kind, double value, char text[AMOUNT_SIZE])
{
	char amount[AMOUNT_SIZE];

	if (!isfinite(value) || value < 0)
		snprintf(text, AMOUNT_SIZE, "unknown");
	else if (kind == TIME)
		amount_time(text, AMOUNT_SIZE, (int64_t)value);
	else if (kind == RATE)
		snprintf(text, AMOUNT_SIZE, "%s/s", amount_text(amount, sizeof(amount), value));
	else
		amount_share(text, AMOUNT_SIZE, value);
	return text;
}

/* Rates are since the last observation, losses and latency of all rounds. */
void live_watch_write(FILE *out, const struct live_watch *w, const struct observation *o)
{
	const struct observation *last = &w->last;
	const double ns = (double)(o->elapsed_ns - last->elapsed_ns);
	const struct {
		const char *name;
		enum kind kind;
		double value;
	} figures[] = {
		{ "produced", RATE, (known(o->produced) - known(last->produced)) * 1e9 / ns },
		{ "consumed", RATE, (known(o->consumed) - known(last->consumed)) * 1e9 / ns },
		{ "lost", SHARE,
			(known(o->lost) + (double)o->lost_before) /
				(double)(o->produced_before + o->produced) },
		{ "fill", FILL, known(o->waiting) / (double)o->capacity },
		{ "p50", TIME, known(o->latency_p50) },
		{ "p99", TIME, known(o->latency_p99) },
		{ "CPU", SHARE, (known(o->cpu_ns) - known(last->cpu_ns)) / ns },
	};
	const int width = w->in_place ? 8 : 0;
	char name[32], text[AMOUNT_SIZE], bar[STYLE_FILL_SIZE];

	fprintf(out, "run %zu of %zu, %s:", w->done + 1, w->total,
		combination_name(o->combination, name, sizeof(name)));
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		fputs(w->in_place ? "\n  " : i > 0 ? ", " : " ", out);
		fprintf(out, "%-*s %*s", width, figures[i].name, width,
			format_figure(figures[i].kind, figures[i].value, text));
		if (w->in_place && figures[i].kind == FILL)
			fprintf(out, "  %s", style_fill(bar, figures[i].value));
	}
	fputc('\n', out);
}

static void observe(void *context, const struct observation *o)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = watch.in_place ? open_memstream(&text, &size) : stderr;

	(void)context;
	if (!out)
		return; /* the next observation may have memory */
	live_watch_write(out, &watch, o);
	if (watch.in_place && fclose(out) == 0)
		screen_show(&watch.screen, text);
	free(text);
	watch.last = *o;
}

static void watch_begin(void)
{
	watch.in_place = screen_is_possible(STDERR_FILENO);
	watch.observer = (struct observer){
		.observe = observe,
		.interval_ns = watch.in_place ? IN_PLACE_NS : LINES_NS,
	};
	if (watch.in_place)
		screen_begin(&watch.screen, STDERR_FILENO);
}

static void show_progress(void *context, size_t done, size_t total)
{
	struct call *call = context;
	const struct settings *s = &call->settings;

	if (s->watch) {
		watch.done = done;
		watch.total = total;
		watch.last = (struct observation){ 0 }; /* a run counts from 0 */
	} else if (s->advise && measurement.count == 0) {
		measuring_progress(call, 0,
			"trying ring sizes until nothing is lost, then %" PRIu64
			" rounds: size %zu",
			s->plan.rounds, done + 1);
	} else {
		measuring_progress(call, (double)done / (double)total,
			"%zu reader%s, run %zu of %zu", s->combination_count,
			s->combination_count > 1 ? "s" : "", done + 1, total);
	}
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
		live_add_group(&call->table, &measurement);
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
		watch_begin();
	err = measure_combinations(call, &request);
	if (watch.in_place)
		screen_end(&watch.screen, true);
	return err;
}

static void complete(struct call *call, const json_t *runs)
{
	measurement.workload = call->settings.workload;
	measurement.alone_ns = median_in(runs, "workload", "producer_alone_ns_per_event");
	measurement.unattached_ns = median_in(runs, "workload", "producer_unattached_ns_per_event");
	live_finish_rows(&call->table, &measurement);
}

static void write_text(struct call *call, FILE *out, bool colour)
{
	const struct settings *s = &call->settings;

	live_write_text(
		out, &call->table, &measurement, s->advise ? &advice : NULL, colour, s->verbose);
}

int command_live(struct call *call)
{
	static const struct measuring_command live = { NULL, measure, complete, write_text };

	call->settings.workload.same_cpu |=
		producers_cpus() == 1 && call->settings.workload.back_to_back == 0;
	return measuring_run(&live, call);
}
