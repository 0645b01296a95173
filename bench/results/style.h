/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the text outputs share: colour, ratios, lines that fit, and what is said below a table.
 * Lines are at most 80 columns wide, but for -v.
 */
#ifndef BENCH_STYLE_H
#define BENCH_STYLE_H

#include <stddef.h>

#include "results/table.h"

#define STYLE_COLUMNS 80

/* Standard output is a terminal, and nobody set NO_COLOR (no-color.org). */
bool style_colour_wanted(void);

/* The escape sequence that starts the colour of @verdict, and the one that ends any; both empty
 * without @colour. */
const char *style_start(bool colour, enum verdict verdict);
const char *style_end(bool colour);

/* A bar for a @share of 1, in brackets and with blanks where it is not full: "[##  ]". Eighths of a
 * column show. */
#define STYLE_FILL_COLUMNS 30
#define STYLE_FILL_SIZE (STYLE_FILL_COLUMNS * 3 + 4)
char *style_fill(char text[STYLE_FILL_SIZE], double share);

/* "1.17 [1.15 1.21] +", coloured as its verdict; of a baseline (NULL) blanks as wide. */
#define STYLE_RATIO_COLUMNS 18
void style_write_ratio(FILE *out, const struct ratio *ratio, bool colour);

/* "1.17x libbpf [1.15 1.21]", or the name alone where there is no such ratio. */
char *style_ratio(char *text, size_t size, const struct ratio *ratio, const char *name);

/* @fraction as "0.62 %" or "12 %", or "unknown" when it is not finite. */
char *style_percent(char *text, size_t size, double fraction);

/* A text that grows by whole pieces: one that does not fit is left out, so none is ever cut. */
struct style_text {
	char *text; /* holds @size bytes, and a string from the start */
	size_t size, used;
};

__attribute__((format(printf, 2, 3))) void style_append(
	struct style_text *text, const char *format, ...);

/* @text in lines of at most STYLE_COLUMNS, broken at blanks; from the second on with two blanks. */
void style_write_wrapped(FILE *out, const char *text);

/* "22 rounds (20 asked), verified; noise 0.5 %" */
void style_append_rounds(struct style_text *text, const struct table *table);

/* What makes the figures unsafe: one line that begins with "!", or, with @verbose, a line each.
 * None where there is nothing. */
void style_write_cautions(FILE *out, const struct table *table, bool verbose);

/* Notes for -v, a line each: who ran at two speeds; @what the peers are; where it ran. */
void style_write_oddities(FILE *out, const struct table *table);
void style_write_peers(FILE *out, const struct peers *peers, const char *what);
void style_write_place(FILE *out, const struct table *table);

#endif
