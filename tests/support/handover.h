/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread that hands records over one by one: each is put once the one before was seen, so while
 * the reader is about to sleep. Shorter and longer delays let it meet every moment of that.
 */
#ifndef TEST_HANDOVER_H
#define TEST_HANDOVER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "sources/memory_ring.h"

struct handover {
	struct memory_ring *ring;
	uint64_t count; /* of records; each holds its number, 64 bits */
	bool discards;  /* before two of three records */
	uint64_t seen;
	pthread_t thread;
};

/* Starts the thread, with the first three fields set. */
void handover_start(struct handover *h);

/* The reader has seen the record @number, and will look for the next one. */
void handover_seen(struct handover *h, uint64_t number);

/* Waits for the thread's end. False: the ring was full, so what was seen was not given back. */
bool handover_join(struct handover *h);

#endif
