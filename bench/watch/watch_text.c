/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/values.h"
#include "results/style.h"
#include "watch/append.h"
#include "watch/watch_report.h"

const char *watch_colour(enum ring_state state, bool colour)
{
	if (!colour || state == STATE_OK)
		return "";
	if (state < STATE_SLOW)
		return "\x1b[31m";
	return state == STATE_SLOW ? "\x1b[33m" : "\x1b[2m";
}

const char *watch_colour_end(enum ring_state state, bool colour)
{
	return style_end(colour && state != STATE_OK);
}

static void say_room(char *text, size_t size, const struct ring_figures *f)
{
	snprintf(text, size, "no room for a record of %" PRIu64 " B in %s of the samples",
		f->largest ? f->largest : f->sample.head_stride, SHARE(f->no_room));
}

char *ring_losing_text(const struct ring *ring, char *text, size_t size)
{
	const struct ring_figures *f = &ring->figures;

	if (f->lost_per_s > 0)
		snprintf(text, size, "the program counts %s lost records a second",
			AMOUNT(f->lost_per_s));
	else
		say_room(text, size, f);
	return text;
}

static void say_slow(char *text, size_t size, const struct ring_figures *f)
{
	if (f->stalled_ns >= 10 * RING_STILL_NS)
		snprintf(text, size, "the reader has released nothing for %s while records wait",
			TIME(f->stalled_ns));
	else if (f->full_in_ns > 0)
		snprintf(text, size, "it fills up, and is full in %s at this rate",
			TIME(f->full_in_ns));
	else
		snprintf(text, size, "it was %s full", SHARE(f->interval_fill));
}

void ring_words_of(const struct ring *ring, struct ring_words *w)
{
	const struct ring_figures *f = &ring->figures;
	const size_t size = sizeof(w->what);

	w->what[0] = w->cause[0] = '\0';
	switch (f->state) {
	case STATE_BROKEN:
		ring_fault_text(&f->sample, ring->size, w->what, size);
		snprintf(
			w->cause, size, "something other than a reader wrote to its consumer page");
		break;
	case STATE_STUCK:
		snprintf(w->what, size,
			"the oldest record has been reserved for %s and is not submitted",
			TIME(f->busy_ns));
		snprintf(w->cause, size, "a BPF program holds it, and no reader can pass it%s",
			f->losing ? "; records are lost" : "");
		break;
	case STATE_LOSING:
		ring_losing_text(ring, w->what, size);
		if (f->stalled_ns >= RING_STILL_NS)
			snprintf(w->cause, size, "the reader has released nothing for %s",
				TIME(f->stalled_ns));
		else
			snprintf(
				w->cause, size, "the reader is too slow, or the ring is too small");
		break;
	case STATE_NO_READER:
		snprintf(w->what, size, "%s",
			ring->holders.process_count == 0 ? "no process has it open"
							 : "its consumer position has never moved");
		if (f->losing)
			say_room(w->cause, size, f);
		break;
	case STATE_SLOW:
		say_slow(w->what, size, f);
		break;
	case STATE_UNUSED:
		snprintf(w->what, size, "no process and no program holds it");
		break;
	case STATE_OK:
	case STATE_IDLE:
		break;
	}
}

/* Returns how many columns it takes. */
static int write_title(FILE *out, const struct ring *ring)
{
	return fprintf(out, "Ring buffer %s, map %" PRIu32 ", %s", ring->name, ring->id,
		SIZE_TEXT(ring->size));
}

static void write_state(FILE *out, const struct ring *ring, bool coloured)
{
	const enum ring_state state = ring->figures.state;
	const char *colour = watch_colour(state, coloured);
	const char *end = watch_colour_end(state, coloured);
	const int used = write_title(out, ring);
	char holders[HOLDERS_TEXT_SIZE];
	struct ring_words words;

	ring_words_of(ring, &words);
	fprintf(out, "%s%*s%s\n  held by   %s\n", colour, WATCH_COLUMNS - used,
		ring_state_names[state], end,
		holders_text(&ring->holders, holders, sizeof(holders)));
	if (words.what[0])
		fprintf(out, "  %s%-9s %s%s\n", colour, ring_state_names[state], words.what, end);
	if (words.cause[0])
		fprintf(out, "            %s\n", words.cause);
	fputc('\n', out);
}

