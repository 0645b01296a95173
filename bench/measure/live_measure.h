/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs combinations of path and wait against the same producers, in balanced rounds.
 */
#ifndef BENCH_LIVE_MEASURE_H
#define BENCH_LIVE_MEASURE_H

#include "base/complaint.h"
#include "rings/workload.h"
#include "rings/source.h"
#include "readers/peers.h"
#include "readers/work.h"
#include "readers/bursts.h"
#include "statistics/histogram.h"
#include "statistics/samples.h"

#define LIVE_ROUNDS_MAX STATISTICS_ROUNDS_MAX

/* One combination in one round. produced = consumed + lost + discarded, or the run has failed. */
struct live_round {
	/* From the start of the producers until they had stopped and the last event was read, as
	 * consumer_cpu_ns is. */
	int64_t elapsed_ns;
	uint64_t produced; /* tried: the program ran so often */
	uint64_t consumed;
	uint64_t lost; /* there was no room, or they were overwritten */
	uint64_t discarded;
	uint64_t out_of_order;        /* of -order: read after one that was written later */
	double producer_ns_per_event; /* that the program and its notifications took */
	int64_t consumer_cpu_ns;      /* of the consumer's thread */
	uint64_t off_cpu_ns; /* in which that was ready to run, and did not; LIVE_UNKNOWN */
	uint64_t sleeps;     /* system calls of the consumer that could sleep; LIVE_UNKNOWN */
	uint64_t wakeups;    /* of them, ended by a notification; LIVE_UNKNOWN */
	uint64_t high_water; /* most bytes that waited in a ring, headers included; LIVE_UNKNOWN */
	struct bursts_sum bursts; /* all 0 without bursts, and of a reader in another process */
};

struct live_samples {
	struct combination combination;
	struct histogram latency; /* ns, over all rounds: from when an event was due to when it
				   * was handled. At -rate max, when it was written, one of
				   * LIVE_STAMP_EVERY events. */
	struct live_round rounds[LIVE_ROUNDS_MAX];
};

/*
 * The first @count are what was asked for. One more follows, if @twin_of is the index of one and
 * not SIZE_MAX: the same combination a second time, to show the noise.
 */
struct live_measurement {
	struct workload workload;
	size_t count;
	size_t twin_of;
	size_t reference; /* that the others are compared with */
	size_t rounds;
	double alone_ns; /* what an event costs its producer when nobody reads: the median */
	/* Of PRODUCER_SYSCALL: what the call takes with no program attached, the median; else 0. */
	double unattached_ns;
	uint64_t own_memory; /* bytes at the peak, without the rings */
	struct live_samples samples[COMBINATIONS_MAX + 1];
};

/* Told before each combination how many have been run, of how many. May print. */
typedef void (*live_progress)(void *context, size_t done, size_t total);

struct live_observer;

struct live_request {
	const struct workload *workload;
	const struct combination *combinations;
	size_t count;
	const char
		*baseline; /* a combination or a reader; NULL: libbpf's first loop, or the first */
	uint64_t rounds;   /* at least; whole schedules are run */
	live_progress progress;
	void *progress_context;
	struct peers *peers;            /* where those that fail are noted */
	struct live_observer *observer; /* NULL: none */
};

/*
 * Measures. @measurement is large (some MiB): allocate it.
 *
 * Each round runs each combination once for workload->duration_ns, and the one that the others are
 * compared with a second time, in the balanced order of statistics/schedule.h; and then checks that
 * each event that was produced was read once, whole and in order, or was counted as lost or
 * discarded. A peer that fails in this is noted in request->peers, and left out of the measurement;
 * should nothing else be left, its count is 0.
 *
 * 0; -EINTR when the user asked to stop; -EBADMSG when events are missing, came twice or damaged;
 * or another negative errno. @why is filled with all but -EINTR.
 */
int live_measure(const struct live_request *request, struct live_measurement *measurement,
	struct complaint *why);

/* The first that is meant by @baseline (struct live_request). SIZE_MAX: none is. */
size_t live_reference(const struct combination *combinations, size_t count, const char *baseline);

/* One combination for workload->duration_ns, on empty rings. */
struct live_trial {
	struct source *source;
	const struct workload *workload;
	struct combination combination;
	struct work work;
	struct histogram *latency; /* what is measured is added */
	struct live_round *round;
	struct live_observer *observer;        /* NULL: none */
	uint64_t produced_before, lost_before; /* for the observer */
	bool reader_failed; /* out: the error was the reader's, not the producers' */
};

/* As live_measure(). */
int live_run(struct live_trial *trial, struct complaint *why);

#endif
