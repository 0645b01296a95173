/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/settings.h"
#include "base/interrupt.h"
#include "base/monotonic.h"
#include "results/output.h"
#include "results/style.h"
#include "watch/keys.h"
#include "watch/peek.h"
#include "watch/screen.h"
#include "watch/size_file.h"
#include "watch/watch_report.h"
#include "watch/watch_run.h"

/* Nobody waits longer in front of an empty terminal. */
#define FIRST_NS INT64_C(250000000)

/* All that watching holds on to. */
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
	struct size_file sizes;
	bool failed; /* a check */
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
	const size_t begun = w->list.count - w->list.unused;
	size_t failed = 0;

	for (size_t i = 0; i < begun; i++)
		failed += watch_check_ring(out, &w->settings->check, w->list.rings[i]);
	w->failed = failed > 0;
	if (failed == 0)
		fprintf(out, "ok: %zu ring buffer%s\n", begun, begun == 1 ? "" : "s");
}

static int write_json(const struct watch *w, FILE *out)
{
	int err = 0;

	for (size_t i = 0; i < w->list.count && !err; i++)
		err = watch_write_json(out, w->list.rings[i], &w->style);
	return err;
}

static int write_text(struct watch *w, FILE *out)
{
	if (w->settings->check.wanted)
		write_check(w, out);
	else if (w->is_list)
		write_list(w, out);
	else if (w->list.count > 0 && w->in_place)
		write_view(w, out, w->list.rings[0], "");
	else if (w->list.count > 0)
		watch_write_line(out, w->list.rings[0], &w->style);
	return 0;
}

static int write_all_of(struct watch *w, FILE *out)
{
	if (w->settings->format == WATCH_JSON)
		return write_json(w, out);
	if (w->settings->format == WATCH_TEXT)
		return write_text(w, out);
	watch_write_metrics(out, w->list.rings, w->list.count);
	return 0;
}

/* Puts what was composed to its place, and ends @output. */
static int put(struct watch *w, struct output *output)
{
	int err;

	if (!w->in_place)
		return output_commit(output, w->settings->output, w->why);
	fflush(output->stream);
	err = screen_show(&w->screen, output->text);
	output_abandon(output);
	return err ? complain(w->why, err, "cannot write to the terminal: %s", strerror(-err)) : 0;
}

/* Composes the update of the figures that there are, and shows it. */
static int show(struct watch *w)
{
	struct output output;
	int err = output_begin(&output);

	list_arrange(&w->list, w->rings.items, w->rings.count);
	if (!err) {
		err = write_all_of(w, output.stream);
		if (!err)
			return put(w, &output);
		output_abandon(&output);
	}
	return complain(w->why, err, "out of memory");
}

static void move_selection(struct watch *w, int step)
{
	const size_t shown = w->list.count - (w->list.with_unused ? 0 : w->list.unused);

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
	return w->screen.text ? show(w) : 0;
}

/* Samples for an interval, the last at its end. */
static int sample_interval(struct watch *w, int64_t interval_ns)
{
	const int64_t end = monotonic_ns() + interval_ns;
	int64_t next = monotonic_ns() + w->settings->sample_ns;
	int err = 0;

	while (!err && !interrupted() && !w->ended && monotonic_ns() < end) {
		/* A signal ends it early: the user stops it, or the window has changed. */
		const int key = keys_wait(next < end ? next : end);

		if (monotonic_ns() >= next || monotonic_ns() >= end) {
			rings_sample(&w->rings, w->sizes.out ? size_file_add : NULL, &w->sizes);
			next = monotonic_ns() + w->settings->sample_ns;
		}
		err = w->in_place ? screen_refresh(&w->screen) : 0;
		if (!err && key != KEY_NONE)
			err = obey(w, key);
	}
	return err;
}

