/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "measure/cache.h"
#include "measure/check.h"
#include "base/interrupt.h"
#include "measure/measure.h"
#include "measure/memory_use.h"
#include "base/monotonic.h"
#include "rings/source.h"
#include "statistics/schedule.h"
#include "statistics/summary.h"

#define RINGS_MAX 8 /* one after the other, over the rounds of a run */

/* A run under way. */
struct run {
	const struct measure_request *request;
	struct measurement *measurement;
	struct complaint *why;
	struct source *source;
	void *states[PATHS_MAX + 1];
	size_t entries; /* the paths and, if there is one, the twin */
	size_t opened;
	int64_t started_ns;
};

static const struct path *path_of(const struct run *run, size_t entry)
{
	return run->measurement->samples[entry].path;
}

/* What a peer did wrong is no fault of the others: the caller may go on without it. */
static int blame(struct run *run, const struct path *path, int err)
{
	if (path->program && err != -EINTR)
		run->measurement->failed = path;
	return err;
}

static int blame_opening(struct run *run, const struct path *path, int err)
{
	struct complaint said;

	if (err == -EINTR)
		return err;
	said = *run->why;
	return blame(run, path, complain(run->why, err, "path %s: %s", path->name, said.text));
}

static int open_all(struct run *run)
{
	const struct measure_request *request = run->request;
	int err;

	err = source_open(&run->source, request->workload, run->why);
	while (!err && run->opened < run->entries) {
		const struct path *path = path_of(run, run->opened);

		err = path->open(&run->states[run->opened], run->source, run->why);
		if (!err)
			run->opened++;
		else if (path->program)
			err = blame_opening(run, path, err);
	}
	return err;
}

static void close_all(struct run *run)
{
	while (run->opened > 0) {
		run->opened--;
		path_of(run, run->opened)->close(run->states[run->opened]);
	}
	source_close(run->source);
	run->source = NULL;
}

static int compare_with_walk(struct run *run, const struct path *path,
	const struct reading *reading, const struct reading_result *found)
{
	const struct workload *workload = run->request->workload;
	const struct ring_bytes *ring = &run->source->ring;
	const uint64_t end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	struct reading_result expected;
	int err;

	if (found->events < reading->events)
		return blame(run, path,
			complain(run->why, -ETIME,
				"path %s: timeout waiting for events: received %llu/%llu; give a "
				"longer -read-timeout",
				path->name, (unsigned long long)found->events,
				(unsigned long long)reading->events));
	if (path->role == PATH_READER && *ring->consumer != end)
		return blame(run, path,
			complain(run->why, -EBADMSG,
				"path %s: released up to position %llu instead of %llu", path->name,
				(unsigned long long)*ring->consumer, (unsigned long long)end));
	err = check_walk(ring, reading->start, workload, reading->touching, &expected, run->why);
	if (err)
		return err;
	if (path == &memory_path)
		expected.checksum = check_cache_lines(ring, reading->start);
	if (found->events != expected.events || found->checksum != expected.checksum)
		return blame(run, path,
			complain(run->why, -EBADMSG,
				"path %s: found %llu events with checksum %llu, but the ring holds "
				"%llu with %llu",
				path->name, (unsigned long long)found->events,
				(unsigned long long)found->checksum,
				(unsigned long long)expected.events,
				(unsigned long long)expected.checksum));
	return 0;
}

/* One reading of what is in the ring, timed and checked. The ring is as before afterwards. */
static int read_once(struct run *run, size_t entry, const struct reading *reading, double *ns,
	uint64_t *checksum)
{
	const struct path *path = path_of(run, entry);
	const struct ring_bytes *ring = &run->source->ring;
	struct complaint *said = reading->why;
	struct reading_result found = { 0, 0 };
	int64_t before, after;
	int err;

	said->text[0] = '\0';
	__atomic_store_n(ring->consumer, reading->start, __ATOMIC_RELEASE);
	err = path->rewind(run->states[entry]);
	/* Whatever ran before, the walk at the latest, left a part of the ring in the caches. */
	cache_flush(ring->data + (reading->start & (ring->size - 1)),
		reading->events * reading->stride);
	if (!err) {
		before = monotonic_ns();
		err = path->read(run->states[entry], reading, &found);
		after = monotonic_ns();
		*ns += (double)(path->own_ns ? path->own_ns(run->states[entry]) : after - before);
		*checksum += found.checksum;
	}
	if (interrupted())
		return -EINTR;
	if (err)
		return blame(run, path,
			complain(run->why, err, "path %s: %s", path->name,
				said->text[0] ? said->text : strerror(-err)));
	return compare_with_walk(run, path, reading, &found);
}

