/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live -watch: shows each run while it is under way, on standard error: on a terminal in place, four
 * times a second; else a line each second.
 */
#ifndef BENCH_LIVE_WATCH_H
#define BENCH_LIVE_WATCH_H

#include <stdio.h>

#include "measure/trial.h"
#include "watch/screen.h"

struct live_watch {
	struct observer observer;
	struct observation last; /* of the current run */
	const char *what;        /* "run" */
	size_t done, total;      /* of them */
	bool in_place;
	struct screen screen;
};

/* The observer to give to measure_live(). */
struct observer *live_watch_begin(struct live_watch *watch);

/* A run begins after @done of @total runs, which are called @what. */
void live_watch_progress(struct live_watch *watch, const char *what, size_t done, size_t total);

/* Clears the terminal's lines. */
void live_watch_end(struct live_watch *watch);

/* Writes an observation; rates are since watch->last. For tests. */
void live_watch_write_view(
	FILE *out, const struct live_watch *watch, const struct observation *observation);
void live_watch_write_line(
	FILE *out, const struct live_watch *watch, const struct observation *observation);

#endif
