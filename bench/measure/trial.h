/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live: one run of one combination, which may be observed meanwhile. The thread that observes is the
 * one that waits for the run to end; it reads counters that are kept in any case.
 */
#ifndef BENCH_TRIAL_H
#define BENCH_TRIAL_H

#include "measure/measure.h"
#include "readers/work.h"
#include "rings/source.h"

/* Nobody stops meanwhile, so the values are not of one instant. LIVE_UNKNOWN: unknown. */
struct observation {
	struct combination combination;
	int64_t elapsed_ns, duration_ns; /* of this run */
	uint64_t produced;               /* attempted */
	uint64_t lost;
	uint64_t consumed; /* of a peer unknown until it has ended, as its CPU time and latency */
	uint64_t cpu_ns;   /* of the consumer's thread */
	uint64_t waiting, capacity;            /* bytes, of all rings */
	uint64_t produced_before, lost_before; /* in earlier rounds */
	uint64_t latency_p50, latency_p99;     /* of all rounds; ns */
};

struct observer {
	void (*observe)(void *context, const struct observation *observation);
	void *context;
	int64_t interval_ns;
	int64_t last_ns; /* CLOCK_MONOTONIC, of the last call; 0 at first */
};

/* One combination for workload->duration_ns, on empty rings. */
struct trial {
	struct source *source;
	const struct workload *workload;
	struct combination combination;
	struct work work;
	struct histogram *latency;             /* values are added */
	struct round *round;                   /* out */
	struct observer *observer;             /* NULL: none */
	uint64_t produced_before, lost_before; /* for the observer */
	bool reader_failed; /* out: the error is the reader's, not the producers' */
};

/* Returns as measure_live(). */
int trial_run(struct trial *trial, struct complaint *why);

struct consumer;

/* Sleeps for workload->duration_ns and calls the observer meanwhile. Returns 0, or -EINTR if the
 * user asked to stop. */
int trial_observe(const struct trial *trial, const struct consumer *consumer);

#endif
