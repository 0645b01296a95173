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

/*
 * In silence a notification ends the sleep, but not for records that are submitted without one, so
 * the ring is looked at once a budget all the same. Where a sleep costs much (25 us of CPU time in
 * a virtual machine, 12 % with 200 us) that is a lot for nothing: once notifications are trusted,
 * it is looked at every PACING_TRUSTED budgets. Each silence that a notification ends adds one to
 * the trust, up to PACING_TRUST_MOST, and one that ends without takes PACING_DISTRUST off: not all,
 * as a record may be found just before its notification arrives.
 */
#define PACING_TRUST_AT 64
#define PACING_TRUST_MOST 128
#define PACING_DISTRUST 16
#define PACING_TRUSTED 10

struct pacing {
	int64_t budget_ns;
	int64_t looked_ns; /* when the last look was */
	int64_t found_ns;  /* when the last look was that found something */
	int64_t half_ns;   /* in which a ring gets half full, at the highest rate seen lately */
	unsigned empty;    /* looks in a row that found nothing, up to PACING_PATIENCE */
	bool silent;       /* by patience, or as single records came a budget or more apart */
	unsigned trust;    /* in notifications */
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

/* How long to sleep in silence, in ns. */
int64_t pacing_silence_ns(const struct pacing *p);

/* A record came in silence; @notified: and a notification told. */
void pacing_silence_ended(struct pacing *p, bool notified);

#endif
