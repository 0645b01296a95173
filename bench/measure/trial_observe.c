/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "base/process.h"
#include "measure/consumer.h"
#include "measure/trial.h"
#include "base/monotonic.h"

/* A signal that is handled just before the sleep does not end it. */
#define SLEEP_MOST_NS INT64_C(500000000)

/* Returns 0, or -EINTR if the user asked to stop. */
static int sleep_until(int64_t at)
{
	int64_t now;

	while (!interrupted() && (now = monotonic_ns()) < at)
		monotonic_sleep_until(at - now < SLEEP_MOST_NS ? at : now + SLEEP_MOST_NS);
	return interrupted() ? -EINTR : 0;
}

static void observe_latency(const struct histogram *latency, struct observation *o)
{
	static struct histogram copy;

	histogram_copy(&copy, latency);
	if (copy.count == 0)
		return;
	o->latency_p50 = histogram_quantile(&copy, 0.5);
	o->latency_p99 = histogram_quantile(&copy, 0.99);
}

static void observe(const struct trial *trial, const struct consumer *c, int64_t elapsed_ns)
{
	struct source *source = trial->source;
	struct observation o = {
		.combination = trial->combination,
		.elapsed_ns = elapsed_ns,
		.duration_ns = trial->workload->duration_ns,
		.capacity = trial->workload->ring_size * source->rings.count,
		.produced_before = trial->produced_before,
		.lost_before = trial->lost_before,
		.latency_p50 = LIVE_UNKNOWN,
		.latency_p99 = LIVE_UNKNOWN,
	};

	source_observe(source, &o.produced, &o.lost, &o.waiting);
	if (source->target != TARGET_RINGS)
		o.waiting = LIVE_UNKNOWN; /* the perf buffers' backlog is not known */
	consumer_observe(c, &o.consumed, &o.cpu_ns);
	observe_latency(trial->latency, &o);
	trial->observer->observe(trial->observer->context, &o);
}

/* Calls the observer at its interval, which continues over the runs. */
static int observe_until(
	const struct trial *trial, const struct consumer *c, int64_t start, int64_t end)
{
	struct observer *observer = trial->observer;
	int err = 0;

	while (!err && monotonic_ns() < end) {
		const int64_t due = observer->last_ns + observer->interval_ns;
		int64_t next = due;

		/* Overdue at the start: waits until there is something to observe. */
		if (due <= start)
			next = start + observer->interval_ns < end ? start + observer->interval_ns
								   : end;
		err = sleep_until(next < end ? next : end);
		if (err || next > end)
			continue;
		observer->last_ns = monotonic_ns();
		observe(trial, c, observer->last_ns - start);
	}
	return err;
}

int trial_observe(const struct trial *trial, const struct consumer *c)
{
	const int64_t start = monotonic_ns(), end = start + trial->workload->duration_ns;
	pin_set before;
	bool moved;
	int err;

	if (!trial->observer)
		return sleep_until(end);
	/* Moves to a spare CPU, if there is one, and back: threads that are started later would
	 * inherit it. */
	moved = sched_getaffinity(0, sizeof(before), before) == 0 &&
		pin_thread(producers_spare_cpu(trial->workload)) == 0;
	err = observe_until(trial, c, start, end);
	if (moved)
		sched_setaffinity(0, sizeof(before), before);
	return err;
}
