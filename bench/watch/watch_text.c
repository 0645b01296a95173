/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <math.h>

#include "cli/values.h"
#include "results/amounts.h"
#include "results/style.h"
#include "watch/watch_report.h"

/* Below, a consumer that sleeps between two looks is only patient. */
#define STALL_NS 100000000

static const char *alarm(const struct watch_report *report, bool wrong)
{
	return wrong && report->colour ? "\x1b[31m" : "";
}

static const char *calm(const struct watch_report *report, bool wrong)
{
	return wrong ? style_end(report->colour) : "";
}

static bool is_impossible(const struct watch_report *report)
{
	return report->figures->sample.fault != FAULT_NONE;
}

static bool is_stalled(const struct watch_report *report)
{
	return report->figures->stalled_ns >= STALL_NS;
}

static const char *fault_of(const struct watch_report *report)
{
	static char text[RING_FAULT_SIZE];

	return ring_fault_text(&report->figures->sample, report->size, text, sizeof(text));
}

/* "4 records", "1024 records or more", "" when not known. */
static const char *records_of(const struct watch_figures *f, const char *before)
{
	static char text[96];
	const struct ring_walk *walk = &f->walk;
	struct style_text all = { .text = text, .size = sizeof(text) };

	text[0] = '\0';
	if (!walk->known || f->sample.waiting == 0)
		return text;
	style_append(&all, "%s%" PRIu64 " record%s", before, walk->records,
		walk->records == 1 ? "" : "s");
	if (!walk->all)
		style_append(&all, " or more");
	if (walk->discarded > 0)
		style_append(&all, ", %" PRIu64 " discarded", walk->discarded);
	return text;
}

static void write_rate(FILE *out, const char *name, double bytes_per_s, double records_per_s)
{
	char bytes[AMOUNT_SIZE], records[AMOUNT_SIZE];

	fprintf(out, "  %-10s%9sB/s", name, amount_text(bytes, sizeof(bytes), bytes_per_s));
	if (isfinite(records_per_s) && records_per_s > 0)
		fprintf(out, ", about %s records/s by the size of those that wait",
			amount_text(records, sizeof(records), records_per_s));
	fputc('\n', out);
}

static void write_fill(FILE *out, const struct watch_report *report)
{
	const struct watch_figures *f = report->figures;
	char bar[STYLE_FILL_SIZE], share[AMOUNT_SIZE], waiting[AMOUNT_SIZE];

	if (f->sample.fault != FAULT_NONE && f->sample.fault != FAULT_HEADER) {
		fputs("  fill      unknown\n", out);
		return;
	}
	fprintf(out, "  fill      %s%s %s%s  %s wait%s\n", alarm(report, f->full),
		style_fill(bar, f->fill), amount_share(share, sizeof(share), f->fill),
		calm(report, f->full), amount_bytes(waiting, sizeof(waiting), f->sample.waiting),
		records_of(f, ": "));
}

static void write_positions(FILE *out, const struct watch_figures *f)
{
	char consumer[AMOUNT_SIZE], producer[AMOUNT_SIZE];

	fprintf(out, "  producer  %26s\n  consumer  %26s",
		amount_exact(producer, sizeof(producer), f->sample.producer),
		amount_exact(consumer, sizeof(consumer), f->sample.consumer));
	if (f->moved_back > 0)
		fprintf(out, "  went backwards %" PRIu64 "x", f->moved_back);
	fputc('\n', out);
}

static void write_high_water(FILE *out, const struct watch_report *report)
{
	const struct watch_figures *f = report->figures;
	char bytes[AMOUNT_SIZE], share[AMOUNT_SIZE], every[AMOUNT_SIZE];

	fprintf(out, "  high      %s, %s: of samples every %s; shorter peaks are not seen\n",
		amount_share(share, sizeof(share), (double)f->high_water / (double)report->size),
		amount_bytes(bytes, sizeof(bytes), f->high_water),
		amount_time(every, sizeof(every), report->sample_ns));
}

static void write_reader(FILE *out, const struct watch_report *report)
{
	const struct watch_figures *f = report->figures;
	const bool stalled = is_stalled(report);
	char still[AMOUNT_SIZE];

	fputs("  reader    ", out);
	if (stalled)
		fprintf(out, "%sstalled for %s: it stands still though bytes wait%s\n",
			alarm(report, true), amount_time(still, sizeof(still), f->stalled_ns),
			calm(report, true));
	else if (f->still_ns > 0)
		fprintf(out, "last moved %s ago\n", amount_time(still, sizeof(still), f->still_ns));
	else
		fputs("moves\n", out);
}

static void write_head(FILE *out, const struct watch_report *report)
{
	const struct watch_figures *f = report->figures;
	const bool wrong = f->sample.head == HEAD_BUSY && f->busy_ns >= STALL_NS;
	char busy[AMOUNT_SIZE];

	fputs("  head      ", out);
	switch (f->sample.head) {
	case HEAD_NONE:
		fputs("none: nothing waits\n", out);
		break;
	case HEAD_READY:
		fputs("ready to be read\n", out);
		break;
	case HEAD_BUSY:
		fprintf(out,
			"%sbusy for %s: reserved, not submitted; nothing behind it can be read%s\n",
			alarm(report, wrong), amount_time(busy, sizeof(busy), f->busy_ns),
			calm(report, wrong));
		break;
	case HEAD_DISCARDED:
		fputs("discarded: to be skipped\n", out);
		break;
	case HEAD_UNKNOWN:
		fputs(is_impossible(report) ? "unknown\n" : "unknown: the reader is too quick\n",
			out);
		break;
	}
}

