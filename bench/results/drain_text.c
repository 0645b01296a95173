/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of drain: which reader is fastest and by how much, then a table of all; for copy and
 * view alone, the lines of the original benchmark. The text of sweep: from which event size on
 * which reader wins, then a table with a line per size.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/param.h>

#include "base/arena.h"
#include "results/style.h"

#define RATIO_COLUMNS 18

/* Of sweep. */
#define SIZE_COLUMNS 7
#define SIZE_COLUMNS_MOST 12 /* if there is room, for the names of builds */
#define SIZE_ROOM (STYLE_COLUMNS - 38)
#define ALIKE 1.02 /* a reader that is faster by less is no faster */

/* Of ns per event, to the row that table_baseline() finds. Not valid: there is none. */
static struct ratio ratio_to(const struct table *table, const struct row *row, const char *baseline)
{
	const struct row *to = table_baseline(table, row, baseline);

	return to ? table_ratio(table, row, to, METRIC_NS) : RATIO_UNKNOWN;
}

/* "batch is fastest: 368.2 Mev/s, 1.17x libbpf-1.7 [1.15 1.21], 98 % of the floor" */
static void write_headline(FILE *out, const struct table *table, const struct row_group *group)
{
	const struct row *sorted[COMBINATIONS_MAX], *reference = &table->rows[group->reference];
	const size_t count = style_sort(table, group, NULL, sorted);
	const struct row *best = sorted[0];
	/* If the baseline is best, the next one shows how far ahead it is. */
	const struct row *other = count > 1 && best == reference ? sorted[1] : best;
	const char *against;
	struct ratio ratio, floor;
	bool compared, decided;

	if (count == 0)
		return;
	ratio = ratio_to(table, other, NULL);
	floor = ratio_to(table, best, "floor");
	compared = table_baseline(table, other, NULL);
	against = TEXT_IF(compared, ", %s", style_ratio(&ratio, reference->path));
	decided = !compared || verdict_decides(ratio.verdict);
	style_write_wrapped(
		out, TEXTS(TEXT_IF(table->group_count > 1, "%s: ", best->touch),
			     decided ? "" : text("undecided, %s: ", verdicts[ratio.verdict].name),
			     best->path, count > 1 && decided ? " is fastest" : "",
			     text(": %.1f Mev/s", row_mevents_per_s(best)),
			     decided ? table_rival(table, best, count > 1 ? sorted[1] : NULL) : "",
			     other == best ? against : "",
			     TEXT_IF(floor.valid, ", %.0f %% of the floor", floor.median * 100),
			     TEXT_IF(other != best, "; %s is next%s", other->path, against)));
}

static const char *text_of(const json_t *workload, const char *name)
{
	return json_string_value(json_object_get(workload, name));
}

