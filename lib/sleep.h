/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a waiter sleeps: its descriptors, and the signals and timer slack of its thread.
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

/* Sleeps until an interrupt, or with @rings also until a notification: for at most @ns, whatever
 * the timer slack, or for at most @left if that is not longer, and then the slack comes on top.
 * Without @rings, an interrupt or a signal may take effect up to 2 ms late. Returns 0; -EINTR if a
 * signal handler ran; or another negative errno. */
int sleep_for(struct waiter *w, struct signals *s, bool rings, int64_t ns, int64_t left);

/* Returns whether the waiter was interrupted, and ends the effect of waiter_interrupt(). */
bool sleep_take_interrupt(struct waiter *w);

#endif
