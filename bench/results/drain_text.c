/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of drain: which reader is fastest and by how much, then a table of all; for copy and view
 * alone, the lines of the original benchmark.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/values.h"
#include "results/style.h"

/* Not valid: there is no such baseline. */
static struct ratio ratio_to(const struct table *table, const struct row *row, const char *baseline)
{
	const struct row *to = table_baseline(table, row, baseline);

	return to ? table_ratio(table, row, to, METRIC_NS) : (struct ratio){ .valid = false };
}

static int fastest_first(const void *a, const void *b)
{
	const double x = row_mevents_per_s(*(const struct row *const *)a),
		     y = row_mevents_per_s(*(const struct row *const *)b);

	return (x < y) - (x > y);
}

size_t drain_sort(const struct table *table, const struct row_group *group,
	const struct row *sorted[READERS_MAX])
{
	size_t count = 0;

	for (size_t i = group->first; i < group->first + group->count && count < READERS_MAX; i++)
		if (!table->rows[i].limit)
			sorted[count++] = &table->rows[i];
	qsort(sorted, count, sizeof(*sorted), fastest_first);
	return count;
}

/* "batch is fastest: 368.2 Mev/s, 1.17x libbpf-1.7 [1.15 1.21], 98 % of the floor" */
static void write_headline(FILE *out, const struct table *table, const struct row_group *group)
{
	const struct row *sorted[READERS_MAX], *reference = &table->rows[group->reference];
	const size_t count = drain_sort(table, group, sorted);
	const struct row *best = sorted[0];
	/* If the baseline is best, the next one shows how far ahead it is. */
	const struct row *other = count > 1 && best == reference ? sorted[1] : best;
	char line[320] = "", text[128];
	struct style_text all = { .text = line, .size = sizeof(line) };
	struct ratio ratio, floor;
	bool compared, decided;

	if (count == 0)
		return;
	ratio = ratio_to(table, other, NULL);
	floor = ratio_to(table, best, "floor");
	compared = table_baseline(table, other, NULL);
	decided = !compared || verdict_decides(ratio.verdict);
	if (table->group_count > 1)
		style_append(&all, "%s: ", best->touch);
	if (!decided)
		style_append(&all, "undecided, %s: ", verdict_name(ratio.verdict));
	style_append(&all, "%s%s: %.1f Mev/s", best->path,
		count > 1 && decided ? " is fastest" : "", row_mevents_per_s(best));
	if (other != best)
		style_append(&all, "; %s is next", other->path);
	if (compared)
		style_append(
			&all, ", %s", style_ratio(text, sizeof(text), &ratio, reference->path));
	if (floor.valid)
		style_append(&all, ", %.0f %% of the floor", floor.median * 100);
	style_write_wrapped(out, line);
}

/* "cold 512MiB"; with several -caches "cold 512MiB, own 512KiB". */
static void append_rings(struct style_text *text, const struct table *table)
{
	const char *before = "";

	for (size_t i = 0; i < table->group_count; i++) {
		const json_t *w = row_workload(table, &table->rows[table->groups[i].first]);
		const char *caches = json_string_value(json_object_get(w, "caches"));
		char ring[FORMAT_SIZE];

		if (strcmp(caches, before) == 0)
			continue;
		style_append(text, "%s%s%s%s", before[0] ? ", " : "",
			strcmp(caches, "as left") == 0 ? "" : caches,
			strcmp(caches, "as left") == 0 ? "" : " ",
			format_size((uint64_t)json_integer_value(json_object_get(w, "ring_size")),
				ring, sizeof(ring)));
		before = caches;
	}
}

/* How long a cache line takes from the writer of a ring in a cache to its reader. */
static void write_place(FILE *out, const json_t *w)
{
	const json_int_t reader = json_integer_value(json_object_get(w, "reader_cpu"));
	const json_int_t writer = json_integer_value(json_object_get(w, "writer_cpu"));

	if (!json_object_get(w, "reader_cpu") || writer < 0)
		return;
	fprintf(out,
		"A cache line takes %.0f ns from CPU %" JSON_INTEGER_FORMAT
		" to CPU %" JSON_INTEGER_FORMAT ", the reader's.\n",
		json_number_value(json_object_get(w, "line_transfer_ns")), writer, reader);
	if (json_is_true(json_object_get(w, "same_core")))
		fputs("Caution: both CPUs are threads of one core and share its caches.\n", out);
}

void drain_write_facts(FILE *out, const struct table *table)
{
	const json_t *w = table->workload;
	const struct row *first = &table->rows[0];
	const char *source = json_string_value(json_object_get(w, "source"));
	char line[256] = "", ring[FORMAT_SIZE];
	struct style_text text = { .text = line, .size = sizeof(line) };
	bool one_size = true, one_touch = true;

	for (size_t i = 0; i < table->row_count; i++) {
		one_size &= strcmp(table->rows[i].size_text, first->size_text) == 0;
		one_touch &= strcmp(table->rows[i].touch, first->touch) == 0;
	}
	style_append(&text, "%s", json_string_value(json_object_get(w, "event")));
	if (one_size)
		style_append(&text, " %s",
			first->event_size ? format_size(first->event_size, ring, sizeof(ring))
					  : first->size_text);
	style_append(&text, ", ");
	if (one_touch)
		style_append(&text, "%s, ", first->touch);
	append_rings(&text, table);
	if (strcmp(source, "memory") == 0)
		style_append(&text, " in memory");
	style_append(&text, "; ");
	style_append_rounds(&text, table);
	style_write_wrapped(out, line);
	write_place(out, w);
}