/* "skb_meta 80B, fields, cold 512MiB; 22 rounds, ..." */
static void write_facts(FILE *out, const struct table *table)
{
	const json_t *w = table->workload, *reader = json_object_get(w, "reader_cpu");
	const json_int_t writer = json_integer_value(json_object_get(w, "writer_cpu"));
	const struct row *first = &table->rows[0];
	bool one_size = true, one_touch = true;
	const char *before = "", *rings = "";

	for (size_t i = 0; i < table->row_count; i++) {
		one_size &= strcmp(table->rows[i].size_text, first->size_text) == 0;
		one_touch &= strcmp(table->rows[i].touch, first->touch) == 0;
	}
	/* "cold 512MiB"; with several -caches "cold 512MiB, own 512KiB". */
	for (size_t i = 0; i < table->group_count; i++) {
		const json_t *own = row_workload(table, &table->rows[table->groups[i].first]);
		const char *caches = text_of(own, "caches");
		const bool named = strcmp(caches, "as left") != 0;

		if (strcmp(caches, before) == 0)
			continue;
		rings = text("%s, %s%s%s", rings, named ? caches : "", named ? " " : "",
			SIZE_TEXT(json_integer_value(json_object_get(own, "ring_size"))));
		before = caches;
	}
	style_write_wrapped(
		out, TEXTS(text_of(w, "event"), one_size ? " " : "",
			     !one_size           ? ""
			     : first->event_size ? SIZE_TEXT(first->event_size)
						 : first->size_text,
			     one_touch ? ", " : "", one_touch ? first->touch : "", rings,
			     strcmp(text_of(w, "source"), "memory") == 0 ? " in memory; " : "; ",
			     style_rounds(table)));
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
	const struct ratio floor = ratio_to(table, row, "floor"),
			   ratio = ratio_to(table, row, NULL);
	const bool compared = table_baseline(table, row, NULL);
	const char *interval = TEXT_IF(ratio.has_interval,
		ratio.interval.high < 9.995 ? "[%.2f %.2f]" : "[%.1f %.1f]", ratio.interval.low,
		ratio.interval.high);

	fprintf(out, "%-*s %8.1f %8.2f%s", width, row->path, row_mevents_per_s(row), ns->median,
		ns->has_interval
			? text(" \u00b1%-6.2f ", (ns->interval.high - ns->interval.low) / 2)
			: "         ");
	if (ratio.valid)
		fprintf(out, "%s%4.*f %-11s %s%s", style_start(colour, ratio.verdict),
			ratio.median < 99.95 ? 2 : 0, ratio.median, interval,
			verdicts[ratio.verdict].sign, style_end(colour));
	else if (compared || has_floor)
		fprintf(out, "%-*s", RATIO_COLUMNS, compared ? "-" : "");
	fprintf(out, "%s\n", TEXT_IF(has_floor && floor.valid, " %5.0f %%", floor.median * 100));
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

/* "batch is 2.61x as fast as copy [2.55, 2.70]: faster" */
static void write_original_ratio(FILE *out, const struct table *table, const struct row *row,
	const struct row *to, bool colour)
{
	const bool apart = row == to || row->group != to->group || row->limit;
	const struct ratio ratio = apart ? RATIO_UNKNOWN : table_ratio(table, row, to, METRIC_NS);

	if (ratio.valid)
		fprintf(out, "%s is %.2fx as fast as %s%s: %s%s%s\n", row->path, ratio.median,
			to->path,
			TEXT_IF(ratio.has_interval, " [%.2f, %.2f]", ratio.interval.low,
				ratio.interval.high),
			style_start(colour, ratio.verdict), verdicts[ratio.verdict].name,
			style_end(colour));
}

/* The lines of the original benchmark; then each reader against each baseline of its group. */
static void write_originals(FILE *out, const struct table *table, bool colour)
{
	for (const struct row *row = table->rows; row < table->rows + table->row_count; row++) {
		const double events = row->cells[METRIC_CONSUMED].rounds[0];
		const char *label = strcmp(row->path, "copy") == 0 ? "read-into (copy):     "
				    : strcmp(row->path, "view") == 0
					    ? "read-view (zero-copy): "
					    : text("%-21s ", text("%s:", row->path));

		fprintf(out, "%s%.0f events in %s (%.2f Mevents/s), checksum=%s\n", label, events,
			DURATION_TEXT(row_value(row, METRIC_NS) * events), row_mevents_per_s(row),
			row->checksum);
	}
	for (const struct row *to = table->rows; to < table->rows + table->row_count; to++)
		for (size_t i = 0; i < table->row_count && to->baseline && !to->limit; i++)
			write_original_ratio(out, table, &table->rows[i], to, colour);
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

/* For -v. */
static void write_notes(FILE *out, const struct table *table)
{
	fputs("Rounds: in balanced order, each reader over the same bytes.\n"
	      "Verified: every reading, by an independent walk (count, order, checksum).\n"
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

	if (both)
		write_originals(out, table, colour);
	for (size_t i = 0; i < table->group_count && !both; i++)
		write_headline(out, table, &table->groups[i]);
	write_facts(out, table);
	for (size_t i = 0; i < table->group_count && (!both || verbose); i++)
		write_group(out, table, &table->groups[i], colour);
	if (!verbose) {
		style_write_cautions(out, table, false);
		return;
	}
	fputc('\n', out);
	if (!both)
		write_originals(out, table, colour);
	write_counters(out, table);
	fputc('\n', out);
	write_notes(out, table);
}

/* All sizes of one touch, the smallest first, mixes last. The table of a sweep has a group for
 * each, one touch after the other. */
struct sweep {
	const struct table *table;
	const char *touch, *baseline;
	const char *others[COMBINATIONS_MAX]; /* the fastest at the last size first */
	size_t other_count, count, plain;     /* plain: sizes that are no mixes */
	int width;                            /* of an other's column */
	struct sweep_size {
		const struct row_group *group;
		const struct row *best; /* NULL: there are only limits */
		bool decided;
		const char *rival; /* of table_rival() */
		uint32_t bytes;    /* UINT32_MAX: a mix */
	} * sizes;
};

static const struct row *row_in(const struct sweep *s, size_t i, const char *path)
{
	const struct row_group *group = s->sizes[i].group;

	for (size_t r = group->first; r < group->first + group->count; r++)
		if (strcmp(s->table->rows[r].path, path) == 0)
			return &s->table->rows[r];
	return NULL;
}

/* Of @path at size @i to the baseline. Not valid: there is none. */
static struct ratio ratio_of(const struct sweep *s, size_t i, const char *path)
{
	const struct row *row = row_in(s, i, path);

	return row ? ratio_to(s->table, row, NULL) : RATIO_UNKNOWN;
}

/* Whether @best is shown to beat the baseline or, if it is that, @next (NULL: there is none). */
static bool is_decided(const struct table *table, const struct row *best, const struct row *next)
{
	const struct row *baseline = table_baseline(table, best, NULL);
	const struct row *other = baseline ? baseline : next;

	return !other || table_ratio(table, best, other, METRIC_NS).verdict == VERDICT_FASTER;
}

static const char *column_of(const char *path)
{
	const struct reader *reader = reader_find(path);

	return reader && reader->column ? reader->column : path;
}

/* Takes the groups of one touch from @first on. Returns the first group of the next touch. */
static size_t take_touch(struct sweep *s, const struct table *table, size_t first)
{
	const struct row *sorted[COMBINATIONS_MAX + 1];
	size_t g = first, reader_count = 0;

	*s = (struct sweep){ .table = table,
		.touch = table->rows[table->groups[first].first].touch,
		.sizes = arena_allocate(table->group_count * sizeof(*s->sizes)) };
	for (; g < table->group_count; g++) {
		const struct row_group *group = &table->groups[g];
		const struct row *row = &table->rows[group->first];
		const uint32_t bytes = row->event_size > 0 ? row->event_size : UINT32_MAX;
		size_t at = s->count;

		if (strcmp(row->touch, s->touch) != 0)
			break;
		for (; at > 0 && s->sizes[at - 1].bytes > bytes; at--)
			s->sizes[at] = s->sizes[at - 1];
		s->sizes[at].group = group;
		s->sizes[at].bytes = bytes;
		s->count++;
		s->plain += bytes < UINT32_MAX;
	}
	s->baseline = table->rows[s->sizes[0].group->reference].path;
	for (size_t i = 0; i < s->count; i++) {
		reader_count = style_sort(table, s->sizes[i].group, NULL, sorted);
		sorted[reader_count] = NULL;
		s->sizes[i].best = sorted[0];
		s->sizes[i].decided = sorted[0] && is_decided(table, sorted[0], sorted[1]);
		s->sizes[i].rival = sorted[0] ? table_rival(table, sorted[0], sorted[1]) : "";
	}
	for (size_t i = 0; i < reader_count; i++)
		if (strcmp(sorted[i]->path, s->baseline) != 0)
			s->others[s->other_count++] = sorted[i]->path;
	s->width = SIZE_ROOM / (int)MAX(s->other_count, 1) - 1;
	s->width = MAX(MIN(s->width, SIZE_COLUMNS_MOST), SIZE_COLUMNS);
	return g;
}

/* At how many sizes @path beats the baseline, and *@from which size on at all. */
static size_t wins_of(const struct sweep *s, const char *path, size_t *from)
{
	size_t wins = 0;

	*from = 0;
	for (size_t i = 0; i < s->plain; i++)
		if (ratio_of(s, i, path).verdict == VERDICT_FASTER)
			wins++;
		else
			*from = i + 1;
	return wins;
}

/* "batch beats libbpf from 16 B on: 1.40x [1.38 1.42], 1.10x at 4096 B" */
static void write_wins(FILE *out, const struct sweep *s, const char *path)
{
	size_t from;
	const size_t wins = wins_of(s, path, &from), last = s->plain - 1;
	const struct ratio ratio = ratio_of(s, from < last ? from : last, path);

	style_write_wrapped(out,
		TEXTS(path, " beats ", s->baseline,
			wins == 0 ? " at no size"
			: from > last
				? text(" at %zu of %zu sizes, not at the largest", wins, s->plain)
				: text(" from %" PRIu32 " B on: %.2fx%s", s->sizes[from].bytes,
					  ratio.median, style_interval(&ratio)),
			TEXT_IF(from < last, ", %.2fx at %" PRIu32 " B",
				ratio_of(s, last, path).median, s->sizes[last].bytes)));
}

static void write_words(FILE *out, const struct sweep *s, bool verbose)
{
	const char *last = NULL, *line = "fastest: ", *undecided = "";
	size_t from, most = 0;

	if (s->plain == 0) {
		fprintf(out, "touched: %s\n", s->touch);
		return;
	}
	/* Who wins at most sizes, of several the fastest at the largest; with @verbose all. */
	for (size_t i = 1; i < s->other_count; i++)
		if (wins_of(s, s->others[i], &from) > wins_of(s, s->others[most], &from))
			most = i;
	for (size_t i = 0; i < s->other_count; i++)
		if (verbose || i == most)
			write_wins(out, s, s->others[i]);
	/* "fastest: view from 16 B, batch from 64 B" */
	for (size_t i = 0; i < s->plain; i++) {
		const struct row *best = s->sizes[i].best;
		const struct row *before = last ? row_in(s, i, last) : NULL;

		if (s->sizes[i].decided)
			undecided = "";
		else if (last && !undecided[0])
			undecided = text(", undecided from %" PRIu32 " B", s->sizes[i].bytes);
		/* A reader that is hardly faster is no change. */
		if (!s->sizes[i].decided ||
			(before && row_mevents_per_s(best) < ALIKE * row_mevents_per_s(before)))
			continue;
		line = text("%s%s%s%s from %" PRIu32 " B", line, last ? ", " : "", best->path,
			s->sizes[i].rival, s->sizes[i].bytes);
		last = best->path;
	}
	if (!last)
		line = "fastest: undecided";
	line = text("%s%s", line, undecided);
	/* So many changes that a line cannot hold them are noise. */
	if (strlen(line) > STYLE_COLUMNS && !verbose)
		line = "fastest: differs by size; see the last column";
	style_write_wrapped(out,
		TEXTS(line, TEXT_IF(s->table->group_count > s->count, " (touched: %s)", s->touch)));
}

static void write_size(FILE *out, const struct sweep *s, size_t i, size_t columns, bool colour)
{
	const struct row *baseline = row_in(s, i, s->baseline), *best = s->sizes[i].best;
	const char *name = s->table->rows[s->sizes[i].group->first].size_text;

	/* A long name has a line of its own. */
	if (strlen(name) > 5) {
		fprintf(out, "%s\n", name);
		name = "";
	}
	fprintf(out, "%5s %7.1fM ", name, baseline ? row_mevents_per_s(baseline) : 0);
	for (size_t c = 0; c < columns; c++) {
		const struct ratio ratio = ratio_of(s, i, s->others[c]);

		if (ratio.valid)
			fprintf(out, "%s%*.2f%s%s ", style_start(colour, ratio.verdict),
				s->width - 1, ratio.median, verdicts[ratio.verdict].sign,
				style_end(colour));
		else
			fprintf(out, "%*s ", s->width, "-");
	}
	if (best) {
		const struct ratio ratio = ratio_of(s, i, best->path);

		fprintf(out, " %-10.10s%s",
			!s->sizes[i].decided ? "undecided"
					     : text("%s%s", column_of(best->path),
						       *s->sizes[i].rival ? "?" : ""),
			style_interval(&ratio));
	}
	fputc('\n', out);
}

/* Mev/s of the baseline, and ratios of the others: as many as fit in a line; all with @verbose. */
static void write_table(FILE *out, const struct sweep *s, bool colour, bool verbose)
{
	const size_t room = verbose ? SIZE_MAX : SIZE_ROOM / (SIZE_COLUMNS + 1);
	const size_t columns = MIN(s->other_count, room);

	fprintf(out, "%5s %8.8s ", "size", column_of(s->baseline));
	for (size_t c = 0; c < columns; c++)
		fprintf(out, "%*.*s ", s->width, s->width, column_of(s->others[c]));
	fputs(" fastest    [95 %]\n", out);
	for (size_t i = 0; i < s->count; i++)
		write_size(out, s, i, columns, colour);
}

void sweep_write_text(FILE *out, const struct table *table, bool colour, bool verbose)
{
	struct sweep s;

	for (size_t g = 0; g < table->group_count;) {
		g = take_touch(&s, table, g);
		write_words(out, &s, verbose);
		write_table(out, &s, colour, verbose);
	}
	write_facts(out, table);
	if (verbose)
		write_notes(out, table);
	else
		style_write_cautions(out, table, false);
}
