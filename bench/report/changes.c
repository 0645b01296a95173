/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What changed from file to file, with the verdicts of compare.
 */
#include <math.h>

#include "report/report.h"

static void add_row(struct sheet *sheet, const struct comparison_row *row, bool live, int style)
{
	const struct row *new = row->new;
	const struct ratio *ratio = &row->ratio;
	const struct mark mark = MARK(ratio->median, ratio->interval.low, ratio->interval.high);

	SHEET_ROW(sheet, style, 0,
		live ? text("%s%s%s", new->question, new->question[0] ? ", " : "", row_name(new))
		     : text("%s, %s B, %s", new->path, new->size_text, new->touch),
		text_number(row_value(row->old, METRIC_NS)),
		text_number(row_value(new, METRIC_NS)));
	sheet_mark(sheet, mark, text_ratio);
	sheet_cell(sheet, text_interval(&mark, text_factor));
	if (new->limit) /* it runs no reader */
		sheet_cell(sheet, "(the\u00a0machine)");
	else
		sheet_verdict(sheet, verdicts[ratio->verdict].name);
	sheet_cell(sheet, row->by_runs ? "medians of runs" : "rounds");
}

static void show_differences(struct change *change, const json_t *differences)
{
	const char *name, *old, *new;
	json_t *difference;
	size_t i;

	change->verdict = text("not comparable, %zu settings or facts of the machine differ.",
		json_array_size(differences));
	change->sheet = SHEET("These differ, so there is no verdict",
		COLUMN("fact or setting", TEXT), COLUMN("before", TEXT), COLUMN("now", TEXT));
	json_array_foreach(differences, i, difference)
	{
		json_unpack(difference, "[s, s, s]", &name, &old, &new);
		SHEET_ROW(change->sheet, STYLE_NONE, 0, text("%s", name), text("%s", old),
			text("%s", new));
	}
}

static void show_rows(struct change *change, const struct runs *runs, const struct comparison *c)
{
	const size_t faster = c->found[VERDICT_FASTER], slower = c->found[VERDICT_SLOWER];
	const size_t same = c->found[VERDICT_SAME];

	change->verdict = text("%zu compared: %zu faster, %zu slower, %zu the same, %zu undecided.",
		faster + slower + same + c->undecided, faster, slower, same, c->undecided);
	change->sheet = SHEET("What changed: medians, ns an event, not paired",
		COLUMN("reader", TEXT), COLUMN("before, ns", NUMBER), COLUMN("now, ns", NUMBER),
		COLUMN("times as fast", RATIO), COLUMN("95 % interval", NUMBER),
		COLUMN("verdict", TEXT), DETAIL("compared by", TEXT));
	for (size_t i = 0; i < c->count; i++)
		add_row(change->sheet, &c->rows[i], c->new->live,
			style_of(runs, c->rows[i].new->path));
	change->note = text(
		"Changes below %s are the same. The limits, which run no reader, changed by up to "
		"%s. Only in %s: %zu rows; only in %s: %zu.",
		text_share(c->threshold), text_share(c->drift), change->old,
		c->old->table.row_count - c->count, change->new,
		c->new->table.row_count - c->count);
}

/* False: the groups have no rows in common. */
static bool compare(struct change *change, const struct runs *runs, const struct run_group *old,
	const struct run_group *new)
{
	struct comparison c = {
		.threshold = COMPARISON_THRESHOLD, .old = &old->results, .new = &new->results
	};
	json_t *differences;

	if (c.old->live != c.new->live)
		return false;
	comparison_find(&c);
	differences = comparison_differences(&c);
	*change = (struct change){
		.name = text("%s against %s", new->name, old->name),
		.old = old->name,
		.new = new->name,
		.comparable = json_array_size(differences) == 0,
	};
	if (change->comparable)
		show_rows(change, runs, &c);
	else
		show_differences(change, differences);
	json_decref(differences);
	return c.count > 0;
}

size_t find_changes(const struct runs *runs, struct change *changes)
{
	size_t count = 0;

	for (size_t n = 0; n < runs->group_count; n++) {
		const struct run_group *new = &runs->groups[n], *old = runs->groups;
		struct change change;
		bool any = false;

		for (; old->file < new->file && !(any && changes[count].comparable); old++)
			if (compare(&change, runs, old, new) && (!any || change.comparable)) {
				changes[count] = change;
				any = true;
			}
		count += any;
	}
	return count;
}
