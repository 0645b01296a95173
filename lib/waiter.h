/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for any of several readers, by each strategy; a reader by itself is a group of one.
 */
#ifndef RINGVIEW_WAITER_H
#define RINGVIEW_WAITER_H

#include <pthread.h>
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
	int64_t timer_slack_ns; /* 0: leave the thread's own */

	struct reader **readers;
	size_t count;
	bool many;            /* of a group: a broken ring is reported as a record that is there */
	struct queue touched; /* readers by their place */
	struct queue ready;
	struct reader *turn; /* in no queue: the one that waiter_next_turn() returned last */
	struct order *order; /* or NULL */

	struct pacing pacing; /* of PACED */
	int64_t pause_ns;     /* of BUSY: between looks */
	int64_t looked_ns;    /* when the last look at all rings was; of BUSY and of groups */

	uint64_t owner;   /* process_number() of the process whose descriptors these are */
	int epoll_fd;     /* watches the readers' descriptors and interrupt_fd; -1 until needed */
	int interrupt_fd; /* eventfd */
	int interrupted;

	pthread_t slack_thread; /* whose slack was read, and may be used for so many sleeps */
	unsigned slack_sleeps;
	int64_t slack_ns;

	uint64_t waits, sleeps, wakeups, timeouts; /* as in struct ringview_statistics */
};

struct ringview_group {
	struct waiter waiter;
};

/* Takes a program's options, of any size. 0 or -EINVAL. NULL is the default. */
int waiter_take_options(struct ringview_options *options, const struct ringview_options *given);

/* @w has to be zeroed. @options were checked. 0 or -ENOMEM. */
int waiter_open(struct waiter *w, const struct ringview_options *options);
void waiter_close(struct waiter *w);

/* Puts the reader in charge of the waiter, whose array has room for it, or takes it out. 0, or what
 * epoll_ctl() says, where the waiter has descriptors. */
int waiter_add(struct waiter *w, struct reader *r);
void waiter_remove(struct waiter *w, struct reader *r);

/* ringview_wait(), for any of the readers. */
int waiter_wait(struct waiter *w, int64_t timeout_ns);

/* The next reader in turn, its turn begun, or NULL; the turn of the last one is over. */
struct reader *waiter_next_turn(struct waiter *w);

/* Puts back what was ready and not handed out, and ends all turns. */
void waiter_put_back(struct waiter *w);

/* Look at all rings, without arming them, or at what the user has not read of what the last look
 * found: what is ready then has a record, or an error. */
void waiter_look_at_all(struct waiter *w);
void waiter_look_at_rest(struct waiter *w);

/* Of a reader that is armed: records are shown or skipped. */
void waiter_touch(struct waiter *w, struct reader *r);

/* Takes it out of its queue. */
void waiter_forget(struct waiter *w, struct reader *r);

/* In a child of fork(): from now on the readers are ours; descriptors that are shared with the
 * parent are left to it. */
void waiter_take_over(struct waiter *w);

/* A descriptor that is readable from a notification on, or an interrupt, until they are taken; or a
 * negative errno. */
int waiter_descriptor(struct waiter *w);

/* Takes them; whether any ring notified. */
bool waiter_take_notifications(struct waiter *w);

void waiter_interrupt(struct waiter *w);

/* Whether the next wait returns -ECANCELED. */
bool waiter_is_interrupted(const struct waiter *w);

/* Adds what it counted to @statistics. */
void waiter_count(const struct waiter *w, struct ringview_statistics *statistics);

#endif
