/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What changed from file to file, with the verdicts of compare.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/sections.h"

/* @context: the sheet; NULL: only count. */
static void tell(void *context, const char *name, const char *old, const char *new)
{
	struct sheet *sheet = context;

	if (!sheet)
		return;
	sheet_row(sheet, STYLE_NONE, 0, text("%s", name));
	SHEET_CELLS(sheet, text("%s", old), text("%s", new));
}

static struct comparison_summary summarise(const struct run_group *old, const struct run_group *new)
{
	struct comparison_summary s = { old, new,
		{ COMPARISON_THRESHOLD, &old->results, &new->results }, { .count = 0 }, 0 };
	struct comparison_row *rows;

	if (comparison_find(&s.comparison, &s.all) == 0) {
		rows = page_allocate((s.all.count + 1) * sizeof(*rows));
		memcpy(rows, s.all.rows, s.all.count * sizeof(*rows));
		free(s.all.rows);
		s.all.rows = rows;
	}
	if (s.all.count > 0)
		s.differences = comparison_differences(&s.comparison, tell, NULL);
	return s;
}

size_t comparisons_of(const struct runs *runs, struct comparison_summary *summaries)
{
	size_t count = 0;

	for (size_t n = 0; n < runs->group_count; n++) {
		const struct run_group *new = &runs->groups[n];
		bool any = false;

		for (const struct run_group *old = runs->groups;
			old->file < new->file && !(any && summaries[count].differences == 0);
			old++) {
			struct comparison_summary found;

			if (old->results.live != new->results.live)
				continue;
			found = summarise(old, new);
			if (found.all.count > 0 && (!any || found.differences == 0)) {
				summaries[count] = found;
				any = true;
			}
		}
		count += any;
	}
	return count;
}

const char *comparison_name(const struct comparison_summary *summary)
{
	return text("%s against %s", summary->new->name, summary->old->name);
}

const char *comparison_verdict(const struct comparison_summary *summary)
{
	const size_t *found = summary->all.found;
	const size_t undecided =
		found[VERDICT_TOO_FEW] + found[VERDICT_TOO_NOISY] + found[VERDICT_WITHIN_NOISE];
	const size_t decided = found[VERDICT_FASTER] + found[VERDICT_SLOWER] + found[VERDICT_SAME];

	if (summary->differences > 0)
		return text("not comparable, %zu settings or facts of the machine differ.",
			summary->differences);
	return text("%zu compared: %zu faster, %zu slower, %zu the same, %zu undecided.",
		decided + undecided, found[VERDICT_FASTER], found[VERDICT_SLOWER],
		found[VERDICT_SAME], undecided);
}

static void add_row(
	struct sheet *sheet, const struct comparison_row *row, bool live, const json_t *styles)
{
	const struct row *new = row->new;
	const struct ratio *ratio = &row->ratio;
	const struct mark mark = { ratio->valid ? ratio->median : NAN,
		ratio->has_interval ? ratio->interval.low : NAN,
		ratio->has_interval ? ratio->interval.high : NAN, NULL, 0 };

	sheet_row(sheet, style_of(styles, new->path), 0,
		live ? text("%s%s%s", new->question, new->question[0] ? ", " : "",
			       run_combination(new->path, new->wait))
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

static const struct sheet *add_changes(
	struct page *page, const struct runs *runs, const struct comparison_summary *summary)
{
	static const struct column columns[] = { COLUMN("reader", TEXT),
		COLUMN("before, ns", NUMBER), COLUMN("now, ns", NUMBER),
		COLUMN("times as fast", RATIO), COLUMN("95 % interval", NUMBER),
		COLUMN("verdict", TEXT), DETAIL("compared by", TEXT) };
	const struct comparison *comparison = &summary->comparison;
	const struct comparison_rows *all = &summary->all;
	struct sheet *sheet = SHEET("What changed: medians, ns an event, not paired", columns);

	for (size_t i = 0; i < all->count; i++)
		add_row(sheet, &all->rows[i], comparison->new->live, runs->styles);
	page_add_sheet(page, sheet, false);
	page_add(page, BLOCK_TEXT, NULL,
		text("Changes below %s are the same. The limits, which run no reader, changed by "
		     "up to %s. Only in %s: %zu rows; only in %s: %zu.",
			text_share(comparison->threshold), text_share(all->drift),
			summary->old->name, comparison->old->table.row_count - all->count,
			summary->new->name, comparison->new->table.row_count - all->count));
	return sheet;
}

const struct sheet *add_comparison(
	struct page *page, const struct runs *runs, const struct comparison_summary *summary)
{
	static const struct column columns[] = { COLUMN("fact or setting", TEXT),
		COLUMN("before", TEXT), COLUMN("now", TEXT) };
	struct sheet *sheet;

	page_add(page, BLOCK_HEADING, NULL, comparison_name(summary));
	if (summary->differences == 0)
		return add_changes(page, runs, summary);
	sheet = SHEET("These differ, so there is no verdict", columns);
	comparison_differences(&summary->comparison, tell, sheet);
	page_add_sheet(page, sheet, false);
	return sheet;
}