/* ": 455 records, 2 busy"; empty if unknown. */
static const char *say_waiting(const struct ring_waiting *w)
{
	static char text[96];
	struct bounded_text all = { .text = text, .size = sizeof(text) };

	text[0] = '\0';
	if (!w->known || w->records == 0)
		return text;
	append(&all, ": %" PRIu64 " record%s", w->records, w->records == 1 ? "" : "s");
	if (!w->all)
		append(&all, " or more");
	if (w->busy > 0)
		append(&all, ", %" PRIu64 " busy", w->busy);
	if (w->discarded > 0)
		append(&all, ", %" PRIu64 " discarded", w->discarded);
	return text;
}

static void write_level(FILE *out, const struct ring *ring, const struct watch_style *style)
{
	const struct ring_figures *f = &ring->figures;
	const enum ring_state state = f->losing ? STATE_LOSING : STATE_OK;
	char bar[STYLE_FILL_SIZE], blocks[RING_HISTORY * 3 + 1];

	if (f->sample.fault != FAULT_NONE && f->sample.fault != FAULT_HEADER)
		fputs("  fill      unknown\n", out);
	else
		fprintf(out, "  fill      %s%s %s%s\n  waiting   %s%s\n",
			watch_colour(state, style->colour), style_fill(bar, f->fill),
			SHARE(f->fill), watch_colour_end(state, style->colour),
			BYTES(f->sample.waiting), say_waiting(&f->waiting));
	fprintf(out, "  history   %s\n            highest fill of each %s; of all, %s, %s\n",
		ring_history_text(&ring->model, RING_HISTORY, blocks), TIME(style->interval_ns),
		SHARE((double)f->totals.high_water / (double)ring->size),
		BYTES(f->totals.high_water));
}

static void write_records(FILE *out, const struct ring *ring)
{
	const struct ring_figures *f = &ring->figures;
	const struct ring_sizes *s = &ring->model.sizes;

	fprintf(out, "  records   %s/s written", AMOUNT(f->records_per_s));
	if (f->discarded > 0)
		fprintf(out, ", %s of them discarded", SHARE(f->discarded));
	if (f->seen < 1)
		fprintf(out, "; estimated from %s of the bytes", SHARE(f->seen));
	fputs("\n  sizes     ", out);
	if (s->count == 0)
		fputs("unknown: no record has passed yet\n", out);
	else if (s->min == s->max)
		fprintf(out, "%" PRIu32 " B each; %s records\n", s->max, AMOUNT((double)s->count));
	else
		fprintf(out,
			"%" PRIu32 " to %" PRIu32 " B, mean %s, p50 %" PRIu32 ", p99 %" PRIu32
			"; %s records\n",
			s->min, s->max, AMOUNT((double)s->sum / (double)s->count),
			ring_sizes_quantile(s, 0.5), ring_sizes_quantile(s, 0.99),
			AMOUNT((double)s->count));
}

static void write_lost(FILE *out, const struct ring *ring, bool coloured)
{
	const struct ring_accounts *a = &ring->model.accounts;
	const struct ring_figures *f = &ring->figures;
	const enum ring_state state = f->lost_per_s > 0 ? STATE_LOSING : STATE_OK;

	if (f->overwrites)
		fprintf(out, "  lost      all unread records before position %s: overwritten\n",
			EXACT(f->sample.oldest));
	else if (!a->known)
		fprintf(out,
			"  lost      not counted by the program; no room in %s of the samples\n",
			SHARE(f->no_room));
	else
		fprintf(out, "  lost      %s%s/s, %s in all%s\n            counted by %s, %s\n",
			watch_colour(state, coloured), AMOUNT(f->lost_per_s), EXACT(a->lost),
			watch_colour_end(state, coloured), a->program,
			a->shared ? "which writes to other rings too"
				  : "which does not say in which ring");
}

