/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a waiter sleeps: its descriptors, and the signals and timer slack of its thread. Uses no
 * other part of struct waiter.
 */
#ifndef RINGVIEW_SLEEP_H
#define RINGVIEW_SLEEP_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "waiter.h"

/* The signals of a thread in a wait: blocked from its first sleep on. Initialize with zeros. */
struct signals {
	bool blocked;
	sigset_t own; /* the thread's mask before */
};

void signals_restore(struct signals *s);

/* Makes the descriptors if necessary. Returns 0 or a negative errno. */
int sleep_prepare(struct waiter *w);

/* Sleep until an interrupt, or with @rings also until a notification, for at most @ns. The second
 * one does not sleep longer than @ns, whatever the timer slack. Return 0; -EINTR if a signal
 * handler ran; or another negative errno. */
int sleep_at_most(struct waiter *w, struct signals *s, bool rings, int64_t ns);
int sleep_within(struct waiter *w, struct signals *s, bool rings, int64_t ns);

/* Ends the effect of waiter_interrupt(), if there is one. */
bool sleep_take_interrupt(struct waiter *w);

#endif
