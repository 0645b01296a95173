/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for any of several readers, by each strategy. A single reader is a group of one.
 */
#ifndef RINGVIEW_WAITER_H
#define RINGVIEW_WAITER_H

#include <stddef.h>

#include "pacing.h"
#include "ringview/ringview.h"

struct order;
struct reader;

struct queue {
	struct reader *first, *last;
};

struct waiter {
	enum ringview_wait_strategy strategy;
	bool always_notified;
	int64_t timer_slack_ns; /* 0 keeps the thread's own */

	struct reader **readers;
	size_t count;
	bool many;            /* a group: a ring's error is reported when its turn comes */
	bool is_used;         /* by a call, or the last one was left: see begin_use() */
	struct queue touched; /* readers by their place */
	struct queue ready;
	struct reader *turn; /* returned last by waiter_next_turn(); in no queue */
	struct order *order; /* or NULL */

	struct pacing pacing; /* PACED */
	int64_t pause_ns;     /* BUSY: between polls */
	int64_t looked_ns;    /* BUSY and groups: time of the last poll of all rings */

	uint64_t owner;   /* process_number() of the process that made the descriptors */
	int epoll_fd;     /* watches the readers' descriptors and interrupt_fd; -1 until needed */
	int interrupt_fd; /* eventfd */
	int interrupted;

	uint64_t slack_thread; /* the thread of slack_ns, valid for slack_sleeps more sleeps */
	unsigned slack_sleeps;
	int64_t slack_ns;

	uint64_t waits, sleeps, wakeups, timeouts; /* as in struct ringview_statistics */
};

struct ringview_group {
	struct waiter waiter;
};

/* @w has to be zeroed, @options checked. Returns 0 or -ENOMEM. */
int waiter_open(struct waiter *w, const struct ringview_options *options);
void waiter_close(struct waiter *w);

/* Adds a reader to the waiter, whose array has room for it, or removes it. Returns 0, or the error
 * of epoll_ctl() if the waiter has descriptors. */
int waiter_add(struct waiter *w, struct reader *r);
void waiter_remove(struct waiter *w, struct reader *r);

/* ringview_wait(), for any of the readers. */
int waiter_wait(struct waiter *w, int64_t timeout_ns);

/* Ends the turn of the last reader. Returns the next one, and begins its turn; or NULL. */
struct reader *waiter_next_turn(struct waiter *w);

/* Empties the queue of ready readers, and ends all turns. */
void waiter_put_back(struct waiter *w);

/* Poll all rings that are not ready, without arming them, or only the rest of what the last poll
 * found and the user has not read. Readers that are ready then have a record, or an error. */
void waiter_look_at_all(struct waiter *w);
void waiter_look_at_rest(struct waiter *w);

/* Call it when records of an armed reader are returned or skipped. */
void waiter_touch(struct waiter *w, struct reader *r);

/* Removes the reader from its queue. */
void waiter_forget(struct waiter *w, struct reader *r);

/* In a child of fork(): takes the readers over, with descriptors of its own. */
void waiter_take_over(struct waiter *w);

/* Returns a descriptor that is readable after a notification or an interrupt, until it is taken; a
 * negative errno otherwise. */
int waiter_descriptor(struct waiter *w);

/* Takes the notifications. Returns whether any ring notified. */
bool waiter_take_notifications(struct waiter *w);

void waiter_interrupt(struct waiter *w);

/* Whether the next wait returns -ECANCELED. */
bool waiter_is_interrupted(const struct waiter *w);

/* Adds the waiter's counts to @statistics. */
void waiter_count(const struct waiter *w, struct ringview_statistics *statistics);

#endif
