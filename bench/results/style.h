/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the text outputs share: colour, bars, ratios and the notes below a table. Lines are at most
 * 100 columns wide.
 */
#ifndef BENCH_STYLE_H
#define BENCH_STYLE_H

#include <stddef.h>

#include "results/table.h"

#define STYLE_COLUMNS 100

/* Standard output is a terminal, and nobody set NO_COLOR (no-color.org). */
bool style_colour_wanted(void);

/* The escape sequence that starts the colour of @verdict, and the one that ends any; both empty
 * without @colour. */
const char *style_start(bool colour, enum verdict verdict);
const char *style_end(bool colour);

/* A bar for @value on a scale on which @full fills @width columns: eighths of a column show.
 * Writes at most @width characters (UTF-8) to @bar and returns it. */
char *style_bar(char *bar, size_t size, double value, double full, size_t width);

/* The same of a @share of 1, in brackets and with blanks where it is not full: "[##  ]". */
#define STYLE_FILL_COLUMNS 30
#define STYLE_FILL_SIZE (STYLE_FILL_COLUMNS * 3 + 4)
char *style_fill(char text[STYLE_FILL_SIZE], double share);

/* "2.77x", or "-" when there is no such ratio (NULL, or not valid). */
char *style_ratio(char *text, size_t size, const struct ratio *ratio);

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

/* Notes, a line each: how far @name seems to be from itself; what is odd about the rows; @what the
 * peers are; where it ran and what makes the figures unsafe. */
void style_write_noise(FILE *out, const char *name, double floor);
void style_write_oddities(FILE *out, const struct table *table);
void style_write_peers(FILE *out, const struct peers *peers, const char *what);
void style_write_place(FILE *out, const struct machine *machine, const char *no_counters);

#endif
