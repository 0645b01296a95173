/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live -watch: each run while it is under way, on standard error. In place on a terminal, four
 * times a second; else a line each second.
 */
#ifndef BENCH_LIVE_WATCH_H
#define BENCH_LIVE_WATCH_H

#include <stdio.h>

#include "measure/trial.h"
#include "watch/screen.h"

struct live_watch {
	struct observer observer;
	struct observation last; /* of the run that is under way */
	const char *what;        /* "run" */
	size_t done, total;      /* of them */
	bool in_place;
	struct screen screen;
};

/* The observer to give to measure_live(). */
struct observer *live_watch_begin(struct live_watch *watch);

/* A run begins, with @done of @total @what before it. */
void live_watch_progress(struct live_watch *watch, const char *what, size_t done, size_t total);

/* Leaves nothing on a terminal. */
void live_watch_end(struct live_watch *watch);

/* What is shown of an observation; rates are those since @watch->last. For tests. */
void live_watch_write_view(
	FILE *out, const struct live_watch *watch, const struct observation *observation);
void live_watch_write_line(
	FILE *out, const struct live_watch *watch, const struct observation *observation);

#endif
