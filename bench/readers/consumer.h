/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The thread that reads: one combination of path and wait, checking each event that it gets.
 */
#ifndef BENCH_CONSUMER_H
#define BENCH_CONSUMER_H

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>

#include "base/complaint.h"
#include "rings/live.h"
#include "rings/live_source.h"
#include "readers/work.h"

/* What is read of one producer. */
struct consumer_stream {
	uint64_t next; /* sequence number: all after the last event read */
	uint64_t read; /* events */
};

struct consumer {
	const struct live_workload *workload;
	struct live_combination combination;
	struct work work;
	struct histogram *latency;
	struct live_source *source;

	struct consumer_stream streams[LIVE_PRODUCERS_MAX];
	uint64_t consumed;
	uint32_t clock_left; /* events that are handled at clock_ns; 0 after each wait */
	int64_t clock_ns;
	/* Once the producers have stopped, the work on what is left in the rings, which may take
	 * minutes, is not done but added to all times. */
	bool finishing;
	int64_t saved_ns;
	int64_t started_ns;   /* CLOCK_MONOTONIC, before the first read */
	int64_t turns_cpu_ns; /* that the events of its own turns took to make */
	int64_t last_ns;      /* CLOCK_MONOTONIC, after the last read that found something */
	int64_t stopped_ns;   /* CLOCK_MONOTONIC, when all producers had stopped */
	int64_t cpu_ns;       /* of the thread, from when it began to read, without that */
	uint64_t off_cpu_ns;  /* in which the thread was ready to run, and did not; LIVE_UNKNOWN */
	uint64_t sleeps, wakeups,
		high_water; /* as in struct live_round; libbpf knows no high water */
	uint64_t lost;      /* events that perf says it had no room for; */
	bool lost_is_all;   /* or else those after the last event that was read are not in it */

	const struct consumer_engine *engine; /* how it waits and reads */
	void *state;                          /* the engine's */
	void *buffer;                         /* that MODE_COPY copies to */
	pthread_t thread;
	sem_t ready;
	int stop;
	int open_err;         /* of opening: set before @ready is posted, and not changed after */
	int err;              /* of reading */
	struct complaint why; /* of either */
};

/* What ringview, libbpf and the peers do each in their own way. */
struct consumer_engine {
	/* 0, or a negative errno with c->why. */
	int (*open)(struct consumer *c);
	/* Waits, and reads what is there. 0, or a negative errno. */
	int (*read)(struct consumer *c);
	/* Reads all that is left, without waiting. 0, or a negative errno. */
	int (*finish)(struct consumer *c);
	/* Ends the waiting of read(), as far as it can. For another thread. */
	void (*interrupt)(struct consumer *c);
	void (*close)(struct consumer *c);
	/* It reads in another process, which says itself when, and what it took. */
	bool measures_itself;
};

extern const struct consumer_engine ringview_engine, libbpf_engine, perfbuf_engine, peer_engine;

/* Starts the thread with the first five fields set, and the others 0; it waits for events when this
 * returns. Adds to @latency. 0, or a negative errno with @why. */
int consumer_start(struct consumer *c, struct complaint *why);

/*
 * To be called when all producers have stopped: lets the thread read what is left, and joins it. 0,
 * or a negative errno with @why: an event came twice, out of order, or damaged, or the reader
 * failed.
 */
int consumer_stop(struct consumer *c, struct complaint *why);

/* While it runs, and for another thread: what it has read so far, and the CPU time of its thread;
 * LIVE_UNKNOWN of a reader in another process. */
void consumer_observe(const struct consumer *c, uint64_t *consumed, uint64_t *cpu_ns);

#endif
