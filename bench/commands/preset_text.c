/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table for each question, with the published figures beside it; then what the figures say: ratios
 * within one machine, which carry over to others.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/values.h"
#include "commands/live.h"
#include "results/style.h"

#define NAME_SIZE (2 * ROW_NAME_SIZE)
#define CELL_SIZE 32
#define OURS_FORMAT "%-11s %-12s %8s %-16s %6s  |"

static const char *setting_of(const struct preset_part *part)
{
	const char *colon = strchr(part->name, ':');

	return colon ? colon + 1 : "";
}

/* @row, or NULL: not measured here; @figure, or NULL: not published. */
static void write_row(FILE *out, const struct preset_part *part, const struct row *row,
	const struct preset_figure *figure)
{
	char name[NAME_SIZE] = "-", speed[CELL_SIZE] = "-", interval[CELL_SIZE] = "",
	     lost[CELL_SIZE] = "-";

	if (row) {
		const struct summary *ns = row_summary(row, METRIC_NS);

		row_name(row, name);
		if (ns->valid)
			snprintf(speed, sizeof(speed), "%.3f", row_mevents_per_s(row));
		if (ns->has_interval)
			snprintf(interval, sizeof(interval), "[%.3f, %.3f]",
				1e3 / ns->interval.high, 1e3 / ns->interval.low);
		if (row_value(row, METRIC_PRODUCED) > 0)
			snprintf(lost, sizeof(lost), "%.1f",
				100 * row_value(row, METRIC_LOST) /
					row_value(row, METRIC_PRODUCED));
	}
	fprintf(out, OURS_FORMAT, setting_of(part), name, speed, interval, lost);
	if (figure) {
		snprintf(speed, sizeof(speed), "%.3f \u00b1 %.3f", figure->consumed,
			figure->consumed_deviation);
		/* The plus-minus sign is one column and two bytes. */
		fprintf(out, " %-9s %17s %7.3f", figure->reader, speed, figure->lost);
	}
	fputc('\n', out);
}

/* NULL: the part was not measured. */
static const struct row_group *group_of(const struct table *table, const struct preset_part *part)
{
	for (size_t i = 0; i < table->group_count; i++)
		if (table->groups[i].count > 0 &&
			strcmp(table->rows[table->groups[i].first].question, part->name) == 0)
			return &table->groups[i];
	return NULL;
}

static void write_part(FILE *out, const struct preset_part *part, const struct table *table,
	const struct row_group *group)
{
	bool shown[8] = { false };

	for (size_t i = group->first; i < group->first + group->count; i++) {
		char name[NAME_SIZE];
		const struct preset_figure *figure =
			preset_figure_for(part, row_name(&table->rows[i], name));

		write_row(out, part, &table->rows[i], figure);
		if (figure)
			shown[figure - part->figures] = true;
	}
	for (size_t i = 0; i < part->figure_count; i++)
		if (!shown[i])
			write_row(out, part, NULL, &part->figures[i]);
}

/* Writes the question that begins with @part. Returns the first part of the next one. */
static const struct preset_part *write_question(FILE *out, const struct preset *preset,
	const struct table *table, const struct preset_part *part)
{
	const struct preset_part *first = part;
	char line[640] = "";
	struct style_text others = { .text = line, .size = sizeof(line) };
	bool any = false;

	for (; part < preset->parts + preset->part_count && preset_same_question(first, part);
		part++) {
		const struct row_group *group = group_of(table, part);

		/* Settings that were not measured here: more producers than CPUs. */
		for (size_t f = 0; f < part->figure_count && !group; f++)
			style_append(&others, "%s %s: %.3f", line[0] ? "," : "Also published, of",
				setting_of(part), part->figures[f].consumed);
		if (!group)
			continue;
		if (!any)
			fprintf(out, "%s\n" OURS_FORMAT " %-9s %16s %7s\n", first->title, "",
				"reader", "Mev/s", "95 % interval", "lost %", part->source->year,
				"published Mev/s", "lost");
		any = true;
		write_part(out, part, table, group);
	}
	if (any && line[0])
		style_write_wrapped(out, line);
	if (any)
		fputc('\n', out);
	return part;
}

/* What a remark refers to: "back-to-back:default batch/event". */
struct place {
	const struct row *row; /* NULL: not measured, or some round has no time */
	const struct preset_figure *figure;
};

