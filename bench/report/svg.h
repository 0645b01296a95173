/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What gnuplot has drawn, made a part of a page: themed, without what repeats in each drawing, and
 * without names that two drawings could share.
 */
#ifndef BENCH_REPORT_SVG_H
#define BENCH_REPORT_SVG_H

#include <stdio.h>

/* Of series, then that of limits and lines, then that of the grid. Placeholders in what gnuplot is
 * told: the number in rgb(1, 0, NUMBER). In the page they are the variables --c0, --c1... */
#define SVG_COLOURS 7
#define SVG_LIMIT SVG_COLOURS
#define SVG_GRID (SVG_COLOURS + 1)

/* The shapes of the markers, which all drawings of a page refer to. */
void svg_write_markers(FILE *out, const char *drawn);

/* The inside of the first drawing of @drawn, without its element <svg>. Returns where the next may
 * begin; NULL when there is no such drawing. */
const char *svg_write_inside(FILE *out, const char *drawn, int *width, int *height);

#endif
