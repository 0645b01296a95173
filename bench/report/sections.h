/* SPDX-License-Identifier: BSD-2-Clause */
/* What a page is made of. */
#ifndef BENCH_REPORT_SECTIONS_H
#define BENCH_REPORT_SECTIONS_H

#include "report/figures.h"
#include "report/page.h"
#include "report/run.h"

enum page_format { PAGE_MARKDOWN, PAGE_HTML };

/* The whole page. */
void write_report(FILE *out, enum page_format format, const struct runs *runs);

/* What came out of a run, in a sentence. */
const char *run_verdict(const struct run *run);

/* What it measured. Returns the sheet that matters most, or NULL. */
const struct sheet *add_results(struct page *page, const struct run *run);
void add_advice(struct page *page, const struct run *run);
/* What was asked; every round; every metric; notes. */
void add_notes(struct page *page, const struct run *run);
/* What the noise of a run amounts to, relative. 0: nothing ran twice; NAN: too few rounds. */
double noise_of(const struct run *run);
/* A setting or fact, by its name with its unit. */
const char *value_text(const char *name, const json_t *value);
const char *advice_verdict(const json_t *advice);

/* A metric's median, its interval and its rounds. */
struct mark mark_of(const json_t *result, const char *metric);
struct mark ratio_mark(const json_t *ratio); /* and of anything like it */

/* How the runs of one workload in a file compare with those of an earlier file. */
struct comparison_summary {
	const struct run_group *old, *new;
	const json_t *styles;                                     /* of struct runs */
	size_t matched, judged, better, worse, same, differences; /* judged: no limits */
};
/* How many there are to write of; each of a later file with the first that it has something in
 * common with. @summaries has room for one a group. */
size_t comparisons_of(const struct runs *runs, struct comparison_summary *summaries);
const char *comparison_name(const struct comparison_summary *summary);
const char *comparison_verdict(const struct comparison_summary *summary);
const struct sheet *add_comparison(struct page *page, const struct comparison_summary *summary);

/* The machine and the day; where the runs ran, in a line; what makes them unsafe, in short; all of
 * it, and how to repeat them. */
const char *place_title(const struct runs *runs);
const char *place_facts(const struct runs *runs);
void add_place(struct page *page, const struct runs *runs);

#endif
