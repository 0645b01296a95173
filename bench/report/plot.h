/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a plot shows. It is filled piece by piece; values that are no finite numbers, or that a
 * logarithmic axis has no place for, are left out of the drawing. gnuplot draws it
 * (plot_script.c): nothing here knows how.
 */
#ifndef BENCH_REPORT_PLOT_H
#define BENCH_REPORT_PLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum plot_kind {
	PLOT_ROWS,   /* a row for each category, values to the right */
	PLOT_CURVES, /* values over numbers, doubling from left to right */
	PLOT_SLOTS, /* categories from left to right, each with its dots in order; values upwards */
};

/* Colours and markers: one for each thing of which there are several, so that it looks the same in
 * every plot of a page. Limits are grey lines. */
#define PLOT_STYLES 14
#define PLOT_STYLE_LIMIT PLOT_STYLES

#define PLOT_NAME_SIZE 40

struct plot_series {
	char name[PLOT_NAME_SIZE];
	unsigned style;
	bool joined; /* by a line, in rows: from value to value */
};

struct plot_category {
	char name[PLOT_NAME_SIZE], note[PLOT_NAME_SIZE]; /* the note stands at the other end */
};

/* @at: the category's number, or the number of the curve's axis. */
struct plot_point {
	size_t series;
	double at, value, low,
		high; /* low and high: its interval, not numbers where there is none */
};

/* A single reading. @at lies within half of its category's number. */
struct plot_dot {
	size_t series;
	double at, value;
};

struct plot_line {
	char name[PLOT_NAME_SIZE];
	double value;
};

#define PLOT_LINES_MAX 4

struct plot {
	enum plot_kind kind;
	char title[200];
	char *description; /* in words, for who does not see it; NULL: the title says it */
	const char *axis, *across;
	bool logarithmic, from_zero;
	bool key;   /* says what the series are */
	bool small; /* beside others: is always drawn for a narrow place */
	struct plot_series *series;
	struct plot_category *categories;
	struct plot_point *points;
	struct plot_dot *dots;
	struct plot_line lines[PLOT_LINES_MAX];
	size_t series_count, category_count, point_count, dot_count, line_count;
	bool failed; /* for want of memory */
};

/* @axis and @across, where there is one, belong to the caller. */
void plot_begin(struct plot *plot, enum plot_kind kind, const char *axis);
void plot_end(struct plot *plot);

/* Numbers of the new series and category. */
size_t plot_series(struct plot *plot, const char *name, unsigned style);
size_t plot_category(struct plot *plot, const char *name, const char *note);

void plot_point(struct plot *plot, struct plot_point point);
void plot_dot(struct plot *plot, size_t series, double at, double value);
void plot_line(struct plot *plot, const char *name, double value);

/* Where in its category the dot number @index of @count stands, in the order measured. */
double plot_place(double category, size_t index, size_t count);

/* The program that draws the plot, for a wide place or a narrow one. */
void plot_write_script(FILE *out, const struct plot *plot, bool wide);

#endif
