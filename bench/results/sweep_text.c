/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of sweep: from which event size on which reader wins, then a table with a line per size.
 * The table's groups are one per size, one touch after the other.
 */
#include <inttypes.h>
#include <string.h>

#include "results/style.h"

#define SIZES_MAX 512
#define COLUMN 7
#define ALIKE 1.02

/* All sizes of one touch, the smallest first, mixes last. */
struct sweep {
	const struct table *table;
	const char *touch, *baseline;
	const char *others[COMBINATIONS_MAX]; /* the fastest at the last size first */
	size_t other_count, count, plain;     /* plain: sizes that are no mixes */
	struct {
		const struct row_group *group;
		const struct row *best; /* NULL: there are only limits */
		uint32_t bytes;         /* UINT32_MAX: a mix */
	} sizes[SIZES_MAX];
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

	return row ? style_ratio_to(s->table, row, NULL) : (struct ratio){ .valid = false };
}

static const char *column_of(const char *path)
{
	const struct reader *reader = reader_find(path);

	return reader && reader->column ? reader->column : path;
}

/* Takes the groups of one touch from @first on. Returns the first group of the next touch. */
static size_t take_touch(struct sweep *s, const struct table *table, size_t first)
{
	const struct row *sorted[COMBINATIONS_MAX];
	size_t g = first, reader_count = 0;

	*s = (struct sweep){ .table = table,
		.touch = table->rows[table->groups[first].first].touch };
	for (; g < table->group_count && s->count < SIZES_MAX; g++) {
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
		s->sizes[i].best = reader_count > 0 ? sorted[0] : NULL;
	}
	for (size_t i = 0; i < reader_count; i++)
		if (strcmp(sorted[i]->path, s->baseline) != 0)
			s->others[s->other_count++] = sorted[i]->path;
	return g;
}

/* The number of sizes at which @path beats the baseline, and the size *@from which it always does. */
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
	struct style_text line = STYLE_TEXT(512);
	size_t from;
	const size_t wins = wins_of(s, path, &from), last = s->plain - 1;
	const struct ratio ratio = ratio_of(s, from < last ? from : last, path);

	style_append(&line, "%s beats %s ", path, s->baseline);
	if (wins == 0)
		style_append(&line, "at no size");
	else if (from > last)
		style_append(&line, "at %zu of %zu sizes, not at the largest", wins, s->plain);
	else
		style_append(&line, "from %" PRIu32 " B on: %.2fx%s", s->sizes[from].bytes,
			ratio.median, INTERVAL_TEXT(&ratio));
	if (from < last)
		style_append(&line, ", %.2fx at %" PRIu32 " B", ratio_of(s, last, path).median,
			s->sizes[last].bytes);
	style_write_wrapped(out, line.text);
}

static void write_words(FILE *out, const struct sweep *s, bool verbose)
{
	struct style_text line = STYLE_TEXT(512);
	const char *last = NULL;
	size_t from, most = 0;

	if (s->plain == 0) {
		fprintf(out, "touched: %s\n", s->touch);
		return;
	}
	/* The reader that wins at most sizes, of several the fastest at the largest size; with @verbose
	 * all. */
	for (size_t i = 1; i < s->other_count; i++)
		if (wins_of(s, s->others[i], &from) > wins_of(s, s->others[most], &from))
			most = i;
	for (size_t i = 0; i < s->other_count; i++)
		if (verbose || i == most)
			write_wins(out, s, s->others[i]);
	/* "fastest: view from 16 B, batch from 64 B" */
	style_append(&line, "fastest: ");
	for (size_t i = 0; i < s->plain; i++) {
		const struct row *best = s->sizes[i].best;
		const struct row *before = last ? row_in(s, i, last) : NULL;

		/* A reader that is hardly faster is no change. */
		if (!best ||
			(before && row_mevents_per_s(best) < ALIKE * row_mevents_per_s(before)))
			continue;
		style_append(&line, "%s%s from %" PRIu32 " B", last ? ", " : "", best->path,
			s->sizes[i].bytes);
		last = best->path;
	}
	/* So many changes that a line cannot hold them are noise. */
	if (line.used > STYLE_COLUMNS && !verbose) {
		line.used = 0;
		style_append(&line, "fastest: differs by size; see the last column");
	}
	if (s->table->group_count > s->count)
		style_append(&line, " (touched: %s)", s->touch);
	style_write_wrapped(out, line.text);
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
			fprintf(out, "%s%*.2f%s%s ", style_start(colour, ratio.verdict), COLUMN - 1,
				ratio.median, verdict_sign(ratio.verdict), style_end(colour));
		else
			fprintf(out, "%*s ", COLUMN, "-");
	}
	if (best) {
		const struct ratio ratio = ratio_of(s, i, best->path);

		fprintf(out, " %-10.10s%s", column_of(best->path), INTERVAL_TEXT(&ratio));
	}
	fputc('\n', out);
}

/* Million events/s of the baseline, and the ratios of the others to it: as many as fit into a line;
 * all with @verbose. */
static void write_table(FILE *out, const struct sweep *s, bool colour, bool verbose)
{
	const size_t room = verbose ? SIZE_MAX : (STYLE_COLUMNS - 38) / (COLUMN + 1);
	const size_t columns = s->other_count < room ? s->other_count : room;

	fprintf(out, "%5s %8.8s ", "size", column_of(s->baseline));
	for (size_t c = 0; c < columns; c++)
		fprintf(out, "%*.*s ", COLUMN, COLUMN, column_of(s->others[c]));
	fputs(" fastest    [95 %]\n", out);
	for (size_t i = 0; i < s->count; i++)
		write_size(out, s, i, columns, colour);
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
