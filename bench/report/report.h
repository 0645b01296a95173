/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Result files as a page. The sections of a page are data first; the writers of HTML and Markdown
 * escape all texts. Files are not trusted: what is missing, or of another type, is NAN or "?".
 */
#ifndef BENCH_REPORT_REPORT_H
#define BENCH_REPORT_REPORT_H

#include "base/arena.h"
#include "results/result_file.h"

enum tone { TONE_PLAIN, TONE_FASTER, TONE_SLOWER, TONE_SAME, TONE_UNCLEAR };

/* Each reader has one colour on a page. Readers beyond these repeat the colours, dashed. */
#define STYLE_COLOURS 10
#define STYLE_NONE (-1)
#define STYLE_LIMIT (-2) /* grey */

/* A value that is drawn, with its interval and rounds. NAN: unknown. */
struct mark {
	double value, low, high;
	const double *rounds; /* in the order measured */
	size_t round_count;
};

#define MARK(value, low, high) ((struct mark){ (value), (low), (high), NULL, 0 })
#define NO_MARK MARK(NAN, NAN, NAN)

struct cell {
	const char *text;
	enum tone tone; /* of a verdict */
	struct mark mark;
};

enum column_kind {
	COLUMN_TEXT,
	COLUMN_NUMBER,
	COLUMN_RANGE, /* a number above its mark, on an axis for all rows */
	COLUMN_RATIO, /* the same, on a logarithmic axis with a line at 1 */
	COLUMN_ROUNDS /* the rounds of the mark, one after the other; only drawn */
};

struct column {
	const char *title;
	enum column_kind kind;
	bool detail; /* left out where there is little room */
	double at;   /* of curves: its horizontal position */
};

/* Rows that are drawn as curves before the table, each named at its end. */
struct curves {
	const char *across, *up; /* what the axes are of; NULL: nothing is drawn */
	bool log_across, log_up;
	double line; /* across the chart; NAN: none */
	const char *(*text)(double value);
};

struct sheet {
	const char *caption;
	struct column *columns;                 /* the first names the row */
	size_t column_count, row_count, filled; /* filled: cells of the last row */
	struct sheet_row {
		int style;
		unsigned dash;
		struct cell *cells;
	} * rows;
	struct curves curves;
	bool folded;   /* away at first; of curves the table always is */
	bool contents; /* the name of each row links to the section of its number */
};

enum block_kind {
	BLOCK_HEADING, /* of a section */
	BLOCK_TEXT,
	BLOCK_CODE, /* as it was typed */
	BLOCK_FILE, /* to download: @file, and @text what is in it */
	BLOCK_SHEET
};

struct block {
	enum block_kind kind;
	unsigned number; /* of its kind: from 1 */
	const char *text, *file;
	struct sheet *sheet;
	struct block *next;
};

struct page {
	const char *title, *verdict, *facts;
	const char *cautions;        /* in a line; NULL: none */
	const struct sheet *summary; /* the rows that matter most, or NULL */
	struct block *first, *last;
	unsigned numbers[BLOCK_SHEET + 1]; /* so far */
};

/* Adds to @page, from top to end. */
void page_add(struct page *page, enum block_kind kind, const char *words);
/* Removes columns without content, and adds the sheet if anything is left. */
void page_add_sheet(struct page *page, struct sheet *sheet, bool folded);

/* Columns first, then cells row by row; a row begins with its name. */
#define COLUMN(title, is) ((struct column){ (title), COLUMN_##is, false, 0 })
#define DETAIL(title, is) ((struct column){ (title), COLUMN_##is, true, 0 })
#define SHEET(caption, ...) \
	sheet_make(caption, (const struct column[]){ __VA_ARGS__, { .title = NULL } })
struct sheet *sheet_make(const char *caption, const struct column *columns);
void sheet_column(struct sheet *sheet, struct column column);
#define SHEET_ROW(sheet, ...) sheet_row(sheet, (const char *const[]){ __VA_ARGS__, NULL })
struct sheet_row *sheet_row(struct sheet *sheet, const char *const *texts);
struct cell *sheet_cell(struct sheet *sheet, const char *words);
#define SHEET_CELLS(sheet, ...) sheet_cells(sheet, (const char *const[]){ __VA_ARGS__, NULL })
void sheet_cells(struct sheet *sheet, const char *const *texts);
void sheet_mark(struct sheet *sheet, struct mark mark, const char *(*write)(double value));
/* "faster", "slower" or "same"; in brackets: none is due; all others mean undecided. */
void sheet_verdict(struct sheet *sheet, const char *verdict);

void page_write_html(FILE *out, const struct page *page);
void page_write_markdown(FILE *out, const struct page *page);

