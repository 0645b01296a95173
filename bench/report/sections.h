/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a page is made of, each part written from what it is given. What goes wrong is in the page's
 * own err and why.
 */
#ifndef BENCH_REPORT_SECTIONS_H
#define BENCH_REPORT_SECTIONS_H

#include "report/grid.h"
#include "report/page.h"
#include "report/run.h"

/* The whole page. 0, or a negative errno with @why. */
int write_report(
	FILE *out, enum page_format format, const struct runs *runs, struct complaint *why);

/* Items of a list that tell in words what came out. */
void write_drain_headline(struct page *page, const struct grid *grid);
void write_live_headline(struct page *page, const struct grid *grid);
/* One item of it: who was the fastest. */
void write_run_line(struct page *page, const struct grid *grid, const char *lead, unsigned section);

/* What a run measured: plots, and the tables behind them. */
void write_drain_section(struct page *page, const struct grid *grid);
void write_live_section(struct page *page, const struct grid *grid);
/* Parts of it: what limits each combination; of -advise; published figures of the same question. */
void write_live_limits(struct page *page, const struct grid *grid);
void write_live_advice(struct page *page, const struct grid *grid);
void write_live_published(struct page *page, const struct grid *grid);

/* Of both: what was asked, and notes. */
void write_workload(struct page *page, const struct run *run);
void write_run_notes(struct page *page, const struct grid *grid);
/* The rounds as dots, in the order measured, as shares of their median. */
void write_rounds(struct page *page, const struct grid *grid);

/* How the runs of one workload in a file compare with those of an earlier file. */
struct comparison_summary {
	const struct run_group *old, *new;
	size_t matched, better, worse, unclear, differences;
};
/* How many there are to write of, @most at most; each of a later file with the first that it has
 * something in common with. */
size_t comparisons_of(const struct runs *runs, struct comparison_summary *summaries, size_t most);
void write_comparison_headline(
	struct page *page, const struct comparison_summary *summary, unsigned section);
void write_comparison_section(struct page *page, const struct comparison_summary *summary);

/* Where the runs ran, and how to repeat them. */
void write_warnings(struct page *page, const struct runs *runs);
void write_place(struct page *page, const struct runs *runs);

#endif
