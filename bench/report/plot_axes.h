/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_REPORT_PLOT_AXES_H
#define BENCH_REPORT_PLOT_AXES_H

#include "report/plot.h"

/* Widths that plots are drawn for, and heights without a key. */
#define PLOT_WIDE 760
#define PLOT_NARROW 350
#define PLOT_ROW_HEIGHT 26
#define PLOT_CURVES_HEIGHT 400
#define PLOT_SLOTS_HEIGHT 220

void plot_write_axes(FILE *out, const struct plot *plot, int width);
int plot_height(const struct plot *plot, int width);

#endif
