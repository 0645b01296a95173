/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When to look at a ring again, for RINGVIEW_WAIT_PACED. Knows no clock and no ring: the caller
 * passes in what was found, and when. Times are nanoseconds of any clock that only goes forward.
 *
 * While a stream lives, the reader looks once a budget, or sooner where the ring would fill up, and
 * no producer notifies. A stream is over when nothing has come for as long as the reader lingers.
 * In silence the reader sleeps until a notification, and looks at times that back off, for records
 * that are submitted without one.
 */
#ifndef RINGVIEW_PACING_H
#define RINGVIEW_PACING_H

#include <stdbool.h>
#include <stdint.h>

/* The default of linger_ns, in budgets. A look costs the reader about as much CPU time as a
 * notification costs a producer (20 us each in a virtual machine): the observed program's time
 * counts ten times as much as the reader's. */
#define PACING_LINGER_BUDGETS 10

/* The longest sleep in silence, unless the budget is longer: two looks cost 0.1 % of a CPU then. */
#define PACING_SILENCE_NS 20000000

/* Assumed worst-case rate of an unknown producer: 4 bytes a nanosecond. One that writes records of
 * 64 B as fast as it can makes 1.7 (Zen 4). */
#define PACING_FASTEST 4

/* A look finds at most this part of a ring, at a rate that was seen before: the rest is for sleeps
 * that end late. With a half, a ring of 256 KiB and 120 MB a second lost 0.3 % to stalls of 2 ms.
 */
#define PACING_FILL_PART 4

/* Reading that took more than this part of a budget is followed by a look at once, in place of a
 * sleep in which the events that came meanwhile would get old. */
#define PACING_CHASE_PART 16

struct pacing {
	int64_t budget_ns;
	int64_t linger_ns;
	int64_t looked_ns;  /* when the last look was */
	int64_t found_ns;   /* when the last look was that found something */
	int64_t fill_ns;    /* in which that part of a ring fills up, at the highest rate lately */
	int64_t silence_ns; /* how long to sleep in silence; 0 while a stream lives */
};

/* Begins in silence. @linger_ns: 0 for the default. */
void pacing_start(struct pacing *p, int64_t budget_ns, int64_t linger_ns, int64_t now_ns);

/*
 * A look at @now_ns found @bytes that were not there at the last look, in a ring of @size bytes;
 * @single says that they are one record. Of several rings, the one that got the largest share of
 * its size.
 */
void pacing_looked(struct pacing *p, uint64_t bytes, uint64_t size, bool single, int64_t now_ns);

/* How long after @now_ns to look next; 0 or less: at once. Where pacing_is_silent(), if there is no
 * notification before. */
int64_t pacing_pause(const struct pacing *p, int64_t now_ns);

static inline bool pacing_is_silent(const struct pacing *p)
{
	return p->silence_ns > 0;
}

#endif
