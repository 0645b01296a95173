/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A producer thread that submits a record when the reader has read the one before, that is, while
 * the reader goes to sleep. Random delays, from none to longer than going to sleep takes, spread
 * the records over all moments of that. And the reader's side.
 */
#ifndef TEST_HANDOVER_H
#define TEST_HANDOVER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "ringview/ringview.h"

#define HANDOVER_LENGTH 8 /* of each record; the payload is the pattern of its number */

struct handover {
	/* Submits the record @number. Called by the producer thread. Returns false to end the
	 * test. */
	bool (*put)(void *context, uint64_t number);
	void *context;
	uint64_t longest; /* delay, in rounds of an empty loop: about a nanosecond each */

	uint64_t seen; /* private from here */
	bool stop, failed;
	pthread_t thread;
};

/* Submit to a struct memory_ring; the second one also discards a record before two of three
 * records. */
bool handover_put(void *ring, uint64_t number);
bool handover_put_with_discards(void *ring, uint64_t number);

/* Returns how many sleeps a test makes: RINGVIEW_SLEEPS if it is set, else @usual, divided by
 * slowness(). */
uint64_t handover_sleeps(uint64_t usual);

/*
 * Arms and sleeps @sleeps times in @epoll_fd, which watches the reader's descriptor edge-triggered.
 * Fails if a wakeup is lost or a record is not the next one.
 */
void hand_over_by_arming(struct handover *h, struct ringview *rv, int epoll_fd, uint64_t sleeps);

/* Reads with ringview_wait() until notifications ended @sleeps sleeps, or, if the strategy has no
 * notifications (RINGVIEW_WAIT_BUSY), until it has read @sleeps records. */
void hand_over_by_waiting(struct handover *h, struct ringview *rv, bool notified, uint64_t sleeps);

#endif
