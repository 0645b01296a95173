/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line on a terminal that is rewritten, once a run takes more than a second.
 */
#ifndef BENCH_PROGRESS_H
#define BENCH_PROGRESS_H

#include <stdbool.h>
#include <time.h>

struct progress {
	struct timespec started;
	bool shown, allowed;
};

void progress_begin(struct progress *p);

/* @share of the whole is done, 0 to 1; the rest of the line is formatted. */
__attribute__((format(printf, 3, 4))) void progress_show(
	struct progress *p, double share, const char *format, ...);

/* Leaves nothing on the terminal. */
void progress_end(struct progress *p);

#endif
