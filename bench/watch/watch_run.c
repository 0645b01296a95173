/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/settings.h"
#include "interrupt.h"
#include "monotonic.h"
#include "results/output.h"
#include "results/style.h"
#include "watch/ring_list.h"
#include "watch/screen.h"
#include "watch/watch_report.h"
#include "watch/watch_run.h"

/* Who holds the ring is asked for again after so long: it takes a look at every process. */
#define HOLDERS_NS INT64_C(10000000000)

/* All that watching holds on to. */
struct watch {
	const struct watch_settings *settings;
	struct complaint *why;
	struct ring_target target;
	struct watched_ring ring;
	struct watch_history history;
	struct ring_walk walk; /* of the current interval */
	struct holders holders;
	int64_t holders_ns; /* when they were asked for */
	bool in_place;
	struct screen screen;
};

static int attach(struct watch *w)
{
	const uint32_t id = w->ring.id;
	int err = watched_ring_attach(&w->ring, &w->target, w->why);

	if (!err && id && w->ring.id != id) {
		watched_ring_detach(&w->ring);
		return complain(w->why, -ENOENT, "another map, %u, is pinned at %s now", w->ring.id,
			w->target.path);
	}
	if (err == -ENOENT && id)
		complain(w->why, err,
			w->target.path ? "map %u is gone: nothing is pinned at %s any "
					 "more"
				       : "map %u is gone: no program and no process "
					 "holds it any more",
			id, w->target.path);
	return err;
}

static void sample(struct watch *w)
{
	struct ring_sample sample;

	ring_sample(&sample, &w->ring.access, monotonic_ns());
	watch_history_add(&w->history, &sample);
	/* Where nothing waits at the end of the interval, the records of some moment in it tell
	 * their size. */
	if (!w->walk.known && sample.waiting > 0)
		ring_walk(&w->walk, &w->ring.access, &sample);
}

/* Samples for an interval, the last at its end. */
static int sample_interval(struct watch *w)
{
	const int64_t end = monotonic_ns() + w->settings->interval_ns;
	int64_t next = monotonic_ns() + w->settings->sample_ns;
	int err = 0;

	w->walk = (struct ring_walk){ 0 };
	while (!err && !interrupted() && monotonic_ns() < end) {
		/* A signal ends it early: the user stops it, or the window has changed. */
		monotonic_sleep_until(next < end ? next : end);
		if (monotonic_ns() >= next || monotonic_ns() >= end) {
			sample(w);
			next = monotonic_ns() + w->settings->sample_ns;
		}
		err = w->in_place ? screen_refresh(&w->screen) : 0;
	}
	return err;
}

static void find_holders(struct watch *w)
{
	const int64_t now = monotonic_ns();

	if (w->holders_ns && now - w->holders_ns < HOLDERS_NS)
		return;
	w->holders.map_id = w->ring.id;
	holders_find(&w->holders, 1);
	w->holders_ns = now;
}

static int write_report(const struct watch *w, FILE *out, const struct watch_report *report)
{
	if (w->settings->json)
		return watch_write_json(out, report);
	if (w->in_place)
		watch_write_view(out, report);
	else
		watch_write_line(out, report);
	return 0;
}

static struct watch_report report_of(const struct watch *w, const struct watch_figures *figures)
{
	return (struct watch_report){
		.id = w->ring.id,
		.name = w->ring.name,
		.size = w->ring.access.size,
		.sample_ns = w->settings->sample_ns,
		.time = time(NULL),
		.holders = &w->holders,
		.figures = figures,
		.colour = w->in_place && style_colour_wanted(),
	};
}

/* Puts what was composed to its place, and ends @output. */
static int show(struct watch *w, struct output *output)
{
	int err;

	if (!w->in_place)
		return output_commit(output, NULL, w->why);
	fflush(output->stream);
	err = screen_show(&w->screen, output->text);
	output_abandon(output);
	return err ? complain(w->why, err, "cannot write to the terminal: %s", strerror(-err)) : 0;
}

static int update(struct watch *w)
{
	struct watch_figures figures;
	struct watch_report report;
	struct ring_walk now;
	struct output output;
	int err;

	ring_walk(&now, &w->ring.access, &w->history.last);
	if (now.known && now.records > 0)
		w->walk = now;
	watch_history_figures(&w->history, &w->walk, &figures);
	/* Of what waits now, not of some moment before. */
	figures.walk = now;
	find_holders(w);
	report = report_of(w, &figures);
	err = output_begin(&output);
	if (!err)
		err = write_report(w, output.stream, &report);
	if (err) {
		output_abandon(&output);
		return complain(w->why, err, "out of memory");
	}
	return show(w, &output);
}

static int introduce(struct watch *w)
{
	struct watch_report report = report_of(w, NULL);
	struct output output;
	int err;

	find_holders(w);
	if (w->settings->json || w->in_place)
		return 0;
	err = output_begin(&output);
	if (err)
		return complain(w->why, err, "out of memory");
	watch_write_introduction(output.stream, &report);
	return output_commit(&output, NULL, w->why);
}

/* One update after the other. Attached for no longer than one takes, since who is attached keeps
 * the ring alive when all others have let go of it. */
static int follow(struct watch *w)
{
	const uint64_t count = w->settings->count;
	int err = introduce(w);

	sample(w);
	for (uint64_t i = 0; !err && !interrupted() && (count == 0 || i < count); i++) {
		if (i > 0) {
			watched_ring_detach(&w->ring);
			err = attach(w);
		}
		if (!err)
			err = sample_interval(w);
		if (!err && !interrupted())
			err = update(w);
	}
	return err;
}

int watch_run(const struct watch_settings *settings, struct complaint *why)
{
	struct watch w = {
		.settings = settings,
		.why = why,
		.target = settings->target,
		.in_place = !settings->json && screen_is_possible(STDOUT_FILENO),
	};
	int err;

	if (w.in_place)
		screen_begin(&w.screen, STDOUT_FILENO);
	err = attach(&w);
	if (err)
		return err;
	watch_history_begin(&w.history, w.ring.access.size);
	err = follow(&w);
	watched_ring_detach(&w.ring);
	if (w.in_place)
		screen_end(&w.screen, false);
	/* A ring comes to its end as its program does. */
	if (err == -ENOENT && settings->count == 0) {
		fprintf(stderr, PROGRAM ": %s\n", why->text);
		err = 0;
	}
	return err;
}

static int write_entry(FILE *out, const struct ring_list *list, size_t i, bool json)
{
	const struct ring_entry *entry = &list->entries[i];
	const struct watch_figures figures = {
		.sample = entry->sample,
		.fill = (double)entry->sample.waiting / (double)entry->size,
	};
	const struct watch_report report = {
		.id = entry->id,
		.name = entry->name,
		.size = entry->size,
		.time = time(NULL),
		.holders = &list->holders[i],
		.figures = &figures,
	};

	if (json)
		return watch_write_list_json(out, &report);
	watch_write_list_row(out, &report);
	return 0;
}

int watch_list(const struct watch_settings *settings, struct complaint *why)
{
	struct ring_list list;
	struct output output;
	int err = ring_list_read(&list, why);

	if (err)
		return err;
	err = output_begin(&output);
	if (!err && !settings->json)
		watch_write_list_begin(output.stream, list.count);
	for (size_t i = 0; i < list.count && !err; i++)
		err = write_entry(output.stream, &list, i, settings->json);
	if (!err && !settings->json && list.count > 0)
		watch_write_list_end(output.stream);
	ring_list_free(&list);
	if (err) {
		output_abandon(&output);
		return complain(why, err, "out of memory");
	}
	return output_commit(&output, NULL, why);
}
