/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the text outputs share: colour, bars, ratios and the notes below a table. Lines are at most
 * 100 columns wide.
 */
#ifndef BENCH_STYLE_H
#define BENCH_STYLE_H

#include <stddef.h>

#include "results/report.h"

#define STYLE_COLUMNS 100

/* Standard output is a terminal, and nobody set NO_COLOR (no-color.org). */
bool style_colour_wanted(void);

/* The escape sequence that starts the colour of @verdict, and the one that ends any; both empty
 * without colour. */
const char *style_start(const struct report *report, enum verdict verdict);
const char *style_end(const struct report *report);

/* A bar for @value on a scale on which @full fills @width columns: eighths of a column show.
 * Writes at most @width characters (UTF-8) to @bar and returns it. */
char *style_bar(char *bar, size_t size, double value, double full, size_t width);

/* "2.77x", or "-" when there is no such ratio. */
char *style_ratio(char *text, size_t size, const struct ratio_result *result);

/* @fraction as "0.62 %" or "12 %", or "unknown" when it is not finite. */
char *style_percent(char *text, size_t size, double fraction);

/* The lines below a table: the run, the noise, what was odd, where it ran, what makes it unsafe. */
void style_write_notes(FILE *out, const struct report *report);

#endif
