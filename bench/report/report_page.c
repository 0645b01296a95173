/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page: verdict, cautions and facts, a line each; then what changed, what was measured, and the
 * details.
 */
#include "report/report.h"

static const char *run_title(const struct run *run)
{
	return text("%s: %s", text_in(run->json, "command"), run->name);
}

static void add_content(struct sheet *contents, const char *name, const char *verdict)
{
	struct cell *part = sheet_row(contents, STYLE_NONE, 0, name);

	part->section = (unsigned)contents->row_count;
	sheet_cell(contents, verdict);
}

/* A line with a link for each part. Sections are numbered in order: comparisons, then runs. */
static struct sheet *contents_sheet(
	const struct runs *runs, const struct change *changes, size_t change_count)
{
	struct sheet *sheet =
		SHEET("Contents", COLUMN("part", TEXT), COLUMN("what came out", TEXT));

	for (size_t i = 0; i < change_count; i++)
		add_content(sheet, changes[i].name, changes[i].verdict);
	for (size_t i = 0; i < runs->run_count; i++)
		add_content(sheet, run_title(&runs->runs[i]), run_verdict(&runs->runs[i]));
	return sheet;
}

void write_report(FILE *out, enum page_format format, const struct runs *runs)
{
	struct change *changes = page_allocate(runs->group_count * sizeof(*changes));
	const size_t change_count = find_changes(runs, changes);
	const struct run *first = &runs->runs[0];
	const bool several = runs->run_count > 1;
	struct page page = {
		.title = text("ringview %s: %s",
			runs->file_count == 1 ? text_in(first->json, "command")
					      : text("%zu result files", runs->file_count),
			place_title(runs)),
		.verdict = change_count > 0 ? text("%s: %s", changes->name, changes->verdict)
			   : several ? text("%zu runs, each with its own verdict.", runs->run_count)
				     : run_verdict(first),
		.facts = place_facts(runs),
	};

	if (several) {
		struct sheet *contents = contents_sheet(runs, changes, change_count);

		page_add_sheet(&page, contents, false);
		page.summary = change_count == 1 ? changes->sheet : contents;
	}
	for (size_t i = 0; i < change_count; i++) {
		page_add(&page, BLOCK_HEADING, NULL, changes[i].name);
		page_add_sheet(&page, changes[i].sheet, false);
		if (changes[i].note)
			page_add(&page, BLOCK_TEXT, NULL, changes[i].note);
	}
	for (size_t i = 0; i < runs->run_count; i++) {
		const struct sheet *sheet;

		if (several)
			page_add(&page, BLOCK_HEADING, NULL, run_title(&runs->runs[i]));
		sheet = add_results(&page, &runs->runs[i]);
		if (!several)
			page.summary = sheet;
	}
	add_place(&page, runs);
	(format == PAGE_HTML ? page_write_html : page_write_markdown)(out, &page);
}
