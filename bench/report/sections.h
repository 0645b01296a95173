/* SPDX-License-Identifier: BSD-2-Clause */
/* What a page is made of. */
#ifndef BENCH_REPORT_SECTIONS_H
#define BENCH_REPORT_SECTIONS_H

#include "report/page.h"
#include "report/run.h"
#include "results/comparison.h"

enum page_format { PAGE_MARKDOWN, PAGE_HTML };

/* The whole page. */
void write_report(FILE *out, enum page_format format, const struct runs *runs);

/* What came out of a run, in a sentence. */
const char *run_verdict(const struct run *run);
const char *advice_verdict(const json_t *advice);

/* Adds what it measured. Returns the sheet that matters most. */
const struct sheet *add_results(struct page *page, const struct run *run);
void add_advice(struct page *page, const struct run *run);
/* Adds the workload, every round, every metric, and peers. */
void add_notes(struct page *page, const struct run *run);
/* The largest noise of a run, relative. 0: nothing ran twice; NAN: too few rounds. */
double noise_of(const struct run *run);
/* A setting or fact, whose name has its unit. */
const char *value_text(const char *name, const json_t *value);

/* Adds a row for each result to @sheet, which it returns: its name, and the cells that @fill adds. */
struct sheet *add_rows(struct sheet *sheet, const struct run *run,
	void (*fill)(struct sheet *sheet, const struct run *run, const struct result *result));

/* A metric's median, its interval and its rounds. */
struct mark mark_of(const json_t *result, const char *metric);
struct mark ratio_mark(const json_t *ratio); /* and of anything like it */

/* How the runs of one workload in a file compare with those of an earlier file. */
struct comparison_summary {
	const struct run_group *old, *new;
	struct comparison comparison;
	struct comparison_rows all; /* in memory of the page */
	size_t differences;
};
/* Compares each group of a later file with the first group of an earlier file that is comparable, or
 * at least has rows in common. Returns how many there are; @summaries has room for one a group. */
size_t comparisons_of(const struct runs *runs, struct comparison_summary *summaries);
const char *comparison_name(const struct comparison_summary *summary);
const char *comparison_verdict(const struct comparison_summary *summary);
const struct sheet *add_comparison(
	struct page *page, const struct runs *runs, const struct comparison_summary *summary);

/* The machine and the day; where the runs ran, in a line; all facts and cautions, and the commands. */
const char *place_title(const struct runs *runs);
const char *place_facts(const struct runs *runs);
void add_place(struct page *page, const struct runs *runs);

#endif
