/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables by event size, and in words from which size on a path wins. The groups of the table are
 * those of a touch, one a size, one touch after the other.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "readers/path.h"
#include "results/style.h"
#include "results/texts.h"
#include "rings/workload.h"

#define PATHS_WIDE 9 /* most that fit a line with wide columns */

/* All sizes of one touch. */
struct sweep {
	const struct table *table;
	const struct row_group *groups;
	size_t count;
	const char *touch;
	bool colour;
	int width; /* of a column: less where there are more paths than a line has room for */
};

static struct sweep sweep_of(const struct table *table, size_t group, bool colour)
{
	struct sweep s = {
		.table = table,
		.groups = &table->groups[group],
		.touch = table->rows[table->groups[group].first].touch,
		.colour = colour,
		.width = table->groups[group].count > PATHS_WIDE ? 7 : 9,
	};

	while (group + s.count < table->group_count &&
		strcmp(table->rows[s.groups[s.count].first].touch, s.touch) == 0)
		s.count++;
	return s;
}

static const char *column_of(const char *name)
{
	const struct path *path = path_find(name);

	return path && path->column ? path->column : name;
}

/* What the short names stand for. */
static void write_short_names(FILE *out, const struct table *table)
{
	bool any = false;

	for (size_t i = 0; i < table->groups[0].count; i++) {
		const char *name = table->rows[i].path;

		if (strcmp(column_of(name), name) == 0)
			continue;
		fprintf(out, "%s%s is %s", any ? ", " : "\n", column_of(name), name);
		any = true;
	}
	if (any)
		fputs(".\n", out);
}

static void write_columns(FILE *out, const struct sweep *s, const char *except)
{
	fputs("  size", out);
	for (size_t i = 0; i < s->groups->count; i++) {
		const char *name = s->table->rows[s->groups->first + i].path;

		if (!except || strcmp(name, except) != 0)
			fprintf(out, " %*s", s->width, column_of(name));
	}
	fputc('\n', out);
}

static void write_throughput(FILE *out, const struct sweep *s)
{
	fprintf(out, "\nMillion events a second, touched: %s\n", s->touch);
	write_columns(out, s, NULL);
	for (size_t g = 0; g < s->count; g++) {
		const struct row *rows = &s->table->rows[s->groups[g].first];

		fprintf(out, "%6" PRIu32, rows->event_size);
		for (size_t i = 0; i < s->groups[g].count; i++)
			fprintf(out, " %*.2f", s->width, row_mevents_per_s(&rows[i]));
		fputc('\n', out);
	}
}

/* As fast as @baseline, or per cent of it; a colour says what is sure. */
static void write_ratios(FILE *out, const struct sweep *s, const char *baseline)
{
	const struct row *to = table_find(
		s->table, baseline, s->table->rows[s->groups->first].event_size, s->touch);

	if (!to || s->table->ratio_count == 0)
		return;
	fprintf(out,
		to->limit ? "\nPer cent of %s, touched: %s\n"
			  : "\nTimes as fast as %s, touched: %s\n",
		baseline, s->touch);
	write_columns(out, s, baseline);
	for (size_t g = 0; g < s->count; g++) {
		const struct row *rows = &s->table->rows[s->groups[g].first];

		fprintf(out, "%6" PRIu32, rows->event_size);
		for (size_t i = 0; i < s->groups[g].count; i++) {
			const struct row_ratio *r =
				table_ratio(s->table, &rows[i], baseline, METRIC_NS);

			if (!r)
				continue;
			if (!r->ratio.valid)
				fprintf(out, " %*s", s->width, "-");
			else if (to->limit)
				fprintf(out, " %*.0f %%", s->width - 2, r->ratio.median * 100);
			else
				fprintf(out, " %s%*.2fx%s",
					style_start(s->colour, r->ratio.verdict), s->width - 1,
					r->ratio.median, style_end(s->colour));
		}
		fputc('\n', out);
	}
}