/* Counts what the reading takes, beside timing it, where the machine has counters. */
static int read_counted(struct run *run, size_t entry, const struct reading *reading, double *ns,
	uint64_t *checksum)
{
	struct counters_values *sum = &run->measurement->samples[entry].counted, one;
	struct counters *counters = run->request->counters;
	int err;

	/* Those of a peer's process are not to be had. */
	if (!counters || path_of(run, entry)->program)
		return read_once(run, entry, reading, ns, checksum);
	counters_start(counters);
	err = read_once(run, entry, reading, ns, checksum);
	counters_stop(counters);
	if (!err && counters_read(counters, &one) == 0) {
		sum->cycles += one.cycles;
		sum->instructions += one.instructions;
		sum->cache_misses += one.cache_misses;
		sum->scaled |= one.scaled;
	}
	return err;
}

/* Fills the ring, as often as the events need, and lets every path read each fill. */
static int run_round(struct run *run, size_t row, bool warm_up, double *ns)
{
	struct measurement *measurement = run->measurement;
	const struct workload *workload = run->request->workload;
	const uint64_t capacity = workload_capacity(workload);
	struct complaint said;
	struct reading reading = {
		.stride = workload_stride(workload),
		.batch = workload->batch,
		.read_timeout_ns = workload->read_timeout_ns,
		.why = &said,
	};
	uint64_t checksums[PATHS_MAX + 1] = { 0 }, left = workload->events, ignored = 0;
	size_t order[PATHS_MAX + 1], i;
	double untimed = 0;
	int err = 0;

	schedule_fill(run->entries, row, order);
	while (left > 0) {
		reading.events = left < capacity ? left : capacity;
		reading.start = *run->source->ring.producer;
		__atomic_store_n(run->source->ring.consumer, reading.start, __ATOMIC_RELEASE);
		err = run->source->operations->fill(run->source, reading.events, run->why);
		for (i = 0; i < run->entries && !err && warm_up; i++) {
			if (path_of(run, order[i])->role != PATH_READER)
				continue;
			reading.touching = TOUCHING_PROOF;
			err = read_once(run, order[i], &reading, &untimed, &ignored);
		}
		reading.touching = touching_of(workload);
		for (i = 0; i < run->entries && !err; i++)
			err = read_counted(
				run, order[i], &reading, &ns[order[i]], &checksums[order[i]]);
		if (err)
			return err;
		left -= reading.events;
	}
	for (i = 0; i < run->entries; i++)
		measurement->samples[i].checksum = checksums[i];
	return 0;
}

/* Whether the interval of every path's median is as narrow as asked. */
static bool precise_enough(const struct run *run, size_t rounds)
{
	static struct statistics_scratch scratch;

	for (size_t i = 0; i < run->entries; i++) {
		struct summary s =
			summary_of(run->measurement->samples[i].rounds_ns, rounds, &scratch);

		if (!s.has_interval || (s.interval.high - s.interval.low) / 2 >
					       run->request->plan->precision * s.median)
			return false;
	}
	return true;
}