static void write_full(FILE *out, const struct watch_report *report)
{
	const struct watch_figures *f = report->figures;
	char time[AMOUNT_SIZE];

	fputs("  full      ", out);
	if (f->full)
		fprintf(out, "%snow%s", alarm(report, true), calm(report, true));
	else if (f->full_in_ns > 0)
		fprintf(out, "in %s at this rate", amount_time(time, sizeof(time), f->full_in_ns));
	else
		fputs("not in sight", out);
	if (f->full_episodes > 0)
		fprintf(out, "; was %" PRIu64 "x, %s in all", f->full_episodes,
			amount_time(time, sizeof(time), f->full_ns));
	fputc('\n', out);
}

static void write_title(FILE *out, const struct watch_report *report)
{
	char size[FORMAT_SIZE], holders[HOLDERS_TEXT_SIZE];

	fprintf(out, "Ring buffer %s, map %" PRIu32 ", %s; held by %s\n", report->name, report->id,
		format_size(report->size, size, sizeof(size)),
		holders_text(report->holders, holders, sizeof(holders)));
}

void watch_write_view(FILE *out, const struct watch_report *report)
{
	const struct watch_figures *f = report->figures;

	write_title(out, report);
	if (is_impossible(report))
		fprintf(out, "  %simpossible: %s%s\n", alarm(report, true), fault_of(report),
			calm(report, true));
	write_fill(out, report);
	write_high_water(out, report);
	write_positions(out, f);
	write_rate(out, "written", f->written_per_s, f->records_per_s);
	write_rate(out, "consumed", f->consumed_per_s, NAN);
	write_reader(out, report);
	write_head(out, report);
	write_full(out, report);
	fputs("  What was lost only the program itself can tell. Ctrl-C ends.\n", out);
}

void watch_write_introduction(FILE *out, const struct watch_report *report)
{
	char every[AMOUNT_SIZE];

	write_title(out, report);
	fprintf(out,
		"High: the most that waited in samples every %s. What was lost only the program "
		"itself can tell.\n",
		amount_time(every, sizeof(every), report->sample_ns));
}

static void write_states(FILE *out, const struct watch_report *report)
{
	const struct watch_figures *f = report->figures;
	char time[AMOUNT_SIZE];

	if (is_stalled(report))
		fprintf(out, ", stalled for %s", amount_time(time, sizeof(time), f->stalled_ns));
	if (f->sample.head == HEAD_BUSY)
		fprintf(out, ", head busy for %s", amount_time(time, sizeof(time), f->busy_ns));
	else if (f->sample.head == HEAD_DISCARDED)
		fputs(", head discarded", out);
	if (f->full)
		fputs(", full", out);
	else if (f->full_in_ns > 0)
		fprintf(out, ", full in %s", amount_time(time, sizeof(time), f->full_in_ns));
	if (f->full_episodes > 0)
		fprintf(out, ", was full %" PRIu64 "x", f->full_episodes);
	if (f->moved_back > 0)
		fprintf(out, ", consumer went backwards %" PRIu64 "x", f->moved_back);
}

void watch_write_line(FILE *out, const struct watch_report *report)
{
	const struct watch_figures *f = report->figures;
	char share[AMOUNT_SIZE], high[AMOUNT_SIZE], waiting[AMOUNT_SIZE], written[AMOUNT_SIZE],
		consumed[AMOUNT_SIZE], when[16] = "";
	struct tm local;

	if (localtime_r(&report->time, &local))
		strftime(when, sizeof(when), "%H:%M:%S ", &local);
	if (is_impossible(report)) {
		fprintf(out, "%simpossible: %s\n", when, fault_of(report));
		return;
	}
	fprintf(out, "%sfill %s (%s%s), high %s, written %sB/s, consumed %sB/s", when,
		amount_share(share, sizeof(share), f->fill),
		amount_bytes(waiting, sizeof(waiting), f->sample.waiting), records_of(f, ", "),
		amount_share(high, sizeof(high), (double)f->high_water / (double)report->size),
		amount_text(written, sizeof(written), f->written_per_s),
		amount_text(consumed, sizeof(consumed), f->consumed_per_s));
	write_states(out, report);
	fputc('\n', out);
}

void watch_write_list_begin(FILE *out, size_t count)
{
	if (count == 0)
		fputs("There are no ring buffers in this system.\n", out);
	else
		fputs("      id  name                    size    fill  held by\n", out);
}

void watch_write_list_row(FILE *out, const struct watch_report *report)
{
	char size[FORMAT_SIZE], share[AMOUNT_SIZE] = "?", holders[HOLDERS_TEXT_SIZE];

	if (!is_impossible(report))
		amount_share(share, sizeof(share), report->figures->fill);
	fprintf(out, "%8" PRIu32 "  %-16s  %10s  %6s  %s\n", report->id, report->name,
		format_size(report->size, size, sizeof(size)), share,
		holders_text(report->holders, holders, sizeof(holders)));
}

void watch_write_list_end(FILE *out)
{
	fputs("Watch one with -map ID, or with -pinned PATH.\n", out);
}