/* What copying costs, by how much of the event is looked at: one column a touch. */
static void write_by_touch(FILE *out, const struct table *table, size_t sizes, bool colour)
{
	const size_t touches = sizes ? table->group_count / sizes : 0;

	if (touches < 2 || !table_find(table, "copy", table->rows[0].event_size, NULL) ||
		!table_find(table, "view", table->rows[0].event_size, NULL))
		return;
	fputs("\nview, times as fast as copy, by what is touched\n  size", out);
	for (size_t t = 0; t < touches; t++)
		fprintf(out, " %9s", table->rows[table->groups[t * sizes].first].touch);
	fputc('\n', out);
	for (size_t s = 0; s < sizes; s++) {
		fprintf(out, "%6" PRIu32, table->rows[table->groups[s].first].event_size);
		for (size_t t = 0; t < touches; t++) {
			const struct row *first = &table->rows[table->groups[t * sizes + s].first];
			const struct row *view =
				table_find(table, "view", first->event_size, first->touch);
			const struct row_ratio *r = table_ratio(table, view, "copy", METRIC_NS);

			if (r && r->ratio.valid)
				fprintf(out, " %s%8.2fx%s", style_start(colour, r->ratio.verdict),
					r->ratio.median, style_end(colour));
			else
				fprintf(out, " %9s", "-");
		}
		fputc('\n', out);
	}
}

static int by_size(const void *a, const void *b)
{
	const struct row *const *x = a, *const *y = b;

	return ((*x)->event_size > (*y)->event_size) - ((*x)->event_size < (*y)->event_size);
}

/* "view beats copy from 16 B on: by 1.9x at 16 B, by 5.1x at 4096 B." */
static void write_crossover(
	FILE *out, const struct sweep *s, const char *path, const char *baseline)
{
	const struct row *sorted[512], *first;
	const struct row_ratio *r[2];
	size_t count = 0, from, wins = 0;

	for (size_t g = 0; g < s->count && count < 512; g++) {
		const struct row *row = table_find(
			s->table, path, s->table->rows[s->groups[g].first].event_size, s->touch);
		const struct row_ratio *ratio =
			row ? table_ratio(s->table, row, baseline, METRIC_NS) : NULL;

		if (!ratio || !ratio->ratio.valid)
			continue;
		wins += ratio->ratio.verdict == VERDICT_FASTER;
		sorted[count++] = row;
	}
	if (count == 0)
		return;
	qsort(sorted, count, sizeof(*sorted), by_size);
	for (from = count; from > 0; from--)
		if (table_ratio(s->table, sorted[from - 1], baseline, METRIC_NS)->ratio.verdict !=
			VERDICT_FASTER)
			break;
	first = from < count ? sorted[from] : NULL;
	if (wins == 0)
		fprintf(out, "%s beats %s at no size (touched: %s).\n", path, baseline, s->touch);
	else if (!first)
		fprintf(out, "%s beats %s at %zu of %zu sizes, not at the largest (touched: %s).\n",
			path, baseline, wins, count, s->touch);
	else {
		r[0] = table_ratio(s->table, first, baseline, METRIC_NS);
		r[1] = table_ratio(s->table, sorted[count - 1], baseline, METRIC_NS);
		fprintf(out,
			"%s beats %s from %" PRIu32 " B on: by %.1fx at %" PRIu32
			" B, by %.1fx at %" PRIu32 " B (touched: %s).\n",
			path, baseline, first->event_size, r[0]->ratio.median, first->event_size,
			r[1]->ratio.median, sorted[count - 1]->event_size, s->touch);
	}
}

void sweep_write_text(FILE *out, const struct table *table, bool colour)
{
	const char *const references[] = { table->rows[table->groups[0].reference].path, "libbpf",
		"libbpf-1.7", "floor" };
	struct sweep s = { .count = 0 };

	for (size_t g = 0; g < table->group_count; g += s.count) {
		s = sweep_of(table, g, colour);
		write_throughput(out, &s);
		for (size_t r = 0; r < sizeof(references) / sizeof(references[0]); r++)
			if (r == 0 || strcmp(references[r], references[0]) != 0)
				write_ratios(out, &s, references[r]);
	}
	write_by_touch(out, table, s.count, colour);
	write_short_names(out, table);
	fputc('\n', out);
	for (size_t g = 0; g < table->group_count; g += s.count) {
		s = sweep_of(table, g, colour);
		write_crossover(out, &s, "view", "copy");
		write_crossover(out, &s, "batch", "libbpf");
		write_crossover(out, &s, "batch", "libbpf-1.7");
	}
	fputc('\n', out);
	drain_write_notes(out, table);
}