/* Figures. What is no number is "-"; an interval without an end is "". */
const char *text_number(double value); /* "94.5", "1,361": three digits or a whole number */
const char *text_factor(double ratio); /* "0.37" */
const char *text_ratio(double ratio);  /* "0.37x" */
const char *text_interval(const struct mark *mark, const char *(*write)(double)); /* "[85.2, 91]" */
const char *text_percent(double percent); /* "0.5 %"; "100 %" only for 100 */
const char *text_share(double share);     /* the same of 1 */
const char *text_time(double ns);         /* "82 ns", "1.5 ms" */
const char *text_bytes(double bytes);     /* "1 MiB" */
const char *text_count(double count);     /* "17.2M" */

/* For the writer of HTML: the axis of a column's marks; one of them on it; curves. */
struct axis {
	double low, high;
	bool logarithmic;
};
struct axis svg_column_axis(const struct sheet *sheet, size_t column);
void svg_mark(FILE *out, enum column_kind kind, const struct axis *axis, const struct mark *mark);
void svg_curves(FILE *out, const struct sheet *sheet, unsigned number);
/* Writes @words, escaped, between markup. */
void html_put(FILE *out, const char *before, const char *words, const char *after);
const char *html_class(int style, unsigned dash); /* " class=..." */

/* Writes @words between markup: @control instead of control characters, and what @escape (or NULL)
 * writes, if it does not return false, instead of others. */
void page_put(FILE *out, const char *before, const char *words, const char *after,
	const char *control, bool (*escape)(FILE *out, const char *c));

/* The most that a page shows. */
#define RUNS_MAX 200
#define RESULTS_MAX 20000
#define READINGS_MAX 500000
#define PAGE_PATHS_MAX 40
#define PAGE_WAYS_MAX 12
#define PAGE_SIZES_MAX 1024

/* Names, each once, in order of appearance. */
struct names {
	const char **list;
	size_t count;
};
size_t names_add(struct names *names, const char *name); /* returns its number */

/* What is drawn of a result: million events a second; their ratio to run->baseline and run->floor. */
enum drawn { DRAWN_SPEED, DRAWN_RATIO, DRAWN_FLOOR, DRAWN_COUNT };

struct result {
	const struct row *row;
	const json_t *json;
	const char *name; /* "batch", with what differs: "batch, 80 B, header", "batch/paced" */
	size_t path, way, size; /* numbers in the names of the run */
	int style; /* of its reader, and the dash of its way: the same all over a page */
	unsigned dash;
	double lost_percent;
	struct mark drawn[DRAWN_COUNT];
	const char *verdict; /* on the ratio; NULL: there is none */
	double keys[4];      /* what results are sorted by */
};

struct run {
	const json_t *json; /* the document in the file */
	const char *name;   /* on the page */
	const struct table *table;
	bool live;
	double rate; /* of live; NAN: as fast as it can be */
	const json_t *workload;
	/* By size and way, the fastest first. At a fixed rate, at which all read as much: by loss,
	 * p99, CPU and cost to the producer. Limits are last. */
	struct result *results;
	size_t result_count;
	struct run_ratio {
		struct result *result;
		const struct row *to;
		const char *metric, *verdict;
		struct mark mark;
	} * ratios;
	size_t ratio_count;
	struct names paths, ways, sizes; /* sizes: from the smallest; mixes are last */
	const struct row *baseline; /* a row of what the others are compared with first, or NULL */
	const char *floor;          /* a limit that is a baseline, or NULL */
};

/* The runs of one file with the same workload, together for comparing. */
struct run_group {
	size_t file;
	const char *name, *task;
	struct result_file results;
};

struct runs {
	const char *const *names; /* of the files */
	size_t file_count;
	json_t **files;
	struct result_file *documents; /* one a run in a file */
	struct run *runs;
	struct run_group *groups;
	size_t document_count, run_count, group_count;
	size_t result_count, round_count; /* of all runs */
	struct names readers;             /* that have a colour */
};

/* Reads the files. 0, or a negative errno with @why. Call runs_free() in any case. */
int runs_read(struct runs *runs, const char *const *names, size_t count, struct complaint *why);
void runs_free(struct runs *runs);

double number_in(const json_t *object, const char *name);      /* a member; NAN */
const char *text_in(const json_t *object, const char *name);   /* a member; "?" */
const char *value_text(const char *name, const json_t *value); /* the name has the unit */
double size_bytes(const char *size);                           /* of "80"; NAN: the name of a mix */
struct mark mark_of(const struct row *row, enum metric metric);
int style_of(const struct runs *runs, const char *path);
const char *run_verdict(const struct run *run); /* what came out of it, in a sentence */
/* Adds what was measured. Returns the sheet that matters most. */
const struct sheet *add_results(struct page *page, const struct run *run);

enum page_format { PAGE_MARKDOWN, PAGE_HTML };
void write_report(FILE *out, enum page_format format, const struct runs *runs);

#endif
