/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looking at a combination while it runs. The thread that looks is the one that waits for the run
 * to end anyway; what it reads are counters that are kept in any case.
 */
#ifndef BENCH_LIVE_OBSERVE_H
#define BENCH_LIVE_OBSERVE_H

#include "measure/consumer.h"
#include "rings/workload.h"

/* All of no one moment, as nobody stops meanwhile. What is not known is LIVE_UNKNOWN. */
struct live_observation {
	struct combination combination;
	int64_t elapsed_ns, duration_ns; /* of this run */
	uint64_t produced;               /* tried */
	uint64_t lost;
	uint64_t
		consumed; /* not known of a peer before it has ended, as its CPU time and latency */
	uint64_t cpu_ns;  /* of the consumer's thread */
	uint64_t waiting; /* bytes, in all rings together */
	uint64_t capacity;                     /* of all rings */
	uint64_t produced_before, lost_before; /* in the rounds before */
	uint64_t latency_p50, latency_p99;     /* of all rounds; ns */
};

struct live_observer {
	void (*observe)(void *context, const struct live_observation *observation);
	void *context;
	int64_t interval_ns;
	int64_t last_ns; /* CLOCK_MONOTONIC, when it was called last; 0 at first */
};

struct live_trial;

/* Sleeps for @duration_ns, the run of @trial, and calls its observer meanwhile, if it has one. 0,
 * or -EINTR when the user asked to stop. */
int live_observe_for(
	const struct live_trial *trial, const struct consumer *consumer, int64_t duration_ns);

#endif
