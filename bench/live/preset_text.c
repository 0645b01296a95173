/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table for each question, and beside it what was published of another machine.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/values.h"
#include "live/preset.h"
#include "live/preset_published.h"
#include "results/style.h"

#define NAME_SIZE 32
#define CELL_SIZE 32

#define OURS_FORMAT "%-11s %-12s %8s %-16s %6s"
#define THEIRS_FORMAT "  | %-9s %16s %7s\n"

struct row {
	const char *setting;
	const struct live_result *result;   /* NULL: not measured here */
	const struct preset_figure *figure; /* NULL: not published */
};

/* With the plus-minus sign, which is one column and two bytes. */
static void write_published(FILE *out, const struct preset_figure *figure)
{
	char speed[CELL_SIZE], lost[CELL_SIZE] = "-";

	if (!figure) {
		fprintf(out, "  |\n");
		return;
	}
	snprintf(speed, sizeof(speed), "%.3f \xc2\xb1 %.3f", figure->consumed,
		figure->consumed_deviation);
	snprintf(lost, sizeof(lost), "%.3f", figure->lost);
	fprintf(out, "  | %-9s %17s %7s\n", figure->reader, speed, lost);
}

static void write_row(FILE *out, const struct row *row)
{
	char name[NAME_SIZE] = "-", speed[CELL_SIZE] = "-", interval[CELL_SIZE] = "",
	     lost[CELL_SIZE] = "-";
	const struct live_result *result = row->result;

	if (result) {
		const struct summary *ns = &result->ns_per_event;
		const uint64_t kept = result->consumed + result->lost;

		live_combination_name(result->combination, name, sizeof(name));
		if (ns->valid)
			snprintf(speed, sizeof(speed), "%.3f", live_mevents_per_s(result));
		if (ns->valid && ns->has_interval)
			snprintf(interval, sizeof(interval), "[%.3f, %.3f]",
				1e3 / ns->interval.high, 1e3 / ns->interval.low);
		if (kept > 0)
			snprintf(lost, sizeof(lost), "%.1f",
				100 * (double)result->lost / (double)kept);
	}
	fprintf(out, OURS_FORMAT, row->setting, name, speed, interval, lost);
	write_published(out, row->figure);
}

/* Those that nobody here is like. */
static void write_other_figures(FILE *out, const struct preset_part *part)
{
	for (const struct preset_figure *figure = preset_published; figure->question; figure++) {
		const struct row row = { part->setting, NULL, figure };
		bool shown = strcmp(figure->question, part->question->name) != 0 ||
			     strcmp(figure->setting, part->setting) != 0;

		for (size_t i = 0; i < part->combination_count && !shown; i++)
			shown = preset_published_for(part->question->name, part->setting,
					part->combinations[i]) == figure;
		if (!shown)
			write_row(out, &row);
	}
}

static void write_part(FILE *out, const struct preset_part *part)
{
	for (size_t i = 0; i < part->results->result_count; i++) {
		const struct live_result *result = &part->results->results[i];
		const struct row row = { part->setting, result,
			preset_published_for(
				part->question->name, part->setting, result->combination) };

		write_row(out, &row);
	}
	write_other_figures(out, part);
}

/* What was published for settings that were not measured here: more producers than CPUs. */
static void write_other_settings(
	FILE *out, const struct preset *preset, const struct preset_question *question)
{
	char line[640] = "";
	struct style_text text = { .text = line, .size = sizeof(line) };
	bool any = false;

	for (const struct preset_figure *figure = preset_published; figure->question; figure++) {
		if (strcmp(figure->question, question->name) != 0 ||
			preset_find(preset, question->name, figure->setting))
			continue;
		style_append(&text, "%s %s: %.3f", any ? "," : "Published beside that, of",
			figure->setting, figure->consumed);
		any = true;
	}
	if (any)
		style_write_wrapped(out, line);
}

static void write_question(
	FILE *out, const struct preset *preset, const struct preset_question *question)
{
	bool any = false;

	for (size_t i = 0; i < preset->count; i++) {
		if (preset->parts[i].question != question)
			continue;
		if (!any) {
			fprintf(out, "%s\n", question->title);
			fprintf(out, OURS_FORMAT THEIRS_FORMAT, "", "path", "Mev/s",
				"95 % interval", "lost %", "2020", "another's Mev/s", "lost");
		}
		any = true;
		write_part(out, &preset->parts[i]);
	}
	if (!any)
		return;
	write_other_settings(out, preset, question);
	fputc('\n', out);
}

static size_t fewest_rounds(const struct preset *preset)
{
	size_t fewest = preset->parts[0].measurement->rounds;

	for (size_t i = 1; i < preset->count; i++)
		if (preset->parts[i].measurement->rounds < fewest)
			fewest = preset->parts[i].measurement->rounds;
	return fewest;
}

static void write_notes(FILE *out, const struct preset_report *report)
{
	const struct preset_part *first = &report->preset->parts[0];
	const struct live_workload *workload = &first->workload;
	char duration[FORMAT_SIZE], size[FORMAT_SIZE], budget[FORMAT_SIZE], line[512] = "";
	struct style_text text = { .text = line, .size = sizeof(line) };

	style_write_wrapped(out,
		"2020: another machine's figures (" PRESET_PUBLISHED_MACHINE
		"), from " PRESET_PUBLISHED_SOURCE
		"; events of 8 B, mean and deviation, lost in million a second. Compare how figures "
		"of one column relate to each other, never one column's with the other's.");
	style_append(&text,
		"Run: %zu workloads, each in %zu rounds or more in balanced order, each combination "
		"%s in each.",
		report->preset->count, fewest_rounds(report->preset),
		format_duration_short(workload->duration_ns, duration, sizeof(duration)));
	style_append(&text,
		" Events of %" PRIu32 " B; a ring of %s, a perf buffer of that for each CPU; "
		"latency budget %s",
		workload->event_size, format_size(workload->ring_size, size, sizeof(size)),
		format_duration_short(workload->latency_budget_ns, budget, sizeof(budget)));
	if (workload->consumer_cpu >= 0)
		style_append(&text, "; consumer on CPU %d", workload->consumer_cpu);
	style_append(&text, ".");
	style_write_wrapped(out, line);
	fputs("Verified: each event was read once, whole and in order, or counts as lost.\n", out);
	style_write_place(out, report->environment, NULL);
}

void preset_write_text(FILE *out, const struct preset_report *report)
{
	for (const struct preset_question *question = preset_questions; question->name; question++)
		write_question(out, report->preset, question);
	preset_write_words(out, report);
	fputc('\n', out);
	write_notes(out, report);
}
