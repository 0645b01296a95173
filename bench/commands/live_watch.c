/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "commands/commands.h"
#include "results/style.h"

#define IN_PLACE_NS INT64_C(250000000)
#define LINES_NS INT64_C(1000000000)

/* What is shown of an observation. Rates are since the last one, losses and latency of all rounds. */
enum { PRODUCED, CONSUMED, LOST, FILL, P50, P99, CPU, FIGURES };

static const struct {
	const char *name;
	enum { RATE, SHARE, TIME } kind;
} figures[FIGURES] = {
	[PRODUCED] = { "produced", RATE },
	[CONSUMED] = { "consumed", RATE },
	[LOST] = { "lost", SHARE },
	[FILL] = { "fill", SHARE },
	[P50] = { "p50", TIME },
	[P99] = { "p99", TIME },
	[CPU] = { "CPU", SHARE },
};

static double known(uint64_t amount)
{
	return amount == LIVE_UNKNOWN ? NAN : (double)amount;
}

static void find_values(
	double values[FIGURES], const struct live_watch *watch, const struct observation *o)
{
	const struct observation *last = &watch->last;
	const double ns = (double)(o->elapsed_ns - last->elapsed_ns);

	values[PRODUCED] = (known(o->produced) - known(last->produced)) * 1e9 / ns;
	values[CONSUMED] = (known(o->consumed) - known(last->consumed)) * 1e9 / ns;
	values[LOST] = (known(o->lost) + (double)o->lost_before) /
		       (double)(o->produced_before + o->produced);
	values[FILL] = known(o->waiting) / (double)o->capacity;
	values[P50] = known(o->latency_p50);
	values[P99] = known(o->latency_p99);
	values[CPU] = (known(o->cpu_ns) - known(last->cpu_ns)) / ns;
}

/* "14.2M/s", "0.2 %", "120us", or "unknown" for NAN. */
static const char *format_figure(int figure, double value, char text[AMOUNT_SIZE])
{
	char amount[AMOUNT_SIZE];

	if (!isfinite(value) || value < 0)
		snprintf(text, AMOUNT_SIZE, "unknown");
	else if (figures[figure].kind == SHARE)
		amount_share(text, AMOUNT_SIZE, value);
	else if (figures[figure].kind == TIME)
		amount_time(text, AMOUNT_SIZE, (int64_t)value);
	else
		snprintf(text, AMOUNT_SIZE, "%s/s", amount_text(amount, sizeof(amount), value));
	return text;
}

void live_watch_write(FILE *out, const struct live_watch *watch, const struct observation *o)
{
	const bool lines = watch->in_place;
	char name[32], text[AMOUNT_SIZE], bar[STYLE_FILL_SIZE];
	double values[FIGURES];

	find_values(values, watch, o);
	fprintf(out, "%s %zu of %zu, %s:", watch->what, watch->done + 1, watch->total,
		combination_name(o->combination, name, sizeof(name)));
	for (int i = 0; i < FIGURES; i++) {
		fputs(lines ? "\n  " : i > 0 ? ", " : " ", out);
		fprintf(out, "%-*s %*s", lines ? 8 : 0, figures[i].name, lines ? 8 : 0,
			format_figure(i, values[i], text));
		if (lines && i == FILL)
			fprintf(out, "  %s", style_fill(bar, values[i]));
	}
	fputc('\n', out);
}

static void observe(void *context, const struct observation *o)
{
	struct live_watch *watch = context;
	char *text = NULL;
	size_t size = 0;
	FILE *out = watch->in_place ? open_memstream(&text, &size) : stderr;

	if (!out)
		return; /* the next observation may have memory */
	live_watch_write(out, watch, o);
	if (watch->in_place && fclose(out) == 0)
		screen_show(&watch->screen, text);
	free(text);
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
