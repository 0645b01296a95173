/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What changed from file to file, with the verdicts of compare.
 */
#include <math.h>
#include <stdlib.h>

#include "report/report.h"

/* Two groups of runs, and the rows that both have. */
struct pair {
	const struct run_group *old, *new;
	struct comparison comparison;
	json_t *differences;
};

static const char *verdict_of_all(const struct pair *pair)
{
	const struct comparison *c = &pair->comparison;
	const size_t faster = c->found[VERDICT_FASTER], slower = c->found[VERDICT_SLOWER];
	const size_t same = c->found[VERDICT_SAME];

	if (json_array_size(pair->differences) > 0)
		return text("not comparable, %zu settings or facts of the machine differ.",
			json_array_size(pair->differences));
	return text("%zu compared: %zu faster, %zu slower, %zu the same, %zu undecided.",
		faster + slower + same + c->undecided, faster, slower, same, c->undecided);
}

static void add_row(struct sheet *sheet, const struct comparison_row *row, bool live, int style)
{
	const struct row *new = row->new;
	const struct ratio *ratio = &row->ratio;
	const struct mark mark = { ratio->valid ? ratio->median : NAN,
		ratio->has_interval ? ratio->interval.low : NAN,
		ratio->has_interval ? ratio->interval.high : NAN, NULL, 0 };

	sheet_row(sheet, style, 0,
		live ? text("%s%s%s", new->question, new->question[0] ? ", " : "", row_title(new))
		     : text("%s, %s B, %s", new->path, new->size_text, new->touch));
	SHEET_CELLS(sheet, text_number(row_value(row->old, METRIC_NS)),
		text_number(row_value(new, METRIC_NS)));
	sheet_mark(sheet, text_ratio(mark.value), mark);
	sheet_cell(sheet, text_ratio_interval(mark.low, mark.high));
	if (row->limit)
		sheet_cell(sheet, "(the\u00a0machine)");
	else
		sheet_verdict(sheet, verdict_name(ratio->verdict));
	sheet_cell(sheet, row->by_runs ? "medians of runs" : "rounds");
}

static struct change change_of(const struct runs *runs, const struct pair *pair)
{
	const struct comparison *c = &pair->comparison;
	struct change change = {
		.name = text("%s against %s", pair->new->name, pair->old->name),
		.verdict = verdict_of_all(pair),
	};
	const char *name, *old, *new;
	json_t *difference;
	size_t i;

	if (json_array_size(pair->differences) > 0) {
		change.sheet = SHEET("These differ, so there is no verdict",
			COLUMN("fact or setting", TEXT), COLUMN("before", TEXT),
			COLUMN("now", TEXT));
		json_array_foreach(pair->differences, i, difference)
		{
			json_unpack(difference, "[s, s, s]", &name, &old, &new);
			sheet_row(change.sheet, STYLE_NONE, 0, text("%s", name));
			SHEET_CELLS(change.sheet, text("%s", old), text("%s", new));
		}
		return change;
	}
	change.sheet = SHEET("What changed: medians, ns an event, not paired",
		COLUMN("reader", TEXT), COLUMN("before, ns", NUMBER), COLUMN("now, ns", NUMBER),
		COLUMN("times as fast", RATIO), COLUMN("95 % interval", NUMBER),
		COLUMN("verdict", TEXT), DETAIL("compared by", TEXT));
	for (i = 0; i < c->count; i++)
		add_row(change.sheet, &c->rows[i], c->new->live,
			style_of(runs, c->rows[i].new->path));
	change.note =
		text("Changes below %s are the same. The limits, which run no reader, changed by "
		     "up to %s. Only in %s: %zu rows; only in %s: %zu.",
			text_share(c->threshold), text_share(c->drift), pair->old->name,
			c->old->table.row_count - c->count, pair->new->name,
			c->new->table.row_count - c->count);
	return change;
}

size_t find_changes(const struct runs *runs, struct change *changes)
{
	size_t count = 0;

	for (size_t n = 0; n < runs->group_count; n++) {
		const struct run_group *new = &runs->groups[n], *old = runs->groups;
		bool any = false, comparable = false;

		for (; old->file < new->file && !comparable; old++) {
			struct pair pair = { .old = old,
				.new = new,
				.comparison = { .threshold = COMPARISON_THRESHOLD,
					.old = &old->results,
					.new = &new->results } };
			const size_t *in_common = &pair.comparison.count;

			if (old->results.live != new->results.live ||
				comparison_find(&pair.comparison))
				continue;
			pair.differences = comparison_differences(&pair.comparison);
			comparable = *in_common > 0 && json_array_size(pair.differences) == 0;
			if (comparable || (*in_common > 0 && !any)) {
				changes[count] = change_of(runs, &pair);
				any = true;
			}
			json_decref(pair.differences);
			free(pair.comparison.rows);
		}
		count += any;
	}
	return count;
}