static void write_reader(FILE *out, const struct ring_figures *f)
{
	fputs("  reader    ", out);
	if (f->busy_ns >= RING_STILL_NS)
		fputs("waits for the oldest record to be submitted", out);
	else if (f->stalled_ns >= RING_STILL_NS)
		fprintf(out, "has released nothing for %s while records wait", TIME(f->stalled_ns));
	else if (f->still_ns > 0)
		fprintf(out, "last moved %s ago", TIME(f->still_ns));
	else
		fputs("moves", out);
	if (f->totals.moved_back > 0)
		fprintf(out, "; went backwards %" PRIu64 "x", f->totals.moved_back);
	fputc('\n', out);
}

static void write_head(FILE *out, const struct ring_figures *f)
{
	static const char *const texts[] = {
		[HEAD_NONE] = "nothing waits",
		[HEAD_READY] = "submitted",
		[HEAD_DISCARDED] = "discarded",
		[HEAD_UNKNOWN] = "unknown",
	};

	if (f->sample.head == HEAD_BUSY)
		fprintf(out, "  head      busy for %s: reserved, not submitted\n",
			TIME(f->busy_ns));
	else
		fprintf(out, "  head      %s\n", texts[f->sample.head]);
}

static void write_full(FILE *out, const struct ring_figures *f)
{
	fputs("  full      ", out);
	if (f->totals.full)
		fputs("now", out);
	else if (f->full_in_ns > 0)
		fprintf(out, "in %s at this rate", TIME(f->full_in_ns));
	else
		fputs("no", out);
	if (f->totals.full_episodes > 0)
		fprintf(out, "; so far %" PRIu64 "x, %s in all", f->totals.full_episodes,
			TIME(f->totals.full_ns));
	fputc('\n', out);
}

void watch_write_view(FILE *out, const struct ring *ring, const struct watch_style *style)
{
	const struct ring_figures *f = &ring->figures;

	write_state(out, ring, style->colour);
	write_level(out, ring, style);
	write_records(out, ring);
	write_lost(out, ring, style->colour);
	fprintf(out, "  bytes     %sB/s written, %sB/s consumed\n", AMOUNT(f->written_per_s),
		AMOUNT(f->consumed_per_s));
	write_reader(out, f);
	write_head(out, f);
	write_full(out, f);
	fprintf(out, "  positions producer %s, consumer %s\n", EXACT(f->sample.producer),
		EXACT(f->sample.consumer));
}

void watch_write_introduction(FILE *out, const struct ring *ring, const struct watch_style *style)
{
	char holders[HOLDERS_TEXT_SIZE];

	write_title(out, ring);
	fprintf(out, "; held by %s\nOne sample each %s: shorter peaks can be missed.\n",
		holders_text(&ring->holders, holders, sizeof(holders)), TIME(style->sample_ns));
}

void watch_write_line(FILE *out, const struct ring *ring, const struct watch_style *style)
{
	const struct ring_figures *f = &ring->figures;
	char when[16] = "";
	struct ring_words words;
	struct tm local;

	if (localtime_r(&style->time, &local))
		strftime(when, sizeof(when), "%H:%M:%S ", &local);
	ring_words_of(ring, &words);
	fprintf(out, "%s%s", when, ring_state_names[f->state]);
	if (f->state != STATE_BROKEN) {
		fprintf(out, ": fill %s (%s%s), high %s, %s records/s", SHARE(f->fill),
			BYTES(f->sample.waiting), say_waiting(&f->waiting), SHARE(f->interval_fill),
			AMOUNT(f->records_per_s));
		if (isfinite(f->average))
			fprintf(out, " of %s B", AMOUNT(f->average));
		if (ring->model.accounts.known)
			fprintf(out, ", lost %s/s", AMOUNT(f->lost_per_s));
	}
	fprintf(out, "%s%s%s%s\n", words.what[0] ? ": " : "", words.what,
		words.cause[0] ? "; " : "", words.cause);
}