/* How many rounds there should be, as far as is known after @done of them. */
static size_t wanted_rounds(const struct run *run, size_t done, int64_t round_ns)
{
	const struct measure_plan *plan = run->request->plan;
	const size_t step = schedule_rows(run->entries);
	const size_t most = ROUNDS_MAX / step * step;
	const int64_t elapsed = monotonic_ns() - run->started_ns;
	size_t wanted;

	if (plan->precision > 0) {
		/* Looked at after whole schedules, and after enough for an interval. */
		if (done % step != 0 || done < INTERVAL_ROUNDS_MIN)
			return done + step - done % step;
		if (precise_enough(run, done) || elapsed > PRECISION_TIME_NS)
			return done;
		return done + step < most ? done + step : most;
	}
	if (plan->duration_ns > 0) {
		if (done % step != 0)
			return done + step - done % step;
		if (done > 0 && elapsed + round_ns * (int64_t)step > plan->duration_ns)
			return done;
		return done + step < most ? done + step : most;
	}
	wanted = schedule_rounds(run->entries, plan->rounds);
	return wanted < most ? wanted : most;
}

/* What to show as the number of rounds to come. */
static size_t expected_rounds(const struct run *run, size_t wanted, size_t done, int64_t round_ns)
{
	const struct measure_plan *plan = run->request->plan;
	const int64_t left = plan->duration_ns - (monotonic_ns() - run->started_ns);

	if (plan->precision > 0)
		return 0;
	if (plan->duration_ns > 0 && round_ns > 0 && left > 0)
		return done + (size_t)(left / round_ns);
	return wanted;
}

/* Opens a new ring and every path on it, and warms them up: a round that proves, and is not
 * counted. */
static int open_and_warm_up(struct run *run)
{
	struct measurement *measurement = run->measurement;
	struct counters_values counted[PATHS_MAX + 1];
	double ignored[PATHS_MAX + 1] = { 0 };
	int err;

	close_all(run);
	for (size_t i = 0; i < run->entries; i++)
		counted[i] = measurement->samples[i].counted;
	err = open_all(run);
	if (!err)
		err = run_round(run, 0, true, ignored);
	for (size_t i = 0; i < run->entries; i++)
		measurement->samples[i].counted = counted[i];
	return err;
}

/* Whether a new ring is due after @done rounds: where its pages happen to lie makes a path up to a
 * tenth faster or slower, which must not be taken for the path's own speed. */
static bool ring_is_due(const struct run *run, size_t done)
{
	const size_t step = schedule_rows(run->entries);

	return done % step == 0 && (done / step < RINGS_MAX || done / step % RINGS_MAX == 0);
}

static int run_rounds(struct run *run)
{
	struct measurement *measurement = run->measurement;
	const struct measure_request *request = run->request;
	int64_t round_ns = 0, before;
	size_t done = 0, wanted;
	int err = 0;

	while (!err && done < (wanted = wanted_rounds(run, done, round_ns))) {
		double ns[PATHS_MAX + 1] = { 0 };

		if (request->progress)
			request->progress(request->progress_context, done,
				expected_rounds(run, wanted, done, round_ns));
		before = monotonic_ns();
		if (ring_is_due(run, done))
			err = open_and_warm_up(run);
		if (!err)
			err = run_round(run, done, false, ns);
		round_ns = monotonic_ns() - before;
		for (size_t i = 0; i < run->entries; i++)
			measurement->samples[i].rounds_ns[done] = ns[i];
		done += !err;
	}
	measurement->rounds = done;
	return err;
}

int measure(const struct measure_request *request, struct measurement *measurement,
	struct complaint *why)
{
	const struct workload *workload = request->workload;
	const uint64_t capacity = workload_capacity(workload);
	const bool twin = request->twin_of < request->path_count;
	struct run run = {
		.request = request,
		.measurement = measurement,
		.why = why,
		.entries = request->path_count + twin,
		.started_ns = monotonic_ns(),
	};
	int err;

	memset(measurement, 0, sizeof(*measurement));
	measurement->workload = *workload;
	measurement->path_count = request->path_count;
	measurement->twin_of = twin ? request->twin_of : SIZE_MAX;
	measurement->fills = (workload->events + capacity - 1) / capacity;
	for (size_t i = 0; i < run.entries; i++)
		measurement->samples[i].path =
			request->paths[i < request->path_count ? i : request->twin_of];
	memory_use_reset();
	err = run_rounds(&run);
	measurement->own_memory = memory_use_peak();
	close_all(&run);
	return err;
}