static void write_row(FILE *out, const struct table *table, const struct row *row, int width,
	bool has_floor, bool colour)
{
	const struct summary *ns = row_summary(row, METRIC_NS);
	const struct ratio floor = ratio_to(table, row, "floor"),
			   ratio = ratio_to(table, row, NULL);
	const bool is_reference = !table_baseline(table, row, NULL);

	fprintf(out, "%-*s %8.1f %8.2f", width, row->path, row_mevents_per_s(row), ns->median);
	if (ns->has_interval)
		fprintf(out, " \xc2\xb1%-6.2f ", (ns->interval.high - ns->interval.low) / 2);
	else
		fprintf(out, "%9s", "");
	if (has_floor || !is_reference)
		style_write_ratio(out, is_reference ? NULL : &ratio, colour);
	if (has_floor && floor.valid)
		fprintf(out, " %5.0f %%", floor.median * 100);
	fputc('\n', out);
}

/* Limits that no reader can exceed. */
static void write_limits(FILE *out, const struct table *table, const struct row_group *group)
{
	bool any = false;

	for (size_t i = group->first; i < group->first + group->count; i++) {
		const struct row *row = &table->rows[i];

		if (!row->limit)
			continue;
		fprintf(out, "%s %s %.0f", any ? "," : "limits:", row->path,
			row_mevents_per_s(row));
		any = true;
	}
	if (any)
		fputs(" Mev/s\n", out);
}

/* A table of all readers with one touch. */
static void write_group(
	FILE *out, const struct table *table, const struct row_group *group, bool colour)
{
	const struct row *sorted[READERS_MAX];
	const size_t count = drain_sort(table, group, sorted);
	const bool has_floor = count > 0 && table_baseline(table, sorted[0], "floor");
	const int width = style_width(sorted, count);

	fputc('\n', out);
	if (table->group_count > 1)
		fprintf(out, "touched: %s\n", table->rows[group->first].touch);
	fprintf(out, "%-*s %8s %8s %-8s vs %-*.*s%s\n", width, "reader", "Mev/s", "ns/event", "",
		has_floor ? STYLE_RATIO_COLUMNS - 3 : 0, STYLE_RATIO_COLUMNS - 3,
		table->rows[group->reference].path, has_floor ? " of floor" : "");
	for (size_t i = 0; i < count; i++)
		write_row(out, table, sorted[i], width, has_floor, colour);
	write_limits(out, table, group);
}

static double events_of(const struct row *row)
{
	return row->cells[METRIC_CONSUMED].rounds[0];
}

static void write_original_line(FILE *out, const struct row *row)
{
	const struct reader *reader = reader_find(row->path);
	char duration[FORMAT_SIZE];

	fprintf(out, "%s%.0f events in %s (%.2f Mevents/s), checksum=%s\n",
		reader && reader->label ? reader->label : row->path, events_of(row),
		format_duration_short((int64_t)(row_value(row, METRIC_NS) * events_of(row)),
			duration, sizeof(duration)),
		row_mevents_per_s(row), row->checksum);
}

/* "batch is 2.61x as fast as copy [2.55, 2.70]: faster" */
static void write_ratio_line(FILE *out, const struct table *table, const struct row *row,
	const struct row *to, bool colour)
{
	const struct ratio ratio = table_ratio(table, row, to, METRIC_NS);

	if (!ratio.valid)
		return;
	fprintf(out, "%s is %.2fx as fast as %s", row->path, ratio.median, to->path);
	if (ratio.has_interval)
		fprintf(out, " [%.2f, %.2f]", ratio.interval.low, ratio.interval.high);
	fprintf(out, ": %s%s%s\n", style_start(colour, ratio.verdict), verdict_name(ratio.verdict),
		style_end(colour));
}

/* Every reader against every baseline of its group, without limits. */
static void write_ratio_lines(FILE *out, const struct table *table, bool colour)
{
	for (size_t b = 0; b < table->row_count; b++)
		for (size_t i = 0; i < table->row_count; i++) {
			const struct row *row = &table->rows[i], *to = &table->rows[b];

			if (i != b && row->group == to->group && to->baseline && !to->limit &&
				!row->limit)
				write_ratio_line(out, table, row, to, colour);
		}
}

static void write_counters(FILE *out, const struct table *table)
{
	if (table->no_counters)
		return;
	fprintf(out, "\n%-12s %12s %18s %18s\n", "reader", "cycles/event", "instructions/event",
		"cache misses/event");
	for (size_t i = 0; i < table->row_count; i++) {
		const struct row *row = &table->rows[i];

		/* Those of a peer's process are not read. */
		if (isfinite(row_value(row, METRIC_CYCLES)))
			fprintf(out, "%-12s %12.1f %18.1f %18.2f\n", row->path,
				row_value(row, METRIC_CYCLES), row_value(row, METRIC_INSTRUCTIONS),
				row_value(row, METRIC_CACHE_MISSES));
	}
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

/* The original benchmark's two readers and no others. */
static bool is_both(const struct table *table)
{
	return table->group_count == 1 && table->row_count == 2 &&
	       strcmp(table->rows[0].path, "copy") == 0 && strcmp(table->rows[1].path, "view") == 0;
}

void drain_write_text(FILE *out, const struct table *table, bool colour, bool verbose)
{
	const bool both = is_both(table);

	for (size_t i = 0; i < table->groups[0].count && both; i++)
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
