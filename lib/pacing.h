/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When to look at a ring again, for RINGVIEW_WAIT_PACED. Knows no clock and no ring: what is found,
 * and when, is told to it. Times are nanoseconds of any clock that only goes forward.
 */
#ifndef RINGVIEW_PACING_H
#define RINGVIEW_PACING_H

#include <stdbool.h>
#include <stdint.h>

#define PACING_SILENCE INT64_MAX /* pacing_next(): not before a notification */

/* Empty looks in a row before that, and in how many budgets at least: the first looks at a small
 * ring are so short after silence that a stream has nothing yet. */
#define PACING_PATIENCE 3
#define PACING_PATIENCE_BUDGETS 2

/* What is feared of producers of which nothing is known yet: 4 bytes a nanosecond. One that writes
 * records of 64 B as fast as it can makes 1.7 (Zen 4). */
#define PACING_FASTEST 4

struct pacing {
	int64_t budget_ns;
	int64_t looked_ns; /* when the last look was */
	int64_t found_ns;  /* when the last look was that found something */
	int64_t half_ns;   /* in which a ring gets half full, at the highest rate seen lately */
	unsigned empty;    /* looks in a row that found nothing, up to PACING_PATIENCE */
	bool silent;       /* by patience, or as single records came a budget or more apart */
};

/* Begins in silence. */
void pacing_start(struct pacing *p, int64_t budget_ns, int64_t now_ns);

/*
 * A look at @now_ns found @bytes that were not there at the last look, in a ring of @size bytes;
 * @single says that they are one record. Of several rings, tell of the one that got the largest
 * share of its size.
 */
void pacing_looked(struct pacing *p, uint64_t bytes, uint64_t size, bool single, int64_t now_ns);

/* When to look next, or PACING_SILENCE. It may be over already. */
int64_t pacing_next(const struct pacing *p);

#endif
