/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The threads that make the events: pinned, started together, at a rate or as fast as they can.
 *
 * With a rate they are an open loop: an event is due at its time whether or not those before it
 * have been written, and one that is late keeps the time at which it was due. So a stall shows in
 * the latency of all events that it held up.
 */
#ifndef BENCH_LIVE_PRODUCERS_H
#define BENCH_LIVE_PRODUCERS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/complaint.h"
#include "rings/workload.h"
#include "rings/plan.h"
#include "base/monotonic.h"

/* How one kind of source makes events. Each producer is called by one thread at a time. */
struct producers_job {
	/* Producer @index is to begin at sequence 0; its first event is due at @due. */
	void (*begin)(void *context, uint32_t index, uint64_t due);
	/* Makes up to @events events, and adds the time that they took to *@ns. 0, or a negative
	 * errno with @why. */
	int (*produce)(
		void *context, uint32_t index, uint64_t events, double *ns, struct complaint *why);
	/* How many it has attempted. */
	uint64_t (*attempted)(const void *context, uint32_t index);
	/* Empties the ring of producer 0, which nobody reads. 0, or a negative errno with @why. */
	int (*empty)(void *context, struct complaint *why);
};

struct producer {
	struct producers *all;
	uint32_t index;
	int cpu;
	bool crowded; /* others want this CPU as well: it is left to them while nothing is due */
	pthread_t thread;
	uint64_t origin; /* when its first event is due; ns, CLOCK_MONOTONIC */
	double ns;       /* that its events took */
	int err;
	struct complaint why; /* of @err */
} __attribute__((aligned(128)));

struct producers {
	const struct producers_job *job;
	void *context;
	uint64_t rate; /* of all together */
	struct live_interval interval;
	uint64_t capacity; /* events that a ring is sure to hold */
	uint32_t count;
	uint32_t running; /* threads */
	uint64_t turn;    /* events a producers_turn(); 0: threads make them */
	int command;      /* what they are to do */
	uint32_t ready;   /* threads that wait for it */
	struct producer list[LIVE_PRODUCERS_MAX];
};

/* CPUs that this process might run on when it was started; 0: not known. */
uint32_t producers_cpus(void);

/* Prepares, starts nothing. */
void producers_init(struct producers *p, const struct workload *workload,
	const struct live_plan *plan, const struct producers_job *job, void *context);

/* 0, or a negative errno with @why: then none is running. Where there are turns none ever is. */
int producers_start(struct producers *p, struct complaint *why);

/* Lets producer 0 make the events of a turn, on the calling thread. 0, or a negative errno with
 * @why. */
int producers_turn(struct producers *p, struct complaint *why);

/* Ends them, if they run; *@ns is what all events took. 0, or a negative errno with @why when one
 * has failed. */
int producers_stop(struct producers *p, double *ns, struct complaint *why);

/* A CPU that neither the producers nor the consumer of @workload are on; -1: there is none. */
int producers_spare_cpu(const struct workload *workload);

/* As measure_alone of struct live_source_operations, or measure_unattached if @unattached: then
 * what is run makes no events. */
int producers_measure_alone(
	struct producers *p, bool unattached, double *ns_per_event, struct complaint *why);

/* As monotonic_ns(), and unsigned as the times in events are. */
static inline uint64_t producers_clock(void)
{
	return (uint64_t)monotonic_ns();
}

#endif
