/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "commands/live.h"
#include "results/style.h"

#define IN_PLACE_NS INT64_C(250000000)
#define LINES_NS INT64_C(1000000000)

enum kind { RATE, SHARE, TIME };

static double known(uint64_t amount)
{
	return amount == LIVE_UNKNOWN ? NAN : (double)amount;
}

/* "14.2M/s", "0.2 %", "120us", or "unknown" for NAN. */
static void write_figure(char text[AMOUNT_SIZE], enum kind kind, double value)
{
	char amount[AMOUNT_SIZE];

	if (!isfinite(value) || value < 0)
		snprintf(text, AMOUNT_SIZE, "unknown");
	else if (kind == SHARE)
		amount_share(text, AMOUNT_SIZE, value);
	else if (kind == TIME)
		amount_time(text, AMOUNT_SIZE, (int64_t)value);
	else
		snprintf(text, AMOUNT_SIZE, "%s/s", amount_text(amount, sizeof(amount), value));
}

/* The texts of one observation; rates are since the last one. */
struct words {
	char name[32], produced[AMOUNT_SIZE], consumed[AMOUNT_SIZE], lost[AMOUNT_SIZE],
		fill[AMOUNT_SIZE], p50[AMOUNT_SIZE], p99[AMOUNT_SIZE], cpu[AMOUNT_SIZE],
		elapsed[AMOUNT_SIZE], whole[AMOUNT_SIZE];
};

static void find_words(struct words *w, const struct live_watch *watch, const struct observation *o)
{
	const struct observation *last = &watch->last;
	const double ns = (double)(o->elapsed_ns - last->elapsed_ns);

	combination_name(o->combination, w->name, sizeof(w->name));
	write_figure(w->produced, RATE, (known(o->produced) - known(last->produced)) * 1e9 / ns);
	write_figure(w->consumed, RATE, (known(o->consumed) - known(last->consumed)) * 1e9 / ns);
	write_figure(w->cpu, SHARE, (known(o->cpu_ns) - known(last->cpu_ns)) / ns);
	write_figure(w->lost, SHARE,
		(known(o->lost) + (double)o->lost_before) /
			(double)(o->produced_before + o->produced));
	write_figure(w->fill, SHARE, known(o->waiting) / (double)o->capacity);
	write_figure(w->p50, TIME, known(o->latency_p50));
	write_figure(w->p99, TIME, known(o->latency_p99));
	write_figure(w->elapsed, TIME, (double)o->elapsed_ns);
	write_figure(w->whole, TIME, (double)o->duration_ns);
}

static void write_view(FILE *out, const struct live_watch *watch, const struct observation *o)
{
	const double fill =
		o->waiting == LIVE_UNKNOWN ? 0 : (double)o->waiting / (double)o->capacity;
	char bar[STYLE_FILL_SIZE];
	struct words w;

	find_words(&w, watch, o);
	fprintf(out,
		"Live, %s %zu of %zu: %s, %s of %s\n"
		"  produced  %10s\n"
		"  consumed  %10s\n"
		"  lost      %10s  so far\n"
		"  fill      %s %s\n"
		"  latency   p50 %s, p99 %s  so far\n"
		"  CPU       %10s  of the consumer\n",
		watch->what, watch->done + 1, watch->total, w.name, w.elapsed, w.whole, w.produced,
		w.consumed, w.lost, style_fill(bar, fill), w.fill, w.p50, w.p99, w.cpu);
}

void live_watch_write_line(FILE *out, const struct live_watch *watch, const struct observation *o)
{
	struct words w;

	find_words(&w, watch, o);
	fprintf(out,
		"%s %zu of %zu, %s: produced %s, consumed %s, lost %s, fill %s, p50 %s, p99 %s, "
		"CPU %s\n",
		watch->what, watch->done + 1, watch->total, w.name, w.produced, w.consumed, w.lost,
		w.fill, w.p50, w.p99, w.cpu);
}

static void show_in_place(struct live_watch *watch, const struct observation *o)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return; /* the next observation may have memory */
	write_view(out, watch, o);
	if (fclose(out) == 0)
		screen_show(&watch->screen, text);
	free(text);
}

static void observe(void *context, const struct observation *o)
{
	struct live_watch *watch = context;

	if (watch->in_place)
		show_in_place(watch, o);
	else
		live_watch_write_line(stderr, watch, o);
	watch->last = *o;
}

void live_watch_begin(struct live_watch *watch)
{
	*watch = (struct live_watch){ .in_place = screen_is_possible(STDERR_FILENO) };
	watch->observer = (struct observer){
		.observe = observe,
		.context = watch,
		.interval_ns = watch->in_place ? IN_PLACE_NS : LINES_NS,
	};
	if (watch->in_place)
		screen_begin(&watch->screen, STDERR_FILENO);
}

void live_watch_progress(struct live_watch *watch, const char *what, size_t done, size_t total)
{
	watch->what = what;
	watch->done = done;
	watch->total = total;
	/* A run counts from 0. */
	watch->last = (struct observation){ 0 };
}

void live_watch_end(struct live_watch *watch)
{
	if (watch->in_place)
		screen_end(&watch->screen, true);
}
