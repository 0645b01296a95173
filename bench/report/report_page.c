/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page: verdict, cautions and facts, a line each; then what changed, what was measured, and the
 * details.
 */
#include "report/sections.h"

static const char *run_title(const struct run *run)
{
	return text("%s: %s", run_text(run->whole, "command"), run->name);
}

/* A line with a link for each part. Sections are numbered in order: comparisons, then runs. */
static struct sheet *contents_sheet(const struct runs *runs,
	const struct comparison_summary *comparisons, size_t comparison_count)
{
	static const struct column columns[] = { COLUMN("part", TEXT),
		COLUMN("what came out", TEXT) };
	struct sheet *sheet = SHEET("Contents", columns);

	for (size_t i = 0; i < comparison_count + runs->run_count; i++) {
		const bool comparison = i < comparison_count;
		const struct run *run = &runs->runs[comparison ? 0 : i - comparison_count];

		sheet_row(sheet, STYLE_NONE, 0,
			comparison ? comparison_name(&comparisons[i]) : run_title(run))
			->section = (unsigned)i + 1;
		sheet_cell(
			sheet, comparison ? comparison_verdict(&comparisons[i]) : run_verdict(run));
	}
	return sheet;
}

void write_report(FILE *out, enum page_format format, const struct runs *runs)
{
	struct comparison_summary *comparisons =
		page_allocate(runs->group_count * sizeof(*comparisons));
	const size_t comparison_count = comparisons_of(runs, comparisons);
	const struct run *first = &runs->runs[0];
	const struct sheet *sheet = NULL;
	struct page page = {
		.title = text("ringview %s: %s",
			runs->file_count == 1 ? run_text(first->whole, "command")
					      : text("%zu result files", runs->file_count),
			place_title(runs)),
		.verdict = comparison_count > 0 ? text("%s: %s", comparison_name(comparisons),
							  comparison_verdict(comparisons))
			   : runs->run_count > 1
				   ? text("%zu runs, each with its own verdict.", runs->run_count)
				   : run_verdict(first),
		.facts = place_facts(runs),
	};

	if (runs->run_count > 1) {
		struct sheet *contents = contents_sheet(runs, comparisons, comparison_count);

		page.summary = contents;
		page_add_sheet(&page, contents, false);
	}
	for (size_t i = 0; i < comparison_count; i++)
		sheet = add_comparison(&page, runs, &comparisons[i]);
	if (comparison_count == 1 && sheet)
		page.summary = sheet;
	for (size_t i = 0; i < runs->run_count; i++) {
		if (runs->run_count > 1)
			page_add(&page, BLOCK_HEADING, NULL, run_title(&runs->runs[i]));
		sheet = add_results(&page, &runs->runs[i]);
	}
	if (runs->run_count == 1)
		page.summary = sheet;
	add_place(&page, runs);
	page_tidy(&page);
	if (format == PAGE_HTML)
		page_write_html(out, &page);
	else
		page_write_markdown(out, &page);
}
