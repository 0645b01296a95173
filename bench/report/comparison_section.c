/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What changed from file to file, by the verdicts of compare.
 */
#include <math.h>
#include <string.h>

#include "report/sections.h"
#include "results/comparison.h"

static struct comparison comparison_of(const struct comparison_summary *summary)
{
	return (struct comparison){ COMPARISON_THRESHOLD, &summary->old->results,
		&summary->new->results };
}

/* @context: the sheet; NULL: they are only counted. */
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
	struct comparison_summary summary = { .old = old, .new = new };
	const struct comparison comparison = comparison_of(&summary);
	struct comparison_row row;

	for (size_t i = 0; i < new->results.table.row_count; i++) {
		if (!comparison_row(&comparison, &new->results.table.rows[i], &row))
			continue;
		summary.matched++;
		if (row.limit)
			continue;
		summary.judged++;
		summary.better += row.ratio.verdict == VERDICT_FASTER;
		summary.worse += row.ratio.verdict == VERDICT_SLOWER;
		summary.same += row.ratio.verdict == VERDICT_SAME;
	}
	if (summary.matched > 0)
		summary.differences = comparison_differences(&comparison, tell, NULL);
	return summary;
}

/* Each with the first of an older file that it can be compared with; else with the first that it
 * has something in common with, whose differences are then told. */
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
			if (found.matched > 0 && (!any || found.differences == 0)) {
				found.styles = runs->styles;
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
	if (summary->differences > 0)
		return text("not comparable, %zu settings or facts of the machine differ.",
			summary->differences);
	return text("%zu compared: %zu faster, %zu slower, %zu the same, %zu undecided.",
		summary->judged, summary->better, summary->worse, summary->same,
		summary->judged - summary->better - summary->worse - summary->same);
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

static const struct sheet *add_changes(struct page *page, const struct comparison_summary *summary)
{
	static const struct column columns[] = { COLUMN("reader", TEXT),
		COLUMN("before, ns", NUMBER), COLUMN("now, ns", NUMBER),
		COLUMN("times as fast", RATIO), COLUMN("95 % interval", NUMBER),
		COLUMN("verdict", TEXT), DETAIL("compared by", TEXT) };
	const struct comparison comparison = comparison_of(summary);
	const struct result_file *new = comparison.new;
	struct sheet *sheet =
		SHEET("What changed: medians, ns an event; nothing of the two is paired", columns);
	struct comparison_row row;
	double drift = 0;

	for (size_t i = 0; i < new->table.row_count; i++)
		if (comparison_row(&comparison, &new->table.rows[i], &row)) {
			add_row(sheet, &row, new->live, summary->styles);
			drift = fmax(drift, row.drift);
		}
	page_add_sheet(page, sheet, false);
	page_add(page, BLOCK_TEXT, NULL,
		text("Nothing is called faster or slower below %s. The limits, which no reader "
		     "changes, moved by up to %s. Only in %s: %zu rows; only in %s: %zu.",
			text_share(comparison.threshold), text_share(drift), summary->old->name,
			comparison.old->table.row_count - summary->matched, summary->new->name,
			new->table.row_count - summary->matched));
	return sheet;
}

const struct sheet *add_comparison(struct page *page, const struct comparison_summary *summary)
{
	static const struct column columns[] = { COLUMN("fact or setting", TEXT),
		COLUMN("before", TEXT), COLUMN("now", TEXT) };
	const struct comparison comparison = comparison_of(summary);
	struct sheet *sheet;

	page_add(page, BLOCK_HEADING, NULL, comparison_name(summary));
	if (summary->differences == 0)
		return add_changes(page, summary);
	sheet = SHEET("These differ, so there is no verdict", columns);
	comparison_differences(&comparison, tell, sheet);
	page_add_sheet(page, sheet, false);
	return sheet;
}
