/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/process.h"
#include "base/monotonic.h"
#include "results/output.h"
#include "results/style.h"
#include "watch/keys.h"
#include "watch/peek.h"
#include "watch/screen.h"
#include "watch/watch.h"

/* The longest time in front of an empty terminal. */
#define FIRST_NS INT64_C(250000000)

struct watch {
	const struct watch_settings *settings;
	struct complaint *why;
	struct rings rings;
	struct watch_style style;
	bool is_list;
	bool in_place;
	struct screen screen;
	struct watch_list list;
	uint32_t inside; /* the ring that was entered from the list; 0: none */
	bool ended;      /* by a key */
	bool gone;       /* the chosen ring */
	bool failed;     /* a check */
	FILE *sizes;     /* where they are recorded; NULL: they are not */
	uint64_t size_count;
};

static struct ring *ring_of(const struct watch *w, uint32_t id)
{
	for (size_t i = 0; i < w->rings.count; i++)
		if (w->rings.items[i]->id == id)
			return w->rings.items[i];
	return NULL;
}

static void write_view(const struct watch *w, FILE *out, const struct ring *ring, const char *keys)
{
	watch_write_view(out, ring, &w->style);
	fprintf(out, "\n%sp: pause  q: quit%s\n", keys, w->list.paused ? "  PAUSED" : "");
}

static void write_list(struct watch *w, FILE *out)
{
	struct ring *inside = ring_of(w, w->inside);

	w->list.rows = w->in_place ? screen_rows(&w->screen) : 0;
	if (inside && !inside->is_new) {
		write_view(w, out, inside, "Left: back to the list  ");
		return;
	}
	w->inside = 0;
	if (!ring_of(w, w->list.selected))
		w->list.selected = w->list.count > 0 ? w->list.rings[0]->id : 0;
	watch_write_list(out, &w->list, &w->style);
}

static void write_check(struct watch *w, FILE *out)
{
	/* Unused rings are last. One that was asked for is checked, too. */
	const bool all = !w->is_list || w->rings.wanted.name;
	const size_t used = w->list.count - (all ? 0 : w->list.unused);
	size_t failed = 0;

	for (size_t i = 0; i < used; i++)
		failed += watch_check_ring(out, &w->settings->check, w->list.rings[i]);
	w->failed = failed > 0;
	if (failed == 0)
		fprintf(out, "ok: %zu ring buffer%s\n", used, used == 1 ? "" : "s");
}

static int write_update(struct watch *w, FILE *out)
{
	if (w->settings->format == WATCH_METRICS)
		watch_write_metrics(out, w->list.rings, w->list.count);
	else if (w->settings->format == WATCH_JSON)
		for (size_t i = 0; i < w->list.count; i++)
			watch_write_json(out, w->list.rings[i], &w->style);
	else if (w->settings->check.wanted)
		write_check(w, out);
	else if (w->is_list)
		write_list(w, out);
	else if (w->list.count > 0 && w->in_place)
		write_view(w, out, w->list.rings[0], "");
	else if (w->list.count > 0)
		watch_write_line(out, w->list.rings[0], &w->style);
	return 0;
}

static int write_introduction(struct watch *w, FILE *out)
{
	watch_write_introduction(out, w->rings.items[0], &w->style);
	return 0;
}

static int write_records(struct watch *w, FILE *out)
{
	return peek_write(out, w->rings.items[0], w->settings->peek, w->settings->interval_ns,
		w->settings->type, w->why);
}

/* Shows what @write writes, all of it or nothing. */
static int show(struct watch *w, int (*write)(struct watch *w, FILE *out))
{
	struct output output;
	int err = output_begin(&output);

	if (err)
		return complain(w->why, err, "out of memory");
	err = write(w, output.stream);
	if (!err && !w->in_place)
		return output_commit(&output, w->settings->output, w->why);
	fflush(output.stream);
	if (!err) {
		err = screen_show(&w->screen, output.text);
		if (err)
			complain(w->why, err, "cannot write to the terminal: %s", strerror(-err));
	}
	output_abandon(&output);
	return err;
}

static int show_update(struct watch *w)
{
	list_arrange(&w->list, w->rings.items, w->rings.count);
	return show(w, write_update);
}

static void move_selection(struct watch *w, int step)
{
	const size_t shown = list_shown(&w->list);

	for (size_t i = 0; i < shown; i++)
		if (w->list.rings[i]->id == w->list.selected) {
			if (step < 0 ? i > 0 : i + 1 < shown)
				w->list.selected = w->list.rings[step < 0 ? i - 1 : i + 1]->id;
			return;
		}
}

static int obey(struct watch *w, int key)
{
	switch (key) {
	case 'q':
		w->ended = true;
		return 0;
	case 'p':
		w->list.paused = !w->list.paused;
		break;
	case 's':
		w->list.order = (enum list_order)((w->list.order + 1) % LIST_ORDERS);
		break;
	case 'a':
		w->list.with_unused = !w->list.with_unused;
		break;
	case KEY_UP:
	case KEY_DOWN:
		move_selection(w, key == KEY_UP ? -1 : 1);
		break;
	case KEY_ENTER:
		w->inside = w->list.selected;
		break;
	case KEY_BACK:
		w->inside = 0;
		break;
	default:
		return 0;
	}
	return w->screen.text ? show_update(w) : 0;
}

/* Discarded records are no events. */
static void record_size(void *context, const struct ring_record *record)
{
	struct watch *w = context;

	if (record->discarded)
		return;
	fprintf(w->sizes, "%" PRIu32 "\n", record->length);
	w->size_count++;
}

