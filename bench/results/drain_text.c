/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of drain: which reader is fastest and by how much, then a table of all; for copy and view
 * alone, the lines of the original benchmark.
 */
#include <math.h>
#include <string.h>

#include "results/style.h"

#define RATIO_COLUMNS 18

/* "batch is fastest: 368.2 Mev/s, 1.17x libbpf-1.7 [1.15 1.21], 98 % of the floor" */
static void write_headline(FILE *out, const struct table *table, const struct row_group *group)
{
	const struct row *sorted[COMBINATIONS_MAX], *reference = &table->rows[group->reference];
	const size_t count = style_sort(table, group, NULL, sorted);
	const struct row *best = sorted[0];
	/* If the baseline is best, the next one shows how far ahead it is. */
	const struct row *other = count > 1 && best == reference ? sorted[1] : best;
	struct style_text line = STYLE_TEXT(320);
	struct ratio ratio, floor;
	bool compared, decided;

	if (count == 0)
		return;
	ratio = style_ratio_to(table, other, NULL);
	floor = style_ratio_to(table, best, "floor");
	compared = table_baseline(table, other, NULL);
	decided = !compared || verdict_decides(ratio.verdict);
	if (table->group_count > 1)
		style_append(&line, "%s: ", best->touch);
	if (!decided)
		style_append(&line, "undecided, %s: ", verdict_name(ratio.verdict));
	style_append(&line, "%s%s: %.1f Mev/s", best->path,
		count > 1 && decided ? " is fastest" : "", row_mevents_per_s(best));
	if (other != best)
		style_append(&line, "; %s is next", other->path);
	if (compared)
		style_append(&line, ", %s", RATIO_TEXT(&ratio, reference->path));
	if (floor.valid)
		style_append(&line, ", %.0f %% of the floor", floor.median * 100);
	style_write_wrapped(out, line.text);
}

static const char *text_of(const json_t *workload, const char *name)
{
	return json_string_value(json_object_get(workload, name));
}

void drain_write_facts(FILE *out, const struct table *table)
{
	const json_t *w = table->workload, *reader = json_object_get(w, "reader_cpu");
	const json_int_t writer = json_integer_value(json_object_get(w, "writer_cpu"));
	const struct row *first = &table->rows[0];
	struct style_text line = STYLE_TEXT(256);
	bool one_size = true, one_touch = true;
	const char *before = "";

	for (size_t i = 0; i < table->row_count; i++) {
		one_size &= strcmp(table->rows[i].size_text, first->size_text) == 0;
		one_touch &= strcmp(table->rows[i].touch, first->touch) == 0;
	}
	style_append(&line, "%s", text_of(w, "event"));
	if (one_size)
		style_append(&line, " %s",
			first->event_size ? SIZE_TEXT(first->event_size) : first->size_text);
	style_append(&line, ", %s%s", one_touch ? first->touch : "", one_touch ? ", " : "");
	/* "cold 512MiB"; with several -caches "cold 512MiB, own 512KiB". */
	for (size_t i = 0; i < table->group_count; i++) {
		const json_t *own = row_workload(table, &table->rows[table->groups[i].first]);
		const char *caches = text_of(own, "caches");
		const bool named = strcmp(caches, "as left") != 0;

		if (strcmp(caches, before) == 0)
			continue;
		style_append(&line, "%s%s%s%s", before[0] ? ", " : "", named ? caches : "",
			named ? " " : "",
			SIZE_TEXT(json_integer_value(json_object_get(own, "ring_size"))));
		before = caches;
	}
	style_append(
		&line, "%s; ", strcmp(text_of(w, "source"), "memory") == 0 ? " in memory" : "");
	style_append_rounds(&line, table);
	style_write_wrapped(out, line.text);
	if (!reader || writer < 0)
		return;
	fprintf(out,
		"A cache line takes %.0f ns from CPU %" JSON_INTEGER_FORMAT
		" to CPU %" JSON_INTEGER_FORMAT ", the reader's.\n",
		json_number_value(json_object_get(w, "line_transfer_ns")), writer,
		json_integer_value(reader));
	if (json_is_true(json_object_get(w, "same_core")))
		fputs("Caution: both CPUs are threads of one core and share its caches.\n", out);
}

/* "batch 368.2 2.72 ±0.01 1.17 [1.15 1.21] + 98 %" in columns. */
static void write_row(FILE *out, const struct table *table, const struct row *row, int width,
	bool has_floor, bool colour)
{
	const struct summary *ns = row_summary(row, METRIC_NS);
	const struct ratio floor = style_ratio_to(table, row, "floor"),
			   ratio = style_ratio_to(table, row, NULL);
	const bool compared = table_baseline(table, row, NULL);
	char interval[32] = "";

	fprintf(out, "%-*s %8.1f %8.2f", width, row->path, row_mevents_per_s(row), ns->median);
	if (ns->has_interval)
		fprintf(out, " \u00b1%-6.2f ", (ns->interval.high - ns->interval.low) / 2);
	else
		fprintf(out, "%9s", "");
	if (ratio.has_interval)
		snprintf(interval, sizeof(interval),
			ratio.interval.high < 9.995 ? "[%.2f %.2f]" : "[%.1f %.1f]",
			ratio.interval.low, ratio.interval.high);
	if (ratio.valid)
		fprintf(out, "%s%4.*f %-11s %s%s", style_start(colour, ratio.verdict),
			ratio.median < 99.95 ? 2 : 0, ratio.median, interval,
			verdict_sign(ratio.verdict), style_end(colour));
	else if (compared || has_floor)
		fprintf(out, "%-*s", RATIO_COLUMNS, compared ? "-" : "");
	if (has_floor && floor.valid)
		fprintf(out, " %5.0f %%", floor.median * 100);
	fputc('\n', out);
}

