/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs combinations of path and wait against the same producers, in balanced rounds.
 */
#ifndef BENCH_LIVE_MEASURE_H
#define BENCH_LIVE_MEASURE_H

#include "base/complaint.h"
#include "rings/live.h"
#include "measure/live_observe.h"
#include "rings/live_source.h"
#include "readers/work.h"
#include "readers/peers.h"

/* Told before each combination how many have been run, of how many. May print. */
typedef void (*live_progress)(void *context, size_t done, size_t total);

struct live_request {
	const struct live_workload *workload;
	const struct live_combination *combinations;
	size_t count;
	uint64_t rounds; /* at least; whole schedules are run */
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

/* One combination for workload->duration_ns, on empty rings. */
struct live_trial {
	struct live_source *source;
	const struct live_workload *workload;
	struct live_combination combination;
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
