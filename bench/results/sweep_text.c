/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of sweep: from which event size on which reader wins, then a table with a line per size.
 * The table's groups are one per size, one touch after the other.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "results/style.h"

#define SIZES_MAX 512
#define COLUMN 7
#define ALIKE 1.02

/* All sizes of one touch, the smallest first. */
struct sweep {
	const struct table *table;
	const struct row_group *sizes[SIZES_MAX];
	size_t count, plain; /* mixes are the last */
	const char *touch;
};

static const struct row *row_in(
	const struct table *table, const struct row_group *group, const char *path)
{
	for (size_t i = group->first; i < group->first + group->count; i++)
		if (strcmp(table->rows[i].path, path) == 0)
			return &table->rows[i];
	return NULL;
}

static const char *column_of(const struct row *row)
{
	const struct reader *reader = reader_find(row->path);

	return reader && reader->column ? reader->column : row->path;
}

/* Mixes sort after all sizes. */
static uint32_t size_in(const struct table *table, const struct row_group *group)
{
	const uint32_t size = table->rows[group->first].event_size;

	return size > 0 ? size : UINT32_MAX;
}

static uint32_t size_of(const struct sweep *s, size_t i)
{
	return size_in(s->table, s->sizes[i]);
}

static const char *baseline_of(const struct sweep *s)
{
	return s->table->rows[s->sizes[0]->reference].path;
}

/* Of @path at size @i to the baseline. Not valid: there is none. */
static struct ratio ratio_of(const struct sweep *s, size_t i, const char *path)
{
	const struct row *row = row_in(s->table, s->sizes[i], path);
	const struct row *to = row ? table_baseline(s->table, row, NULL) : NULL;

	return to ? table_ratio(s->table, row, to, METRIC_NS) : (struct ratio){ .valid = false };
}

static const struct row *best_of(const struct sweep *s, size_t i)
{
	const struct row *sorted[READERS_MAX];

	return drain_sort(s->table, s->sizes[i], sorted) > 0 ? sorted[0] : NULL;
}

/* Takes the groups of one touch from @first on. Returns the first group of the next touch. */
static size_t take_touch(struct sweep *s, const struct table *table, size_t first)
{
	size_t g = first;

	*s = (struct sweep){ .table = table,
		.touch = table->rows[table->groups[first].first].touch };
	for (; g < table->group_count && s->count < SIZES_MAX; g++) {
		const struct row_group *group = &table->groups[g];
		const uint32_t size = size_in(table, group);
		size_t at = s->count;

		if (strcmp(table->rows[group->first].touch, s->touch) != 0)
			break;
		for (; at > 0 && size_of(s, at - 1) > size; at--)
			s->sizes[at] = s->sizes[at - 1];
		s->sizes[at] = group;
		s->count++;
		s->plain += size < UINT32_MAX;
	}
	return g;
}

/* The number of sizes at which it beats the baseline. */
static size_t wins_of(const struct sweep *s, const char *path)
{
	size_t wins = 0;

	for (size_t i = 0; i < s->plain; i++)
		wins += ratio_of(s, i, path).verdict == VERDICT_FASTER;
	return wins;
}

/* "batch beats libbpf from 16 B on: 1.40x [1.38 1.42], 1.10x at 4096 B" */
static void append_win(struct style_text *text, const struct sweep *s, const char *path)
{
	const size_t wins = wins_of(s, path);
	size_t from = s->plain;

	while (from > 0 && ratio_of(s, from - 1, path).verdict == VERDICT_FASTER)
		from--;
	if (wins == 0)
		style_append(text, "%s beats %s at no size", path, baseline_of(s));
	else if (from == s->plain)
		style_append(text, "%s beats %s at %zu of %zu sizes, not at the largest", path,
			baseline_of(s), wins, s->plain);
	else
		style_append(text, "%s beats %s from %" PRIu32 " B on", path, baseline_of(s),
			size_of(s, from));
	if (from < s->plain) {
		const struct ratio ratio = ratio_of(s, from, path);

		style_append(text, ": %.2fx", ratio.median);
		if (ratio.has_interval)
			style_append(text, " [%.2f %.2f]", ratio.interval.low, ratio.interval.high);
	}
	if (from + 1 < s->plain)
		style_append(text, ", %.2fx at %" PRIu32 " B",
			ratio_of(s, s->plain - 1, path).median, size_of(s, s->plain - 1));
}

/* The fastest reader by size: "view from 16 B, batch from 64 B". */
static void append_fastest(struct style_text *text, const struct sweep *s)
{
	const char *last = NULL;

	for (size_t i = 0; i < s->plain; i++) {
		const struct row *best = best_of(s, i);

		const struct row *before = last ? row_in(s->table, s->sizes[i], last) : NULL;

		/* A reader that is hardly faster is no change. */
		if (!best ||
			(before && row_mevents_per_s(best) < ALIKE * row_mevents_per_s(before)))
			continue;
		style_append(text, last ? ", %s from %" PRIu32 " B" : "%s from %" PRIu32 " B",
			best->path, size_of(s, i));
		last = best->path;
	}
}

