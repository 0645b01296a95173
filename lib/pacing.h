/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When to poll a ring again, for RINGVIEW_WAIT_PACED. Knows no clock and no ring: the caller passes
 * in what was found, and when. Times are nanoseconds of any monotonic clock.
 *
 * While a stream lasts, the reader polls once a budget, or sooner if the ring would fill up, and no
 * producer notifies. A stream is over when nothing has come for linger_ns. In silence the reader
 * sleeps until a notification, and polls at intervals that back off, for records that are submitted
 * without one.
 */
#ifndef RINGVIEW_PACING_H
#define RINGVIEW_PACING_H

#include <stdbool.h>
#include <stdint.h>

/* The default of linger_ns, in budgets. A poll costs the reader about as much CPU time as a
 * notification costs a producer (20 us each in a virtual machine), so CPU time of the observed
 * program counts ten times as much as the reader's. */
#define PACING_LINGER_BUDGETS 10

/* The longest sleep in silence, unless the budget is longer: polling then costs 0.1 % of a CPU. */
#define PACING_SILENCE_NS 50000000

/* Assumed worst-case rate of an unknown producer: 4 bytes a nanosecond. One that writes records of
 * 64 B as fast as it can makes 1.7 (Zen 4). */
#define PACING_FASTEST 4

/* The ring fills to a quarter between polls at a known rate; the rest is for sleeps that end late.
 * With a half, a ring of 256 KiB at 120 MB/s lost 0.3 % of its records to stalls of 2 ms. */
#define PACING_FILL_PART 4

/* After reading for more than this part of a budget, the reader polls at once instead of sleeping
 * while events that came meanwhile get old. */
#define PACING_CHASE_PART 16

struct pacing {
	int64_t budget_ns;
	int64_t linger_ns;
	int64_t looked_ns;  /* time of the last poll */
	int64_t found_ns;   /* time of the last poll that found something */
	int64_t fill_ns;    /* time to fill a quarter of the ring at the highest recent rate */
	int64_t silence_ns; /* how long to sleep in silence; 0 while a stream lasts */
};

/* Starts in silence. @linger_ns: 0 means the default. */
void pacing_start(struct pacing *p, int64_t budget_ns, int64_t linger_ns, int64_t now_ns);

/*
 * A poll at @now_ns found @bytes that were not there at the last poll, in a ring of @size bytes;
 * @single: they are one record. For several rings, pass the one with the largest new share.
 */
void pacing_looked(struct pacing *p, uint64_t bytes, uint64_t size, bool single, int64_t now_ns);

/* Returns the time from @now_ns to the next poll in ns; 0 or less means at once. If
 * pacing_is_silent(), a notification may come before. */
int64_t pacing_pause(const struct pacing *p, int64_t now_ns);

static inline bool pacing_is_silent(const struct pacing *p)
{
	return p->silence_ns > 0;
}

static inline int64_t shorter(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static inline int64_t longer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

#endif
