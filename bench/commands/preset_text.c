/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table for each question, and beside it what was published of another machine; then what the
 * figures say: ratios within a machine, which are the same questions whatever the machine is.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/values.h"
#include "commands/preset.h"
#include "results/style.h"

#define NAME_SIZE (2 * ROW_NAME_SIZE)
#define CELL_SIZE 32

#define OURS_FORMAT "%-11s %-12s %8s %-16s %6s"
#define THEIRS_FORMAT "  | %-9s %16s %7s\n"

/* With the plus-minus sign, which is one column and two bytes. */
static void write_published(FILE *out, const struct preset_figure *figure)
{
	char speed[CELL_SIZE];

	if (!figure) {
		fprintf(out, "  |\n");
		return;
	}
	snprintf(speed, sizeof(speed), "%.3f \xc2\xb1 %.3f", figure->consumed,
		figure->consumed_deviation);
	fprintf(out, "  | %-9s %17s %7.3f\n", figure->reader, speed, figure->lost);
}

/* @row: NULL, not measured here. */
static void write_row(
	FILE *out, const char *setting, const struct row *row, const struct preset_figure *figure)
{
	char name[NAME_SIZE] = "-", speed[CELL_SIZE] = "-", interval[CELL_SIZE] = "",
	     lost[CELL_SIZE] = "-";

	if (row) {
		const struct summary *ns = row_summary(row, METRIC_NS);
		const double kept = row_value(row, METRIC_CONSUMED) + row_value(row, METRIC_LOST);

		row_name(row, name);
		if (ns->valid)
			snprintf(speed, sizeof(speed), "%.3f", row_mevents_per_s(row));
		if (ns->has_interval)
			snprintf(interval, sizeof(interval), "[%.3f, %.3f]",
				1e3 / ns->interval.high, 1e3 / ns->interval.low);
		if (kept > 0)
			snprintf(lost, sizeof(lost), "%.1f",
				100 * row_value(row, METRIC_LOST) / kept);
	}
	fprintf(out, OURS_FORMAT, setting, name, speed, interval, lost);
	write_published(out, figure);
}

/* NULL: it was not asked. */
static const struct row_group *group_of(const struct table *table, const char *name)
{
	for (size_t i = 0; i < table->group_count; i++)
		if (table->groups[i].count > 0 &&
			strcmp(table->rows[table->groups[i].first].question, name) == 0)
			return &table->groups[i];
	return NULL;
}

static void write_part(FILE *out, const struct preset_part *part, const struct table *table,
	const struct row_group *group)
{
	bool shown[PRESET_FIGURES_MAX] = { false };

	for (size_t i = group->first; i < group->first + group->count; i++) {
		char name[NAME_SIZE];
		const struct preset_figure *figure =
			preset_figure_for(part, row_name(&table->rows[i], name));

		write_row(out, part->setting, &table->rows[i], figure);
		if (figure)
			shown[figure - part->figures] = true;
	}
	/* Those that nobody here is like. */
	for (size_t i = 0; i < part->figure_count; i++)
		if (!shown[i])
			write_row(out, part->setting, NULL, &part->figures[i]);
}

/* The question that begins with part @first. Returns where the next does. */
static size_t write_question(
	FILE *out, const struct preset *preset, const struct table *table, size_t first)
{
	const struct preset_part *part = &preset->parts[first];
	const char *question = part->question;
	char line[640] = "";
	struct style_text others = { .text = line, .size = sizeof(line) };
	bool any = false;
	size_t i = first;

	for (; i < preset->part_count && strcmp(preset->parts[i].question, question) == 0; i++) {
		const struct row_group *group = group_of(table, preset->parts[i].name);

		/* Settings that were not measured here: more producers than CPUs. */
		for (size_t f = 0; f < preset->parts[i].figure_count && !group; f++)
			style_append(&others, "%s %s: %.3f",
				line[0] ? "," : "Published beside that, of",
				preset->parts[i].setting, preset->parts[i].figures[f].consumed);
		if (!group)
			continue;
		if (!any)
			fprintf(out, "%s\n" OURS_FORMAT THEIRS_FORMAT, part->title, "", "path",
				"Mev/s", "95 % interval", "lost %", "2020", "another's Mev/s",
				"lost");
		any = true;
		write_part(out, &preset->parts[i], table, group);
	}
	if (any && line[0])
		style_write_wrapped(out, line);
	if (any)
		fputc('\n', out);
	return i;
}

/* What a remark is of: "parallel:setting batch/event". */
struct place {
	const struct row *row; /* NULL: not measured, or nothing was consumed in some round */
	const struct preset_figure *figure;
};

static struct place place_of(
	const struct preset *preset, const struct table *table, const char *text)
{
	char question[96];
	const char *reader = strchr(text, ' ') + 1;
	struct place place = { NULL, NULL };
	const struct row_group *group;

	snprintf(question, sizeof(question), "%.*s", (int)(reader - text - 1), text);
	group = group_of(table, question);
	for (size_t i = 0; i < preset->part_count; i++)
		if (strcmp(preset->parts[i].name, question) == 0)
			place.figure = preset_figure_for(&preset->parts[i], reader);
	for (size_t i = 0; group && i < group->count; i++) {
		const struct row *row = &table->rows[group->first + i];
		char name[NAME_SIZE];

		if (strcmp(row_name(row, name), reader) == 0 && row_summary(row, METRIC_NS)->valid)
			place.row = row;
	}
	return place;
}

/* Both have intervals, and these have nothing in common. */
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
			fprintf(out,
				"What the figures say: how many times as fast is ...\n%9s %8s\n",
				"here", "2020");
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
		fputs("Undecided: the intervals of the two have something in common, or there were too few rounds.\n",
			out);
}

static void write_notes(FILE *out, const struct preset *preset, const struct table *table,
	const struct workload *shared)
{
	const struct workload *workload = &preset->parts[0].workload;
	char duration[FORMAT_SIZE], size[FORMAT_SIZE], budget[FORMAT_SIZE], line[512] = "";
	struct style_text text = { .text = line, .size = sizeof(line) };
	size_t fewest = SIZE_MAX;

	for (size_t i = 0; i < table->row_count; i++)
		fewest = table->rows[i].rounds < fewest ? table->rows[i].rounds : fewest;
	style_write_wrapped(out,
		"2020: another machine's figures (" PRESET_PUBLISHED_MACHINE
		"), from " PRESET_PUBLISHED_SOURCE
		"; events of 8 B, mean and deviation, lost in million a second. Compare how figures "
		"of one column relate to each other, never one column's with the other's.");
	style_append(&text,
		"Run: %zu workloads, each in %zu rounds or more in balanced order, each combination "
		"%s in each.",
		table->group_count, fewest,
		format_duration_short(shared->duration_ns, duration, sizeof(duration)));
	style_append(&text,
		" Events of %" PRIu32 " B; a ring of %s, a perf buffer of that for each CPU; "
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
	for (size_t i = 0; i < preset->part_count;)
		i = write_question(out, preset, table, i);
	write_remarks(out, preset, table);
	fputc('\n', out);
	write_notes(out, preset, table, shared);
}
