/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/values.h"
#include "results/amounts.h"
#include "results/style.h"
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
	char share[AMOUNT_SIZE];

	snprintf(text, size, "no room for a record of %" PRIu64 " B in %s of the samples",
		f->largest ? f->largest : f->sample.head_stride,
		amount_share(share, sizeof(share), f->no_room));
}

char *ring_losing_text(const struct ring *ring, char *text, size_t size)
{
	const struct ring_figures *f = &ring->figures;
	char amount[AMOUNT_SIZE];

	if (f->lost_per_s > 0)
		snprintf(text, size, "the program counts %s lost records a second",
			amount_text(amount, sizeof(amount), f->lost_per_s));
	else
		say_room(text, size, f);
	return text;
}

static void say_losing(struct ring_words *w, const struct ring *ring)
{
	const struct ring_figures *f = &ring->figures;
	char amount[AMOUNT_SIZE];

	ring_losing_text(ring, w->what, sizeof(w->what));
	if (f->stalled_ns >= RING_STILL_NS)
		snprintf(w->cause, sizeof(w->cause), "the reader has stood still for %s",
			amount_time(amount, sizeof(amount), f->stalled_ns));
	else
		snprintf(w->cause, sizeof(w->cause),
			"the reader is too slow, or the ring is too small");
}

static void say_stuck(struct ring_words *w, const struct ring_figures *f)
{
	char amount[AMOUNT_SIZE];

	snprintf(w->what, sizeof(w->what),
		"the oldest record is reserved for %s, and not submitted",
		amount_time(amount, sizeof(amount), f->busy_ns));
	snprintf(w->cause, sizeof(w->cause), "a BPF program holds it, no reader can pass it%s",
		f->losing ? "; new records are lost" : "");
}

static void say_no_reader(struct ring_words *w, const struct ring *ring)
{
	const struct ring_figures *f = &ring->figures;

	snprintf(w->what, sizeof(w->what), "%s",
		ring->holders.process_count == 0 ? "no process has it open"
						 : "its consumer position has never moved");
	if (f->losing)
		say_room(w->cause, sizeof(w->cause), f);
}

static void say_slow(struct ring_words *w, const struct ring_figures *f)
{
	char amount[AMOUNT_SIZE];

	if (f->stalled_ns >= 10 * RING_STILL_NS)
		snprintf(w->what, sizeof(w->what),
			"the reader has stood still for %s while records wait",
			amount_time(amount, sizeof(amount), f->stalled_ns));
	else if (f->full_in_ns > 0)
		snprintf(w->what, sizeof(w->what), "it fills up, and is full in %s at this rate",
			amount_time(amount, sizeof(amount), f->full_in_ns));
	else
		snprintf(w->what, sizeof(w->what), "it was %s full",
			amount_share(amount, sizeof(amount), f->interval_fill));
}

void ring_words_of(const struct ring *ring, struct ring_words *w)
{
	w->what[0] = w->cause[0] = '\0';
	switch (ring->figures.state) {
	case STATE_BROKEN:
		ring_fault_text(&ring->figures.sample, ring->size, w->what, sizeof(w->what));
		snprintf(w->cause, sizeof(w->cause),
			"something other than a reader wrote to its consumer page");
		break;
	case STATE_STUCK:
		say_stuck(w, &ring->figures);
		break;
	case STATE_LOSING:
		say_losing(w, ring);
		break;
	case STATE_NO_READER:
		say_no_reader(w, ring);
		break;
	case STATE_SLOW:
		say_slow(w, &ring->figures);
		break;
	case STATE_UNUSED:
		snprintf(w->what, sizeof(w->what), "no process and no program holds it");
		break;
	case STATE_OK:
	case STATE_IDLE:
		break;
	}
}

static void write_title(FILE *out, const struct ring *ring)
{
	char size[FORMAT_SIZE];

	fprintf(out, "Ring buffer %s, map %" PRIu32 ", %s", ring->name, ring->id,
		format_size(ring->size, size, sizeof(size)));
}

