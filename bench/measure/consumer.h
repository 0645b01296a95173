/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The thread that reads in live, by one reader and its wait. It checks each event.
 */
#ifndef BENCH_CONSUMER_H
#define BENCH_CONSUMER_H

#include <pthread.h>
#include <semaphore.h>

#include "readers/live_check.h"
#include "readers/reader.h"
#include "rings/source.h"

struct consumer {
	/* Set before the start, with the first four fields of @check; the rest is 0. */
	struct source *source;
	struct reading reading; /* its reader and its wait */
	struct live_check check;

	int64_t started_ns;   /* CLOCK_MONOTONIC, before the first read */
	int64_t turns_cpu_ns; /* in which it produced events itself */
	int64_t stopped_ns;   /* CLOCK_MONOTONIC, when all producers had stopped */
	uint64_t off_cpu_ns;  /* in which the thread was ready and did not run; LIVE_UNKNOWN */
	pthread_t thread;
	sem_t ready;
	int open_err; /* of opening: set before @ready is posted, and not changed after */
	int err;      /* of reading */
};

/* Starts the thread; when this returns, it waits for events. It adds to check.latency. Returns 0, or
 * a negative errno with @why. */
int consumer_start(struct consumer *c, struct complaint *why);

/* After all producers have stopped: lets the thread read what is left, and joins it. Returns 0, or a
 * negative errno with @why: an event came twice, out of order or damaged, or the reader failed. */
int consumer_stop(struct consumer *c, struct complaint *why);

/* For another thread, while it runs: what it has read so far, and the CPU time of its thread;
 * LIVE_UNKNOWN of a reader in another process. */
void consumer_observe(const struct consumer *c, uint64_t *consumed, uint64_t *cpu_ns);

#endif
