/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "commands/commands.h"
#include "results/style.h"

#define IN_PLACE_NS INT64_C(250000000)
#define LINES_NS INT64_C(1000000000)

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
void live_watch_write(FILE *out, const struct live_watch *watch, const struct observation *o)
{
	const struct observation *last = &watch->last;
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
	const int width = watch->in_place ? 8 : 0;
	char name[32], text[AMOUNT_SIZE], bar[STYLE_FILL_SIZE];

	fprintf(out, "%s %zu of %zu, %s:", watch->what, watch->done + 1, watch->total,
		combination_name(o->combination, name, sizeof(name)));
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		fputs(watch->in_place ? "\n  " : i > 0 ? ", " : " ", out);
		fprintf(out, "%-*s %*s", width, figures[i].name, width,
			format_figure(figures[i].kind, figures[i].value, text));
		if (watch->in_place && figures[i].kind == FILL)
			fprintf(out, "  %s", style_fill(bar, figures[i].value));
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
	watch->last = (struct observation){ 0 }; /* a run counts from 0 */
}

void live_watch_end(struct live_watch *watch)
{
	if (watch->in_place)
		screen_end(&watch->screen, true);
}
