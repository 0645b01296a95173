/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * EVENT: looking for one record more before the last ones are released.
 *
 * The release makes the next record notify. That costs its producer more than anything else, and the
 * sleep that it ends costs the reader as much time as is spent here. So as long as records keep
 * coming this fast, nobody notifies and nobody sleeps. After looking in vain, the next passes do not
 * look: one at first, at most LINGER_SKIPS. docs/measuring.md has figures.
 */
#ifndef RINGVIEW_LINGER_H
#define RINGVIEW_LINGER_H

#include <stdbool.h>

#include "clock.h"

#define LINGER_NS 3000
#define LINGER_SKIPS 63

struct linger {
	unsigned miss;  /* passes to skip after the last look in vain */
	unsigned skips; /* of these, passes that are left */
};

/* At the end of a pass: waits until the producer position is not @produced, and returns whether it
 * came to that. */
static inline bool linger(struct linger *l, const uint64_t *producer, uint64_t produced)
{
	int64_t until;

	if (l->skips > 0) {
		l->skips--;
		return false;
	}
	until = clock_now() + LINGER_NS;
	do {
		/* Relaxed: who reads the record loads the position again. */
		if (__atomic_load_n(producer, __ATOMIC_RELAXED) != produced) {
			l->miss = 0;
			return true;
		}
	} while (clock_now() < until);
	l->miss = l->miss < LINGER_SKIPS ? 2 * l->miss + 1 : LINGER_SKIPS;
	l->skips = l->miss;
	return false;
}

#endif