static void write_state(FILE *out, const struct ring *ring, const struct watch_style *style)
{
	const enum ring_state state = ring->figures.state;
	char size[FORMAT_SIZE], holders[HOLDERS_TEXT_SIZE];
	struct ring_words words;
	int used;

	used = fprintf(out, "Ring buffer %s, map %" PRIu32 ", %s", ring->name, ring->id,
		format_size(ring->size, size, sizeof(size)));
	fprintf(out, "%s%*s%s\n", watch_colour(state, style->colour), WATCH_COLUMNS - used,
		ring_state_names[state], watch_colour_end(state, style->colour));
	fprintf(out, "  held by   %s\n", holders_text(&ring->holders, holders, sizeof(holders)));
	ring_words_of(ring, &words);
	if (words.what[0])
		fprintf(out, "  %s%-9s %s%s\n", watch_colour(state, style->colour),
			ring_state_names[state], words.what,
			watch_colour_end(state, style->colour));
	if (words.cause[0])
		fprintf(out, "            %s\n", words.cause);
}

/* "4 records wait", "512 records or more wait", "" when not known. */
static const char *say_waiting(const struct ring_waiting *w)
{
	static char text[96];
	struct style_text all = { .text = text, .size = sizeof(text) };

	text[0] = '\0';
	if (!w->known || w->records == 0)
		return text;
	style_append(&all, ": %" PRIu64 " record%s", w->records, w->records == 1 ? "" : "s");
	if (!w->all)
		style_append(&all, " or more");
	if (w->busy > 0)
		style_append(&all, ", %" PRIu64 " busy", w->busy);
	if (w->discarded > 0)
		style_append(&all, ", %" PRIu64 " discarded", w->discarded);
	return text;
}

static void write_fill(FILE *out, const struct ring *ring, const struct watch_style *style)
{
	const struct ring_figures *f = &ring->figures;
	const enum ring_state colour = f->losing ? STATE_LOSING : STATE_OK;
	char bar[STYLE_FILL_SIZE], share[AMOUNT_SIZE], bytes[AMOUNT_SIZE];

	if (f->sample.fault != FAULT_NONE && f->sample.fault != FAULT_HEADER) {
		fputs("  fill      unknown\n", out);
		return;
	}
	fprintf(out, "  fill      %s%s %s%s\n  waiting   %s%s\n",
		watch_colour(colour, style->colour), style_fill(bar, f->fill),
		amount_share(share, sizeof(share), f->fill),
		watch_colour_end(colour, style->colour),
		amount_bytes(bytes, sizeof(bytes), f->sample.waiting), say_waiting(&f->waiting));
}

static void write_history(FILE *out, const struct ring *ring, const struct watch_style *style)
{
	const struct ring_figures *f = &ring->figures;
	char blocks[RING_HISTORY * 3 + 1], share[AMOUNT_SIZE], bytes[AMOUNT_SIZE],
		time[AMOUNT_SIZE];

	fprintf(out, "  history   %s\n", ring_history_text(&ring->model, RING_HISTORY, blocks));
	fprintf(out, "            the highest of each %s; of all, %s, %s\n",
		amount_time(time, sizeof(time), style->interval_ns),
		amount_share(share, sizeof(share), (double)f->high_water / (double)ring->size),
		amount_bytes(bytes, sizeof(bytes), f->high_water));
}

static void write_records(FILE *out, const struct ring_figures *f)
{
	char rate[AMOUNT_SIZE], seen[AMOUNT_SIZE], discarded[AMOUNT_SIZE];

	fprintf(out, "  records   %s/s written", amount_text(rate, sizeof(rate), f->records_per_s));
	if (f->discarded > 0)
		fprintf(out, ", %s of them discarded",
			amount_share(discarded, sizeof(discarded), f->discarded));
	if (f->seen < 1)
		fprintf(out, "; by the %s of the bytes that were seen",
			amount_share(seen, sizeof(seen), f->seen));
	fputc('\n', out);
}