static void write_words(FILE *out, const struct sweep *s, bool verbose)
{
	const struct row *sorted[READERS_MAX];
	const size_t count = drain_sort(s->table, s->sizes[s->count - 1], sorted);
	char line[512] = "";
	struct style_text text = { .text = line, .size = sizeof(line) };
	const char *most = NULL;

	if (s->plain == 0) {
		fprintf(out, "touched: %s\n", s->touch);
		return;
	}
	/* The reader that wins at most sizes, of several the fastest at the largest size; with @verbose
	 * all. */
	for (size_t i = 0; i < count; i++)
		if (strcmp(sorted[i]->path, baseline_of(s)) != 0 &&
			(!most || wins_of(s, sorted[i]->path) > wins_of(s, most)))
			most = sorted[i]->path;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(sorted[i]->path, baseline_of(s)) == 0 ||
			(!verbose && strcmp(sorted[i]->path, most) != 0))
			continue;
		text.used = 0;
		append_win(&text, s, sorted[i]->path);
		style_write_wrapped(out, line);
	}
	text.used = 0;
	style_append(&text, "fastest: ");
	append_fastest(&text, s);
	/* So many changes that a line cannot hold them are noise. */
	if (text.used > STYLE_COLUMNS && !verbose) {
		text.used = 0;
		style_append(&text, "fastest: differs by size; see the last column");
	}
	if (s->table->group_count > s->count)
		style_append(&text, " (touched: %s)", s->touch);
	style_write_wrapped(out, line);
}

/* As many readers as fit into a line, the fastest first; all with @verbose. */
static size_t choose_columns(
	const struct sweep *s, const struct row *columns[READERS_MAX], bool verbose)
{
	const struct row *sorted[READERS_MAX];
	const size_t all = drain_sort(s->table, s->sizes[s->count - 1], sorted);
	const size_t room = (STYLE_COLUMNS - 38) / (COLUMN + 1);
	size_t count = 0;

	for (size_t i = 0; i < all && (verbose || count < room); i++)
		if (strcmp(sorted[i]->path, baseline_of(s)) != 0)
			columns[count++] = sorted[i];
	return count;
}

static void write_size(FILE *out, const struct sweep *s, size_t i, const struct row *const *columns,
	size_t count, bool colour)
{
	const struct row *baseline = row_in(s->table, s->sizes[i], baseline_of(s)),
			 *best = best_of(s, i);
	const char *name = s->table->rows[s->sizes[i]->first].size_text;

	/* A long name has a line of its own. */
	if (strlen(name) > 5) {
		fprintf(out, "%s\n", name);
		name = "";
	}
	fprintf(out, "%5s %7.1fM ", name, baseline ? row_mevents_per_s(baseline) : 0);
	for (size_t c = 0; c < count; c++) {
		const struct ratio ratio = ratio_of(s, i, columns[c]->path);

		if (ratio.valid)
			fprintf(out, "%s%*.2f%s%s ", style_start(colour, ratio.verdict), COLUMN - 1,
				ratio.median, verdict_sign(ratio.verdict), style_end(colour));
		else
			fprintf(out, "%*s ", COLUMN, "-");
	}
	if (best) {
		const struct ratio ratio = ratio_of(s, i, best->path);

		fprintf(out, " %-10.10s", column_of(best));
		if (ratio.has_interval)
			fprintf(out, " [%.2f %.2f]", ratio.interval.low, ratio.interval.high);
	}
	fputc('\n', out);
}

static void write_table(FILE *out, const struct sweep *s, bool colour, bool verbose)
{
	const struct row *columns[READERS_MAX];
	const size_t count = choose_columns(s, columns, verbose);

	/* Million events/s of the baseline, and the ratios of the others to it. */
	fprintf(out, "%5s %8.8s ", "size",
		column_of(row_in(s->table, s->sizes[0], baseline_of(s))));
	for (size_t c = 0; c < count; c++)
		fprintf(out, "%*.*s ", COLUMN, COLUMN, column_of(columns[c]));
	fputs(" fastest    [95 %]\n", out);
	for (size_t i = 0; i < s->count; i++)
		write_size(out, s, i, columns, count, colour);
}

void sweep_write_text(FILE *out, const struct table *table, bool colour, bool verbose)
{
	static struct sweep s;

	for (size_t g = 0; g < table->group_count;) {
		g = take_touch(&s, table, g);
		write_words(out, &s, verbose);
		write_table(out, &s, colour, verbose);
	}
	drain_write_facts(out, table);
	if (verbose)
		drain_write_notes(out, table);
	else
		style_write_cautions(out, table, false);
}