static void take_sample(struct watch *w)
{
	rings_sample(&w->rings, w->sizes ? record_size : NULL, w);
}

/* Samples for an interval, the last time at its end. */
static int sample_interval(struct watch *w, int64_t interval_ns)
{
	const int64_t end = monotonic_ns() + interval_ns;
	int64_t next = monotonic_ns() + w->settings->sample_ns;
	int err = 0;

	while (!err && !interrupted() && !w->ended && monotonic_ns() < end) {
		/* Signals end it early: the user's, and that of a window that changed. */
		const int key = keys_wait(next < end ? next : end);

		if (monotonic_ns() >= next || monotonic_ns() >= end) {
			take_sample(w);
			next = monotonic_ns() + w->settings->sample_ns;
		}
		err = w->in_place ? screen_refresh(&w->screen) : 0;
		if (!err && key != KEY_NONE)
			err = obey(w, key);
	}
	return err;
}

/* Shows updates. While paused, samples and the interval go on. */
static int follow(struct watch *w, uint64_t count)
{
	const struct watch_settings *settings = w->settings;
	const bool is_short = w->in_place && settings->interval_ns > FIRST_NS;
	const bool in_lines = !w->is_list && !w->in_place && settings->format == WATCH_TEXT;
	int err = in_lines && !settings->check.wanted ? show(w, write_introduction) : 0;

	take_sample(w);
	for (uint64_t i = 0; !err && !interrupted() && !w->ended && (count == 0 || i < count);
		i++) {
		if (i > 0) {
			err = rings_refresh(&w->rings, w->why);
			/* Keys come before the next update. */
			list_arrange(&w->list, w->rings.items, w->rings.count);
		}
		w->gone = err == -ENOENT;
		if (!err)
			err = sample_interval(
				w, i == 0 && is_short ? FIRST_NS : settings->interval_ns);
		/* A ring that only this program still holds would pass the check. */
		if (!err && !interrupted() && settings->check.wanted)
			err = rings_refresh(&w->rings, w->why);
		if (err && settings->check.wanted)
			return err;
		if (interrupted() && settings->check.wanted)
			return -EINTR;
		if (err || interrupted() || w->ended || w->list.paused)
			continue;
		rings_conclude(&w->rings);
		w->style.time = time(NULL);
		err = show_update(w);
	}
	return err;
}

static int cannot_write_sizes(struct watch *w)
{
	return complain(w->why, -errno, "cannot write %s: %s", w->settings->sizes, strerror(errno));
}

/* Says on standard error what was recorded. */
static int close_sizes(struct watch *w)
{
	const struct ring_passed passed = ring_model_passed(&w->rings.items[0]->model);
	const bool failed = ferror(w->sizes);

	if (fclose(w->sizes) || failed)
		return cannot_write_sizes(w);
	fprintf(stderr, PROGRAM ": %s sizes in %s", EXACT(w->size_count), w->settings->sizes);
	if (passed.unseen > 0)
		fprintf(stderr,
			"; %s of the bytes were overwritten before they were read: give a shorter "
			"-sample",
			SHARE((double)passed.unseen / (double)(passed.bytes + passed.unseen)));
	fputc('\n', stderr);
	return 0;
}

/* The list without a terminal, -check and metrics are shown once. */
static bool is_shown_once(const struct watch *w)
{
	return w->settings->check.wanted || w->settings->format == WATCH_METRICS ||
	       (w->is_list && !w->in_place);
}

static int watch(struct watch *w)
{
	const struct watch_settings *settings = w->settings;
	const uint64_t count = settings->count == 0 && is_shown_once(w) ? 1 : settings->count;
	int err, closed = 0;

	if ((settings->peek || settings->sizes) && w->rings.count > 1)
		return complain(w->why, -EINVAL,
			"several ring buffers are named %s; give -map with an id",
			settings->wanted.name);
	if (settings->peek) {
		w->in_place = false;
		return show(w, write_records);
	}
	if (settings->sizes && !(w->sizes = fopen(settings->sizes, "we")))
		return cannot_write_sizes(w);
	if (w->in_place)
		keys_begin();
	err = follow(w, count);
	keys_end();
	if (w->in_place)
		screen_end(&w->screen, false);
	if (w->sizes)
		closed = close_sizes(w);
	/* Without -count, it is no error that the program ends. */
	if (w->gone && settings->count == 0) {
		fprintf(stderr, PROGRAM ": %s\n", w->why->text);
		err = 0;
	}
	return err ? err : closed ? closed : w->failed;
}

int watch_run(const struct watch_settings *settings, struct complaint *why)
{
	const bool in_place = settings->format == WATCH_TEXT && !settings->output &&
			      !settings->check.wanted && screen_is_possible(STDOUT_FILENO);
	struct watch w = {
		.settings = settings,
		.why = why,
		.in_place = in_place,
		.list = { .with_unused = settings->all },
		.style = {
			.colour = in_place && style_colour_wanted(),
			.interval_ns = settings->interval_ns,
			.sample_ns = settings->sample_ns,
			.time = time(NULL),
		},
	};
	int err;

	if (settings->format == WATCH_NAMES)
		return rings_print_names(stdout, why);
	err = output_check(settings->output, why);
	if (err)
		return err;
	if (in_place)
		screen_begin(&w.screen, STDOUT_FILENO);
	err = rings_open(&w.rings, &settings->wanted, why);
	if (!err) {
		/* Several rings may have the name. */
		w.is_list = !w.rings.wanted.target.id && !w.rings.wanted.target.path;
		err = watch(&w);
	}
	rings_close(&w.rings);
	return err;
}