static void write_sizes(FILE *out, const struct ring_sizes *s)
{
	char average[AMOUNT_SIZE], count[AMOUNT_SIZE];

	if (s->count == 0) {
		fputs("  sizes     unknown: no record has passed yet\n", out);
		return;
	}
	if (s->min == s->max) {
		fprintf(out, "  sizes     all of %" PRIu32 " B; %s records\n", s->max,
			amount_text(count, sizeof(count), (double)s->count));
		return;
	}
	fprintf(out,
		"  sizes     %" PRIu32 " to %" PRIu32 " B, %s on average, p50 %" PRIu32
		", p99 %" PRIu32 "; of %s records\n",
		s->min, s->max,
		amount_text(average, sizeof(average), (double)s->sum / (double)s->count),
		ring_sizes_quantile(s, 0.5), ring_sizes_quantile(s, 0.99),
		amount_text(count, sizeof(count), (double)s->count));
}

static void write_lost(FILE *out, const struct ring *ring, const struct watch_style *style)
{
	const struct ring_accounts *a = &ring->model.accounts;
	const struct ring_figures *f = &ring->figures;
	const enum ring_state colour = f->lost_per_s > 0 ? STATE_LOSING : STATE_OK;
	char rate[AMOUNT_SIZE], lost[AMOUNT_SIZE], share[AMOUNT_SIZE];

	if (f->overwrites) {
		fprintf(out, "  lost      overwritten up to %s; what is not read by then is lost\n",
			amount_exact(lost, sizeof(lost), f->sample.oldest));
		return;
	}
	if (!a->known) {
		fprintf(out,
			"  lost      not counted by the program; no room in %s of the samples\n",
			amount_share(share, sizeof(share), f->no_room));
		return;
	}
	fprintf(out, "  lost      %s%s/s, %s in all%s\n", watch_colour(colour, style->colour),
		amount_text(rate, sizeof(rate), f->lost_per_s),
		amount_exact(lost, sizeof(lost), a->lost), watch_colour_end(colour, style->colour));
	fprintf(out, "            by the accounts of %s%s\n", a->program,
		a->shared ? ", which writes to other rings too" : "; accounts name no ring");
}

static void write_bytes(FILE *out, const struct ring_figures *f)
{
	char written[AMOUNT_SIZE], consumed[AMOUNT_SIZE];

	fprintf(out, "  bytes     %sB/s written, %sB/s consumed\n",
		amount_text(written, sizeof(written), f->written_per_s),
		amount_text(consumed, sizeof(consumed), f->consumed_per_s));
}

static void write_reader(FILE *out, const struct ring_figures *f)
{
	char time[AMOUNT_SIZE];

	fputs("  reader    ", out);
	if (f->busy_ns >= RING_STILL_NS)
		fputs("waits for the oldest record to be submitted", out);
	else if (f->stalled_ns >= RING_STILL_NS)
		fprintf(out, "stands still for %s though records wait",
			amount_time(time, sizeof(time), f->stalled_ns));
	else if (f->still_ns > 0)
		fprintf(out, "last moved %s ago", amount_time(time, sizeof(time), f->still_ns));
	else
		fputs("moves", out);
	if (f->moved_back > 0)
		fprintf(out, "; went backwards %" PRIu64 "x", f->moved_back);
	fputc('\n', out);
}

static void write_head(FILE *out, const struct ring_figures *f)
{
	char busy[AMOUNT_SIZE];

	fputs("  head      ", out);
	switch (f->sample.head) {
	case HEAD_NONE:
		fputs("nothing waits\n", out);
		break;
	case HEAD_READY:
		fputs("ready to be read\n", out);
		break;
	case HEAD_BUSY:
		fprintf(out, "busy for %s: reserved, not submitted\n",
			amount_time(busy, sizeof(busy), f->busy_ns));
		break;
	case HEAD_DISCARDED:
		fputs("discarded: to be skipped\n", out);
		break;
	case HEAD_UNKNOWN:
		fputs(f->sample.fault ? "unknown\n" : "unknown: the reader is too quick\n", out);
		break;
	}
}