static int introduce(struct watch *w)
{
	struct output output;

	if (w->is_list || w->in_place || w->settings->format != WATCH_TEXT ||
		w->settings->check.wanted)
		return 0;
	if (output_begin(&output))
		return complain(w->why, -ENOMEM, "out of memory");
	watch_write_introduction(output.stream, w->rings.items[0], &w->style);
	return output_commit(&output, w->settings->output, w->why);
}

/* One update after the other. While it is paused, samples go on, and the interval with them. */
static int follow(struct watch *w, uint64_t count)
{
	const int64_t most = w->in_place ? FIRST_NS : INT64_MAX;
	const int64_t interval = w->settings->interval_ns;
	const int64_t first = interval < most ? interval : most;
	int err = introduce(w);

	rings_sample(&w->rings, w->sizes.out ? size_file_add : NULL, &w->sizes);
	for (uint64_t i = 0; !err && !interrupted() && !w->ended && (count == 0 || i < count);
		i++) {
		if (i > 0)
			err = rings_refresh(&w->rings, w->why);
		if (!err)
			err = sample_interval(w, i == 0 ? first : interval);
		if (err || interrupted() || w->ended || w->list.paused)
			continue;
		rings_conclude(&w->rings);
		w->style.time = time(NULL);
		err = show(w);
	}
	return err;
}

static bool ends_by_itself(const struct watch *w)
{
	return w->settings->check.wanted || w->settings->format == WATCH_METRICS ||
	       (w->is_list && !w->in_place);
}

static int peek(struct watch *w)
{
	struct output output;
	int err = output_begin(&output);

	if (err)
		return complain(w->why, err, "out of memory");
	err = peek_write(output.stream, w->rings.items[0], w->settings->peek,
		w->settings->interval_ns, w->settings->type, w->why);
	if (err) {
		output_abandon(&output);
		return err;
	}
	return output_commit(&output, w->settings->output, w->why);
}

static int watch(struct watch *w)
{
	const struct watch_settings *settings = w->settings;
	uint64_t count = settings->count;
	int err = 0, closed = 0;

	if ((settings->peek || settings->sizes) && w->rings.count > 1)
		return complain(w->why, -EINVAL,
			"several ring buffers are named %s; give -map with an id",
			settings->wanted.name);
	if (settings->peek)
		return peek(w);
	if (settings->sizes)
		err = size_file_open(&w->sizes, settings->sizes, w->why);
	if (err)
		return err;
	if (count == 0 && ends_by_itself(w))
		count = 1;
	if (w->in_place)
		keys_begin();
	err = follow(w, count);
	keys_end();
	if (w->in_place)
		screen_end(&w->screen, false);
	if (w->sizes.out) {
		const struct ring_passed passed = ring_model_passed(&w->rings.items[0]->model);

		closed = size_file_close(&w->sizes, &passed, w->why);
	}
	/* A ring comes to its end as its program does. */
	if (err == -ENOENT && settings->count == 0) {
		fprintf(stderr, PROGRAM ": %s\n", w->why->text);
		err = 0;
	}
	return err ? err : closed ? closed : w->failed;
}

int watch_run(const struct watch_settings *settings, struct complaint *why)
{
	struct watch w = {
		.settings = settings,
		.why = why,
		.in_place = settings->format == WATCH_TEXT && !settings->output &&
			    !settings->check.wanted && screen_is_possible(STDOUT_FILENO),
		.list = { .with_unused = settings->all },
	};
	int err;

	if (settings->format == WATCH_NAMES)
		return rings_print_names(stdout, why);
	w.style = (struct watch_style){
		.colour = w.in_place && style_colour_wanted(),
		.interval_ns = settings->interval_ns,
		.sample_ns = settings->sample_ns,
		.time = time(NULL),
	};
	if (w.in_place)
		screen_begin(&w.screen, STDOUT_FILENO);
	err = rings_open(&w.rings, &settings->wanted, why);
	if (!err) {
		/* A name may stand for several. */
		w.is_list = !w.rings.wanted.target.id && !w.rings.wanted.target.path;
		err = watch(&w);
	}
	rings_close(&w.rings);
	return err;
}