/* A table of all readers with one touch, then the limits that no reader can exceed. */
static void write_group(
	FILE *out, const struct table *table, const struct row_group *group, bool colour)
{
	const struct row *sorted[COMBINATIONS_MAX],
		*end = &table->rows[group->first + group->count];
	const size_t count = style_sort(table, group, NULL, sorted);
	const bool has_floor = count > 0 && table_baseline(table, sorted[0], "floor");
	const int width = style_width(sorted, count);
	const char *before = "limits:";

	fputc('\n', out);
	if (table->group_count > 1)
		fprintf(out, "touched: %s\n", table->rows[group->first].touch);
	fprintf(out, "%-*s %8s %8s %-8s vs %-*.*s%s\n", width, "reader", "Mev/s", "ns/event", "",
		has_floor ? RATIO_COLUMNS - 3 : 0, RATIO_COLUMNS - 3,
		table->rows[group->reference].path, has_floor ? " of floor" : "");
	for (size_t i = 0; i < count; i++)
		write_row(out, table, sorted[i], width, has_floor, colour);
	for (const struct row *row = &table->rows[group->first]; row < end; row++)
		if (row->limit) {
			fprintf(out, "%s %s %.0f", before, row->path, row_mevents_per_s(row));
			before = ",";
		}
	if (count < group->count)
		fputs(" Mev/s\n", out);
}

static void write_original_line(FILE *out, const struct row *row)
{
	const struct reader *reader = reader_find(row->path);
	const double events = row->cells[METRIC_CONSUMED].rounds[0];

	fprintf(out, "%s%.0f events in %s (%.2f Mevents/s), checksum=%s\n",
		reader && reader->label ? reader->label : row->path, events,
		DURATION_TEXT(row_value(row, METRIC_NS) * events), row_mevents_per_s(row),
		row->checksum);
}

/* Every reader against every baseline of its group, without limits: "batch is 2.61x as fast as copy
 * [2.55, 2.70]: faster" */
static void write_ratio_lines(FILE *out, const struct table *table, bool colour)
{
	for (size_t i = 0; i < table->row_count * table->row_count; i++) {
		const struct row *to = &table->rows[i / table->row_count];
		const struct row *row = &table->rows[i % table->row_count];
		struct ratio ratio;

		if (row == to || row->group != to->group || !to->baseline || to->limit ||
			row->limit)
			continue;
		ratio = table_ratio(table, row, to, METRIC_NS);
		if (!ratio.valid)
			continue;
		fprintf(out, "%s is %.2fx as fast as %s", row->path, ratio.median, to->path);
		if (ratio.has_interval)
			fprintf(out, " [%.2f, %.2f]", ratio.interval.low, ratio.interval.high);
		fprintf(out, ": %s%s%s\n", style_start(colour, ratio.verdict),
			verdict_name(ratio.verdict), style_end(colour));
	}
}

static void write_counters(FILE *out, const struct table *table)
{
	if (table->no_counters)
		return;
	fprintf(out, "\n%-12s %12s %18s %18s\n", "reader", "cycles/event", "instructions/event",
		"cache misses/event");
	for (const struct row *row = table->rows; row < table->rows + table->row_count; row++)
		/* Those of a peer's process are not read. */
		if (isfinite(row_value(row, METRIC_CYCLES)))
			fprintf(out, "%-12s %12.1f %18.1f %18.2f\n", row->path,
				row_value(row, METRIC_CYCLES), row_value(row, METRIC_INSTRUCTIONS),
				row_value(row, METRIC_CACHE_MISSES));
}

void drain_write_notes(FILE *out, const struct table *table)
{
	fputs("Rounds: in balanced order, each reader over the same bytes.\n"
	      "Verified: every reading, by an independent walk over the ring (count, order, "
	      "checksum).\n"
	      "Ratios: times as fast; + faster, - slower, = same within 2 %, ? undecided.\n",
		out);
	style_write_peers(out, table->peers, "Peers, each by its own clock");
	style_write_oddities(out, table);
	style_write_place(out, table);
	style_write_cautions(out, table, true);
}

void drain_write_text(FILE *out, const struct table *table, bool colour, bool verbose)
{
	/* The original benchmark's two readers and no others. */
	const bool both = table->group_count == 1 && table->row_count == 2 &&
			  strcmp(table->rows[0].path, "copy") == 0 &&
			  strcmp(table->rows[1].path, "view") == 0;

	for (size_t i = 0; i < table->row_count && both; i++)
		write_original_line(out, &table->rows[i]);
	if (both)
		write_ratio_lines(out, table, colour);
	for (size_t i = 0; i < table->group_count && !both; i++)
		write_headline(out, table, &table->groups[i]);
	drain_write_facts(out, table);
	for (size_t i = 0; i < table->group_count && (!both || verbose); i++)
		write_group(out, table, &table->groups[i], colour);
	if (!verbose) {
		style_write_cautions(out, table, false);
		return;
	}
	fputc('\n', out);
	for (size_t i = 0; i < table->row_count && !both; i++)
		write_original_line(out, &table->rows[i]);
	if (!both)
		write_ratio_lines(out, table, colour);
	write_counters(out, table);
	fputc('\n', out);
	drain_write_notes(out, table);
}
