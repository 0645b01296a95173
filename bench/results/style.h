/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of each command, and what they share: colour, ratios, wrapped lines, notes below a table.
 * The answer comes first, then one table and a few lines that fit a terminal of 80 columns and 24
 * lines; with @verbose, all the rest.
 */
#ifndef BENCH_STYLE_H
#define BENCH_STYLE_H

#include <stddef.h>

#include "readers/reader.h"
#include "results/table.h"

#define STYLE_COLUMNS 80

/* Whether standard output is a terminal and NO_COLOR is not set (no-color.org). */
bool style_colour_wanted(void);

/* The escape sequences that start the colour of @verdict and end any; "" without @colour. */
const char *style_start(bool colour, enum verdict verdict);
const char *style_end(bool colour);

/* A bar for a @share of 1, in eighths of a column: "[##  ]". */
#define STYLE_FILL_COLUMNS 30
#define STYLE_FILL_SIZE (STYLE_FILL_COLUMNS * 3 + 4)
char *style_fill(char text[STYLE_FILL_SIZE], double share);

/* "1.17 [1.15 1.21] +", coloured by its verdict; blanks of the same width for a baseline (NULL). */
#define STYLE_RATIO_COLUMNS 18
void style_write_ratio(FILE *out, const struct ratio *ratio, bool colour);

/* "1.17x libbpf [1.15 1.21]", or the name alone if the ratio is not valid. */
char *style_ratio(char *text, size_t size, const struct ratio *ratio, const char *name);

/* "0.62 %", "12 %", or "unknown" if it is not finite. */
char *style_percent(char *text, size_t size, double fraction);

/* The width of a column with the names of these rows. */
int style_width(const struct row *const *rows, size_t count);

/* A text to which whole pieces are appended: one that does not fit is left out. */
struct style_text {
	char *text; /* @size bytes, a string from the start */
	size_t size, used;
};

__attribute__((format(printf, 2, 3))) void style_append(
	struct style_text *text, const char *format, ...);

/* @text in lines of at most STYLE_COLUMNS, broken at blanks; from the second on with two blanks. */
void style_write_wrapped(FILE *out, const char *text);

/* "22 rounds (20 asked), verified; noise 0.5 %" */
void style_append_rounds(struct style_text *text, const struct table *table);

/* What makes the figures doubtful: a line that begins with "!", or with @verbose a line each. */
void style_write_cautions(FILE *out, const struct table *table, bool verbose);

/* Notes for -v: outliers and readers that ran at two speeds; the peers, as @what; the machine. */
void style_write_oddities(FILE *out, const struct table *table);
void style_write_peers(FILE *out, const struct peers *peers, const char *what);
void style_write_place(FILE *out, const struct table *table);

void drain_write_text(FILE *out, const struct table *table, bool colour, bool verbose);
void sweep_write_text(FILE *out, const struct table *table, bool colour, bool verbose);

/* For both: "skb_meta 80B, fields, cold 512MiB; 22 rounds, ..."; the notes for -v. */
void drain_write_facts(FILE *out, const struct table *table);
void drain_write_notes(FILE *out, const struct table *table);

/* Stores the readers of @group without limits, the fastest first. Returns their number. */
size_t drain_sort(const struct table *table, const struct row_group *group,
	const struct row *sorted[READERS_MAX]);

#endif
