/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a waiter sleeps: its descriptors, the signals and the timer slack of its thread. The rest of
 * struct waiter is not looked at.
 */
#ifndef RINGVIEW_SLEEP_H
#define RINGVIEW_SLEEP_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "waiter.h"

/* The signals of a thread in a wait: blocked from its first sleep on. Begins as zeros. */
struct signals {
	bool blocked;
	sigset_t own; /* the thread's mask before */
};

void signals_restore(struct signals *s);

/* Makes the descriptors, if they are not there. 0 or a negative errno. */
int sleep_prepare(struct waiter *w);

/* Sleep until a notification, an interrupt (@rings: or only that), for @ns at most; the second one
 * for no longer than @ns, or a little less, whatever the timer slack is. 0, -EINTR a signal handler
 * ran, or another negative errno. */
int sleep_at_most(struct waiter *w, struct signals *s, bool rings, int64_t ns);
int sleep_within(struct waiter *w, struct signals *s, bool rings, int64_t ns);

/* Ends the effect of waiter_interrupt(), if there is one. */
bool sleep_take_interrupt(struct waiter *w);

#endif