static struct place place_of(
	const struct preset *preset, const struct table *table, const char *text)
{
	const size_t length = strcspn(text, " ");
	const char *reader = text + length + 1;
	struct place place = { NULL, NULL };

	for (size_t p = 0; p < preset->part_count; p++) {
		const struct preset_part *part = &preset->parts[p];
		const struct row_group *group = group_of(table, part);

		if (strncmp(part->name, text, length) != 0 || part->name[length])
			continue;
		place.figure = preset_figure_for(part, reader);
		for (size_t i = 0; group && i < group->count; i++) {
			const struct row *row = &table->rows[group->first + i];
			char name[NAME_SIZE];

			if (strcmp(row_name(row, name), reader) == 0 &&
				row_summary(row, METRIC_NS)->valid)
				place.row = row;
		}
	}
	return place;
}

static bool is_clear(const struct summary *a, const struct summary *b)
{
	return a->has_interval && b->has_interval &&
	       (a->interval.high < b->interval.low || b->interval.high < a->interval.low);
}

static void write_remarks(FILE *out, const struct preset *preset, const struct table *table)
{
	bool any = false;

	for (size_t i = 0; i < preset->remark_count; i++) {
		const struct preset_remark *remark = &preset->remarks[i];
		const struct place this = place_of(preset, table, remark->places[0]);
		const struct place that = place_of(preset, table, remark->places[1]);
		char theirs[16] = "-";

		if (!this.row || !that.row)
			continue;
		if (!any)
			fputs("What the figures say: how many times as fast is ...\n"
			      "     here published\n",
				out);
		any = true;
		if (this.figure && that.figure)
			snprintf(theirs, sizeof(theirs), "%.2fx",
				this.figure->consumed / that.figure->consumed);
		fprintf(out, "%8.2fx %8s  %s%s\n",
			row_value(that.row, METRIC_NS) / row_value(this.row, METRIC_NS), theirs,
			remark->words,
			is_clear(row_summary(this.row, METRIC_NS), row_summary(that.row, METRIC_NS))
				? ""
				: "; undecided");
	}
	if (any)
		fputs("Undecided: the two intervals overlap, or there are too few rounds.\n", out);
}

static void write_notes(FILE *out, const struct preset *preset, const struct table *table,
	const struct workload *shared)
{
	const struct workload *workload = &preset->parts[0].workload;
	char duration[FORMAT_SIZE], size[FORMAT_SIZE], budget[FORMAT_SIZE], line[640] = "";
	struct style_text text = { .text = line, .size = sizeof(line) };
	size_t fewest = SIZE_MAX;

	for (size_t i = 0; i < table->row_count; i++)
		fewest = table->rows[i].rounds < fewest ? table->rows[i].rounds : fewest;
	for (size_t i = 0; i < preset->source_count; i++) {
		const struct preset_source *source = &preset->sources[i];

		text.used = 0;
		style_append(&text, "Published in %s: figures of another machine (%s), from %s.",
			source->year, source->machine, source->text);
		style_write_wrapped(out, line);
	}
	style_write_wrapped(out,
		"They are means with deviations, for events of 8 B; lost is in million events per "
		"second. Compare figures only within a column.");
	text.used = 0;
	style_append(&text,
		"Run: %zu workloads, each in at least %zu rounds in balanced order; each reader "
		"runs for %s in a round.",
		table->group_count, fewest,
		format_duration_short(shared->duration_ns, duration, sizeof(duration)));
	style_append(&text,
		" Events of %" PRIu32 " B; a ring of %s, a perf buffer of that size for each CPU; "
		"latency budget %s",
		workload->event_size, format_size(workload->ring_size, size, sizeof(size)),
		format_duration_short(shared->latency_budget_ns, budget, sizeof(budget)));
	if (shared->consumer_cpu >= 0)
		style_append(&text, "; consumer on CPU %d", shared->consumer_cpu);
	style_append(&text, ".");
	style_write_wrapped(out, line);
	fputs("Verified: each event was read once, whole and in order, or counts as lost.\n", out);
	style_write_place(out, table);
	style_write_cautions(out, table, true);
}

void preset_write_text(FILE *out, const struct preset *preset, const struct table *table,
	const struct workload *shared)
{
	const struct preset_part *part = preset->parts;

	while (part < preset->parts + preset->part_count)
		part = write_question(out, preset, table, part);
	write_remarks(out, preset, table);
	fputc('\n', out);
	write_notes(out, preset, table, shared);
}
