/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A page that is written from its top to its end, as HTML or as Markdown. All texts given here are
 * plain, whoever wrote them: the page escapes them.
 */
#ifndef BENCH_REPORT_PAGE_H
#define BENCH_REPORT_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/complaint.h"
#include "report/plot.h"

enum page_format { PAGE_MARKDOWN, PAGE_HTML };

/* What a text of a page says beside its words. */
enum tone { TONE_PLAIN, TONE_FASTER, TONE_SLOWER, TONE_SAME, TONE_UNCLEAR };

struct column {
	const char *title;
	bool number; /* set to the right */
};

#define PAGE_COLUMNS_MAX 64

/* How a format writes the parts of a page. */
struct page_writer;

struct page {
	FILE *out;
	const struct page_writer *writer;
	bool brief;               /* for a place with little room: without the raw rounds */
	bool crowded;             /* and there are many runs: without what only explains a figure */
	unsigned sections, plots; /* so far */
	size_t columns, column;   /* of the table, and of them in this row so far */
	bool numbers[PAGE_COLUMNS_MAX]; /* which columns hold them */
	int err;                        /* of drawing, the first */
	struct complaint why;           /* of err */
};

void page_begin(struct page *page, enum page_format format, FILE *out, const char *title);
void page_end(struct page *page);

/* Level 1 is the page's own. A heading of level 2 can be linked to by its number, from 1 on. */
void page_heading(struct page *page, int level, const char *text);

__attribute__((format(printf, 2, 3))) void page_paragraph(
	struct page *page, const char *format, ...);

/* A list; an item's @lead, where there is one, stands out, and so does its verdict, before the
 * text. @section: it links to that heading; 0: it does not. */
void page_list_begin(struct page *page);
void page_item(
	struct page *page, unsigned section, enum tone tone, const char *lead, const char *text);
void page_list_end(struct page *page);

/* What a reader must not overlook. */
__attribute__((format(printf, 2, 3))) void page_caution(struct page *page, const char *format, ...);

/* As it was typed. */
void page_code(struct page *page, const char *text);

/* What is folded away at first. */
void page_details_begin(struct page *page, const char *summary);
void page_details_end(struct page *page);

/* The first column names the row. Rows are filled cell by cell. */
void page_table_begin(
	struct page *page, const char *caption, const struct column *columns, size_t count);
__attribute__((format(printf, 2, 3))) void page_cell(struct page *page, const char *format, ...);
void page_verdict_cell(struct page *page, enum tone verdict); /* plain: empty */
void page_table_end(struct page *page);

/* Plots under one title, then whatever else is part of the figure. In a format that has no plots
 * there is the rest of it. */
void page_figure_begin(struct page *page, const char *title);
void page_plot(struct page *page, const struct plot *plot);
void page_figure_end(struct page *page);

/* For the writers. */
struct page_writer {
	void (*begin)(struct page *page, const char *title);
	void (*end)(struct page *page);
	void (*heading)(struct page *page, int level, unsigned number, const char *text);
	void (*paragraph)(struct page *page, const char *text);
	void (*list)(struct page *page, bool begin);
	void (*item)(struct page *page, unsigned section, enum tone tone, const char *lead,
		const char *text);
	void (*caution)(struct page *page, const char *text);
	void (*code)(struct page *page, const char *text);
	void (*details)(struct page *page, const char *summary); /* NULL: their end */
	void (*table_begin)(struct page *page, const char *caption, const struct column *columns);
	void (*row)(struct page *page, bool begin);
	void (*cell)(struct page *page, enum tone tone, const char *text); /* or verdict */
	void (*table_end)(struct page *page);
	void (*figure)(struct page *page, const char *title); /* NULL: its end */
	void (*plot)(struct page *page, const struct plot *plot);
};

extern const struct page_writer html_writer, markdown_writer;

/* A text is cut there: no command, warning or list of a thousand rounds is longer. In bytes. */
#define PAGE_TEXT_MOST 10000

/* How many bytes of @text are shown: all, or as many whole characters as fit PAGE_TEXT_MOST. */
size_t page_text_length(const char *text);

#endif
