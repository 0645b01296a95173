/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The results of one run by path, size and way (touch, or wait of live), and its ratios.
 */
#ifndef BENCH_REPORT_GRID_H
#define BENCH_REPORT_GRID_H

#include "report/page.h"
#include "report/run.h"

#define GRID_PATHS_MAX 40
#define GRID_WAYS_MAX 12
#define GRID_SIZES_MAX 1024
#define GRID_CELLS_MAX 50000
#define GRID_NAME_MAX 64

struct grid {
	const struct run *run;
	const char *paths[GRID_PATHS_MAX], *ways[GRID_WAYS_MAX], *baselines[GRID_PATHS_MAX];
	json_int_t sizes[GRID_SIZES_MAX]; /* upwards */
	size_t path_count, way_count, size_count, baseline_count;
	const json_t **cells;  /* [way][size][path] */
	const json_t **ratios; /* [baseline], then the same */
	size_t cell_count;
};

/* 0, or a negative errno with @why: the run has more of something than any could. */
int grid_begin(struct grid *grid, const struct run *run, struct complaint *why);
void grid_end(struct grid *grid);

/* NULL: not measured. By numbers in the lists above. */
const json_t *grid_cell(const struct grid *grid, size_t path, size_t size, size_t way);

/* The ratio of a result to a baseline, by its number, NULL where there is none; and the number of
 * the baseline @name, which is baseline_count where there is none. */
const json_t *grid_ratio(const struct grid *grid, const json_t *result, size_t baseline);
size_t grid_baseline(const struct grid *grid, const char *name);

/* Reads what no reader could: a limit. */
bool grid_is_limit(const char *path);

/* Another project's reader. */
bool grid_is_peer(const char *path);

/* Which colour and marker a path has on every plot. */
unsigned grid_style(const struct grid *grid, size_t path);

/* "94.5", "1,361", "0.373": three digits, or all before the point; "12" for a whole number; "-" for
 * what is no number. */
#define NUMBER_SIZE 40
char *number_text(char text[NUMBER_SIZE], double value);

/* "[85.2, 91]", or nothing where there is none. */
#define INTERVAL_SIZE (2 * NUMBER_SIZE + 8)
char *interval_text(char text[INTERVAL_SIZE], double low, double high);

/* The same of ratios: "0.37"; "[0.35, 0.40]". */
char *ratio_text(char text[NUMBER_SIZE], double ratio);
char *ratio_interval_text(char text[INTERVAL_SIZE], double low, double high);

/* What a word from a file says; words that are no verdict say nothing. */
enum tone tone_of(const char *verdict);

#endif
