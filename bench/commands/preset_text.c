/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table for each question, with the published figures beside it; then what the figures say: ratios
 * within one machine, which carry over to others.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/values.h"
#include "commands/commands.h"
#include "results/style.h"

#define CELL_SIZE 32
#define OURS_FORMAT "%-11s %-12s %8s %-16s %6s  |"

/* @row, or NULL: not measured here; @figure, or NULL: not published. */
static void write_row(FILE *out, const struct preset_part *part, const struct row *row,
	const struct preset_figure *figure)
{
	const char *colon = strchr(part->name, ':');
	const char *name = "-";
	char speed[CELL_SIZE] = "-", interval[CELL_SIZE] = "", lost[CELL_SIZE] = "-";

	if (row) {
		const struct summary *ns = row_summary(row, METRIC_NS);
		const double produced = row_value(row, METRIC_PRODUCED);

		name = row_name(row);
		if (ns->valid)
			snprintf(speed, sizeof(speed), "%.3f", row_mevents_per_s(row));
		if (ns->has_interval)
			snprintf(interval, sizeof(interval), "[%.3f, %.3f]",
				1e3 / ns->interval.high, 1e3 / ns->interval.low);
		if (produced > 0)
			snprintf(lost, sizeof(lost), "%.1f",
				100 * row_value(row, METRIC_LOST) / produced);
	}
	fprintf(out, OURS_FORMAT, colon ? colon + 1 : "", name, speed, interval, lost);
	if (figure) {
		snprintf(speed, sizeof(speed), "%.3f \u00b1 %.3f", figure->consumed,
			figure->consumed_deviation);
		/* The plus-minus sign is one column and two bytes. */
		fprintf(out, " %-9s %17s %7.3f", figure->reader, speed, figure->lost);
	}
	fputc('\n', out);
}

/* Writes the rows of @part, then the published figures that no row corresponds to. Writes nothing if
 * it was not measured. */
static void write_part(FILE *out, const struct preset_part *part, const struct table *table)
{
	bool shown[PRESET_FIGURES_MAX] = { false }, any = false;

	for (size_t i = 0; i < table->row_count; i++) {
		const struct row *row = &table->rows[i];
		const struct preset_figure *figure;

		if (strcmp(row->question, part->name) != 0)
			continue;
		if (!any && part->title[0])
			fprintf(out, "%s%s\n" OURS_FORMAT " %-9s %16s %7s\n", i > 0 ? "\n" : "",
				part->title, "", "reader", "Mev/s", "95 % interval", "lost %",
				part->source->year, "published Mev/s", "lost");
		any = true;
		figure = preset_figure_for(part, row_name(row));
		write_row(out, part, row, figure);
		if (figure)
			shown[figure - part->figures] = true;
	}
	for (size_t i = 0; i < part->figure_count && any; i++)
		if (!shown[i])
			write_row(out, part, NULL, &part->figures[i]);
}

/* NULL: it was not measured, or some round has no time. */
static const struct row *row_of(const struct table *table, const struct preset_place *place)
{
	for (size_t i = 0; i < table->row_count; i++) {
		const struct row *row = &table->rows[i];

		if (strcmp(row->question, place->part->name) == 0 &&
			strcmp(row_name(row), place->reader) == 0)
			return row_summary(row, METRIC_NS)->valid ? row : NULL;
	}
	return NULL;
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
		const struct preset_place *first = &remark->places[0], *second = &remark->places[1];
		const struct row *this = row_of(table, first), *that = row_of(table, second);
		const struct preset_figure *our = preset_figure_for(first->part, first->reader),
					   *other = preset_figure_for(second->part, second->reader);
		char theirs[16] = "-";

		if (!this || !that)
			continue;
		if (!any)
			fputs("What the figures say: how many times as fast is ...\n"
			      "     here published\n",
				out);
		any = true;
		if (our && other)
			snprintf(theirs, sizeof(theirs), "%.2fx", our->consumed / other->consumed);
		fprintf(out, "%8.2fx %8s  %s%s\n",
			row_value(that, METRIC_NS) / row_value(this, METRIC_NS), theirs,
			remark->words,
			is_clear(row_summary(this, METRIC_NS), row_summary(that, METRIC_NS))
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
	size_t fewest = SIZE_MAX;

	for (size_t i = 0; i < table->row_count; i++)
		fewest = table->rows[i].rounds < fewest ? table->rows[i].rounds : fewest;
	for (size_t i = 0; i < preset->source_count; i++) {
		const struct preset_source *source = &preset->sources[i];

		style_write_wrapped(
			out, text("Published in %s: figures of another machine (%s), from %s.",
				     source->year, source->machine, source->text));
	}
	style_write_wrapped(out,
		"They are means with deviations, for events of 8 B; lost is in million events per "
		"second. Compare figures only within a column.");
	style_write_wrapped(out,
		text("Run: %zu workloads, each in at least %zu rounds in balanced order; each reader "
		     "runs for %s in a round. Events of %" PRIu32
		     " B; a ring of %s, a perf buffer of that size for each CPU; latency budget %s%s.",
			table->group_count, fewest, DURATION_TEXT(shared->duration_ns),
			workload->event_size, SIZE_TEXT(workload->ring_size),
			DURATION_TEXT(shared->latency_budget_ns),
			shared->consumer_cpu < 0
				? ""
				: text("; consumer on CPU %d", shared->consumer_cpu)));
	fputs("Verified: each event was read once, whole and in order, or counts as lost.\n", out);
	style_write_place(out, table);
	style_write_cautions(out, table, true);
}

void preset_write_text(FILE *out, const struct preset *preset, const struct table *table,
	const struct workload *shared)
{
	for (size_t i = 0; i < preset->part_count; i++)
		write_part(out, &preset->parts[i], table);
	fputc('\n', out);
	write_remarks(out, preset, table);
	fputc('\n', out);
	write_notes(out, preset, table, shared);
}
