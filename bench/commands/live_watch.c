/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "commands/live_watch.h"
#include "results/amounts.h"
#include "results/style.h"

#define IN_PLACE_NS INT64_C(250000000)
#define LINES_NS INT64_C(1000000000)

/* What grew from @before to @now, a second; NAN when it is not known. */
static double per_second(uint64_t before, uint64_t now, int64_t ns)
{
	if (before == LIVE_UNKNOWN || now == LIVE_UNKNOWN || ns <= 0 || now < before)
		return NAN;
	return (double)(now - before) * 1e9 / (double)ns;
}

/* "14.2M/s", or "unknown". */
static const char *rate(char *text, size_t size, double value)
{
	char amount[AMOUNT_SIZE];

	if (isnan(value))
		snprintf(text, size, "unknown");
	else
		snprintf(text, size, "%s/s", amount_text(amount, sizeof(amount), value));
	return text;
}

static const char *share(char *text, size_t size, uint64_t part, uint64_t whole)
{
	if (part == LIVE_UNKNOWN || whole == 0)
		snprintf(text, size, "unknown");
	else
		amount_share(text, size, (double)part / (double)whole);
	return text;
}

static const char *duration(char *text, size_t size, uint64_t ns)
{
	if (ns == LIVE_UNKNOWN)
		snprintf(text, size, "unknown");
	else
		amount_time(text, size, (int64_t)ns);
	return text;
}

/* The texts of one observation. */
struct words {
	char name[32], produced[AMOUNT_SIZE], consumed[AMOUNT_SIZE], lost[AMOUNT_SIZE],
		fill[AMOUNT_SIZE], p50[AMOUNT_SIZE], p99[AMOUNT_SIZE], cpu[AMOUNT_SIZE],
		elapsed[AMOUNT_SIZE], whole[AMOUNT_SIZE];
};

static void find_words(struct words *w, const struct live_watch *watch, const struct observation *o)
{
	const struct observation *last = &watch->last;
	const int64_t ns = o->elapsed_ns - last->elapsed_ns;
	const double cpu = per_second(last->cpu_ns, o->cpu_ns, ns) / 1e9;

	combination_name(o->combination, w->name, sizeof(w->name));
	rate(w->produced, sizeof(w->produced), per_second(last->produced, o->produced, ns));
	rate(w->consumed, sizeof(w->consumed), per_second(last->consumed, o->consumed, ns));
	share(w->lost, sizeof(w->lost),
		o->lost == LIVE_UNKNOWN ? o->lost : o->lost_before + o->lost,
		o->produced_before + o->produced);
	share(w->fill, sizeof(w->fill), o->waiting, o->capacity);
	duration(w->p50, sizeof(w->p50), o->latency_p50);
	duration(w->p99, sizeof(w->p99), o->latency_p99);
	if (isnan(cpu))
		snprintf(w->cpu, sizeof(w->cpu), "unknown");
	else
		amount_share(w->cpu, sizeof(w->cpu), cpu);
	amount_time(w->elapsed, sizeof(w->elapsed), o->elapsed_ns);
	amount_time(w->whole, sizeof(w->whole), o->duration_ns);
}

void live_watch_write_view(FILE *out, const struct live_watch *watch, const struct observation *o)
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
		return; /* the next one may have better luck */
	live_watch_write_view(out, watch, o);
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

struct observer *live_watch_begin(struct live_watch *watch)
{
	*watch = (struct live_watch){ .in_place = screen_is_possible(STDERR_FILENO) };
	watch->observer = (struct observer){
		.observe = observe,
		.context = watch,
		.interval_ns = watch->in_place ? IN_PLACE_NS : LINES_NS,
	};
	if (watch->in_place)
		screen_begin(&watch->screen, STDERR_FILENO);
	return &watch->observer;
}

void live_watch_progress(struct live_watch *watch, const char *what, size_t done, size_t total)
{
	watch->what = what;
	watch->done = done;
	watch->total = total;
	/* What a run counts begins at nothing. */
	watch->last = (struct observation){ 0 };
}

void live_watch_end(struct live_watch *watch)
{
	if (watch->in_place)
		screen_end(&watch->screen, true);
}
