/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page: what came out in words, then what makes it unsafe, what changed, what was measured, and
 * where.
 */
#include <errno.h>
#include <stdlib.h>

#include "report/sections.h"

struct report_page {
	struct page page;
	const struct runs *runs;
	struct grid *grids; /* one a run */
	struct comparison_summary *comparisons;
	size_t comparison_count;
};

/* Of more runs there is one line each at the top. */
#define RUNS_IN_WORDS 6

static void write_title(struct report_page *r, char title[128])
{
	if (r->runs->file_count == 1)
		snprintf(title, 128, "ringview: %s", run_text(r->runs->runs[0].json, "command"));
	else
		snprintf(title, 128, "ringview: %zu result files", r->runs->file_count);
}

static void run_title(const struct run *run, char title[256])
{
	snprintf(title, 256, "%.32s: %s", run_text(run->json, "command"), run->name);
}

/* Sections are numbered in the order in which they follow: comparisons, then runs. */
static unsigned section_of(const struct report_page *r, size_t run)
{
	return (unsigned)(r->comparison_count + run + 1);
}

/* A line for each of many runs, with the way to the rest of it. */
static void write_contents(struct report_page *r)
{
	char title[256];

	page_list_begin(&r->page);
	for (size_t i = 0; i < r->runs->run_count; i++) {
		run_title(&r->runs->runs[i], title);
		write_run_line(&r->page, &r->grids[i], title, section_of(r, i));
	}
	page_list_end(&r->page);
}

static void write_headline(struct report_page *r)
{
	struct page *page = &r->page;
	char title[256];

	if (r->comparison_count > 0) {
		page_list_begin(page);
		for (size_t i = 0; i < r->comparison_count; i++)
			write_comparison_headline(page, &r->comparisons[i], (unsigned)i + 1);
		page_list_end(page);
	}
	if (r->runs->run_count > 1)
		write_contents(r);
	for (size_t i = 0; i < r->runs->run_count && r->runs->run_count <= RUNS_IN_WORDS; i++) {
		const struct run *run = &r->runs->runs[i];

		if (r->runs->run_count > 1) {
			run_title(run, title);
			page_heading(page, 3, title);
		}
		page_list_begin(page);
		if (run->live)
			write_live_headline(page, &r->grids[i]);
		else
			write_drain_headline(page, &r->grids[i]);
		page_list_end(page);
	}
}

static void write_sections(struct report_page *r)
{
	char title[256];

	for (size_t i = 0; i < r->comparison_count; i++)
		write_comparison_section(&r->page, &r->comparisons[i]);
	for (size_t i = 0; i < r->runs->run_count; i++) {
		const struct run *run = &r->runs->runs[i];

		run_title(run, title);
		page_heading(&r->page, 2, title);
		if (run->live)
			write_live_section(&r->page, &r->grids[i]);
		else
			write_drain_section(&r->page, &r->grids[i]);
	}
}

static void write_page(struct report_page *r, enum page_format format, FILE *out)
{
	char title[128];

	write_title(r, title);
	page_begin(&r->page, format, out, title);
	r->page.crowded = r->page.brief && r->runs->run_count > RUNS_IN_WORDS;
	page_heading(&r->page, 1, title);
	write_headline(r);
	write_warnings(&r->page, r->runs);
	write_sections(r);
	write_place(&r->page, r->runs);
	page_end(&r->page);
}

int write_report(FILE *out, enum page_format format, const struct runs *runs, struct complaint *why)
{
	struct report_page r = { .runs = runs };
	int err = 0;

	r.grids = calloc(runs->run_count, sizeof(*r.grids));
	r.comparisons = calloc(runs->group_count, sizeof(*r.comparisons));
	if (!r.grids || !r.comparisons)
		err = complain(why, -ENOMEM, "out of memory");
	for (size_t i = 0; i < runs->run_count && !err; i++)
		err = grid_begin(&r.grids[i], &runs->runs[i], why);
	if (!err) {
		r.comparison_count = comparisons_of(runs, r.comparisons, runs->group_count);
		write_page(&r, format, out);
		err = r.page.err;
		if (err)
			*why = r.page.why;
	}
	for (size_t i = 0; r.grids && i < runs->run_count; i++)
		grid_end(&r.grids[i]);
	free(r.grids);
	free(r.comparisons);
	return err;
}