static void write_full(FILE *out, const struct ring_figures *f)
{
	char time[AMOUNT_SIZE];

	fputs("  full      ", out);
	if (f->full)
		fputs("now", out);
	else if (f->full_in_ns > 0)
		fprintf(out, "in %s at this rate", amount_time(time, sizeof(time), f->full_in_ns));
	else if (f->full_episodes > 0)
		fputs("not now", out);
	else
		fputs("not in sight", out);
	if (f->full_episodes > 0)
		fprintf(out, "; so far %" PRIu64 "x, %s in all", f->full_episodes,
			amount_time(time, sizeof(time), f->full_ns));
	fputc('\n', out);
}

static void write_positions(FILE *out, const struct ring_figures *f)
{
	char consumer[AMOUNT_SIZE], producer[AMOUNT_SIZE];

	fprintf(out, "  positions producer %s, consumer %s\n",
		amount_exact(producer, sizeof(producer), f->sample.producer),
		amount_exact(consumer, sizeof(consumer), f->sample.consumer));
}

void watch_write_view(FILE *out, const struct ring *ring, const struct watch_style *style)
{
	const struct ring_figures *f = &ring->figures;

	write_state(out, ring, style);
	fputc('\n', out);
	write_fill(out, ring, style);
	write_history(out, ring, style);
	write_records(out, f);
	write_sizes(out, &ring->model.sizes);
	write_lost(out, ring, style);
	write_bytes(out, f);
	write_reader(out, f);
	write_head(out, f);
	write_full(out, f);
	write_positions(out, f);
}

void watch_write_introduction(FILE *out, const struct ring *ring, const struct watch_style *style)
{
	char every[AMOUNT_SIZE], holders[HOLDERS_TEXT_SIZE];

	write_title(out, ring);
	fprintf(out, "; held by %s\nSamples every %s: shorter peaks are not seen.\n",
		holders_text(&ring->holders, holders, sizeof(holders)),
		amount_time(every, sizeof(every), style->sample_ns));
}

static void write_line_sizes(FILE *out, const struct ring *ring)
{
	const struct ring_figures *f = &ring->figures;
	char rate[AMOUNT_SIZE], average[AMOUNT_SIZE];

	fprintf(out, ", %s records/s", amount_text(rate, sizeof(rate), f->records_per_s));
	if (isfinite(f->average))
		fprintf(out, " of %s B", amount_text(average, sizeof(average), f->average));
	if (ring->model.accounts.known)
		fprintf(out, ", lost %s/s", amount_text(rate, sizeof(rate), f->lost_per_s));
}

void watch_write_line(FILE *out, const struct ring *ring, const struct watch_style *style)
{
	const struct ring_figures *f = &ring->figures;
	char share[AMOUNT_SIZE], high[AMOUNT_SIZE], waiting[AMOUNT_SIZE], when[16] = "";
	struct ring_words words;
	struct tm local;

	if (localtime_r(&style->time, &local))
		strftime(when, sizeof(when), "%H:%M:%S ", &local);
	ring_words_of(ring, &words);
	fprintf(out, "%s%s", when, ring_state_names[f->state]);
	if (f->state != STATE_BROKEN) {
		fprintf(out, ": fill %s (%s%s), high %s",
			amount_share(share, sizeof(share), f->fill),
			amount_bytes(waiting, sizeof(waiting), f->sample.waiting),
			say_waiting(&f->waiting),
			amount_share(
				high, sizeof(high), (double)f->interval_high / (double)ring->size));
		write_line_sizes(out, ring);
	}
	fprintf(out, "%s%s%s%s\n", words.what[0] ? ": " : "", words.what,
		words.cause[0] ? "; " : "", words.cause);
}
