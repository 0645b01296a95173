/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for any of several readers, by each strategy; a reader by itself is a group of one.
 */
#ifndef RINGVIEW_WAITER_H
#define RINGVIEW_WAITER_H

#include <stddef.h>

#include "pacing.h"
#include "ringview/ringview.h"

struct reader;

struct waiter {
	enum ringview_wait_strategy strategy;
	bool many; /* of a group: a broken ring is reported as a record that is there */
	bool always_notified;
	int64_t timer_slack_ns; /* 0: leave the thread's own */
	struct pacing pacing;   /* of PACED */
	int64_t pause_ns;       /* of BUSY: between looks */
	int64_t looked_ns;      /* of BUSY: when the last look was */
	int epoll_fd;           /* watches the readers' descriptors and interrupt_fd */
	int interrupt_fd;       /* eventfd */
	int interrupted;
	bool coarse;                               /* time-outs, as epoll_pwait2() is refused */
	uint64_t waits, sleeps, wakeups, timeouts; /* as in struct ringview_statistics */
};

/* Takes a program's options, of any size. 0 or -EINVAL. NULL is the default. */
int waiter_take_options(struct ringview_options *options, const struct ringview_options *given);

/* @w has to be zeroed but for @many, with both descriptors -1. @options were taken. 0, or a
 * negative errno, and then still to be closed. */
int waiter_open(struct waiter *w, const struct ringview_options *options);
void waiter_close(struct waiter *w);

/* Watches the reader's descriptor. 0 or a negative errno. */
int waiter_watch(struct waiter *w, struct reader *r);
void waiter_forget(struct waiter *w, struct reader *r);

/* ringview_wait(), for any of @count readers. */
int waiter_wait(struct waiter *w, struct reader *const *readers, size_t count, int64_t timeout_ns);

void waiter_interrupt(struct waiter *w);

/* Whether the next wait returns -ECANCELED. */
bool waiter_is_interrupted(const struct waiter *w);

/* Adds what it counted to @statistics. */
void waiter_count(const struct waiter *w, struct ringview_statistics *statistics);

#endif
