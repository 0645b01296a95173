/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread that hands records over one by one: each is put once the one before was seen, so while
 * the reader is about to sleep. Its delays are random, from none to longer than falling asleep
 * takes, so that records meet every moment of that. And the reader's side of it.
 */
#ifndef TEST_HANDOVER_H
#define TEST_HANDOVER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "ringview/ringview.h"

#define HANDOVER_LENGTH 8 /* of each record, of which the payload is the pattern of its number */

struct handover {
	/* Puts the record @number. Not from the thread that reads. False ends all. */
	bool (*put)(void *context, uint64_t number);
	void *context;
	uint64_t longest; /* delay, in rounds of an empty loop: about a nanosecond each */

	uint64_t seen; /* private from here on */
	bool stop, failed;
	pthread_t thread;
};

/* Puts into a struct memory_ring; also with discarded records before two of three. */
bool handover_put(void *ring, uint64_t number);
bool handover_put_with_discards(void *ring, uint64_t number);

/* How many sleeps a test is to have: @usual, or what RINGVIEW_SLEEPS says of it; fewer where each
 * takes longer by far, under valgrind and sanitizers. */
uint64_t handover_sleeps(uint64_t usual);

/*
 * Sleeps @sleeps times in @epoll_fd, which watches the reader's descriptor edge-triggered, after
 * ringview_arm(). Fails when a wakeup is lost or a record is not the next one.
 */
void hand_over_by_arming(struct handover *h, struct ringview *rv, int epoll_fd, uint64_t sleeps);

/* Reads in ringview_wait() until @sleeps of them were ended by notifications, or, where none can
 * be (RINGVIEW_WAIT_BUSY), until that many records were read. */
void hand_over_by_waiting(struct handover *h, struct ringview *rv, bool notified, uint64_t sleeps);

#endif
