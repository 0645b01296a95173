/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "measure/cache.h"
#include "measure/check.h"
#include "measure/fill.h"
#include "base/interrupt.h"
#include "measure/measure.h"
#include "measure/memory_use.h"
#include "base/monotonic.h"
#include "base/pin.h"
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
	struct reading readings[READERS_MAX + 1];
	size_t entries; /* the readers and, if there is one, the twin */
	size_t opened;
	int64_t started_ns;
	uint64_t first;    /* number of the next round's first event */
	uint32_t *lengths; /* of the events of a fill, where they differ or some are discarded */
};

static const struct reader *reader_of(const struct run *run, size_t entry)
{
	return run->measurement->samples[entry].reader;
}

/* What a peer did wrong is no fault of the others: the caller may go on without it. */
static int blame(struct run *run, const struct reader *reader, int err)
{
	if (reader->program && err != -EINTR)
		run->measurement->failed = reader;
	return err;
}

static int blame_opening(struct run *run, const struct reading *r, int err)
{
	if (err == -EINTR)
		return err;
	if (!r->reader->program)
		return complain(run->why, err, "%s", r->why.text);
	return blame(run, r->reader,
		complain(run->why, err, "path %s: %s", r->reader->name, r->why.text));
}

static int open_all(struct run *run)
{
	const struct measure_request *request = run->request;
	int err;

	run->first = 0;
	err = source_open(&run->source, request->workload, false, run->why);
	while (!err && run->opened < run->entries) {
		const struct reader *reader = reader_of(run, run->opened);
		struct reading *r = &run->readings[run->opened];

		*r = (struct reading){ .reader = reader, .rings = &run->source->rings };
		err = reader->open(r);
		if (!err)
			run->opened++;
		else
			err = blame_opening(run, r, err);
	}
	return err;
}

static void close_all(struct run *run)
{
	while (run->opened > 0) {
		run->opened--;
		reader_of(run, run->opened)->close(&run->readings[run->opened]);
	}
	source_close(run->source);
	run->source = NULL;
}

static int compare_with_walk(struct run *run, const struct reading *r)
{
	const struct workload *workload = run->request->workload;
	const struct reader *reader = r->reader;
	const struct ring_bytes *ring = source_ring(run->source, 0);
	const uint64_t end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	struct reading_result expected;
	int err;

	if (r->found.events < r->wanted)
		return blame(run, reader,
			complain(run->why, -ETIME,
				"path %s: timeout waiting for events: received %llu/%llu; give a "
				"longer -read-timeout",
				reader->name, (unsigned long long)r->found.events,
				(unsigned long long)r->wanted));
	if (!reader->limit && *ring->consumer != end)
		return blame(run, reader,
			complain(run->why, -EBADMSG,
				"path %s: released up to position %llu instead of %llu",
				reader->name, (unsigned long long)*ring->consumer,
				(unsigned long long)end));
	err = check_walk(ring, r, workload, &expected, run->why);
	if (err)
		return err;
	if (reader->by_lines)
		expected.checksum = check_cache_lines(ring, r->start);
	if (r->found.events != expected.events || r->found.checksum != expected.checksum)
		return blame(run, reader,
			complain(run->why, -EBADMSG,
				"path %s: found %llu events with checksum %llu, but the ring holds "
				"%llu with %llu",
				reader->name, (unsigned long long)r->found.events,
				(unsigned long long)r->found.checksum,
				(unsigned long long)expected.events,
				(unsigned long long)expected.checksum));
	return 0;
}

/* Until all has been found, or nothing came for the time-out. This is what is timed. */
static int read_all(struct reading *r, int64_t timeout_ns)
{
	int (*const read)(struct reading *, int64_t) = r->reader->read;
	uint64_t before;
	int err;

	if (r->reader->itself)
		return read(r, timeout_ns);
	err = read(r, 0);
	while (!err && r->found.events < r->wanted) {
		before = r->found.events;
		err = read(r, timeout_ns);
		if (err == -EINTR && !interrupted())
			err = 0;
		else if (r->found.events == before)
			break;
	}
	return err;
}

/* One reading of what is in the ring, timed and checked. */
static int read_once(
	struct run *run, size_t entry, enum touching touching, double *ns, uint64_t *checksum)
{
	struct reading *r = &run->readings[entry];
	const struct reader *reader = r->reader;
	const struct ring_bytes *ring = source_ring(run->source, 0);
	int64_t before, after;
	int err = 0;

	r->work = (int)touching;
	r->found = (struct reading_result){ 0, 0 };
	r->why.text[0] = '\0';
	if (!r->again) {
		__atomic_store_n(ring->consumer, r->start, __ATOMIC_RELEASE);
		if (reader->rewind)
			err = reader->rewind(r);
	}
	/* Whatever ran before, the walk at the latest, left a part of the ring in the caches. */
	if (run->request->workload->caches == CACHES_COLD)
		cache_flush(ring->data + (r->start & (ring->size - 1)), r->bytes);
	if (!err) {
		before = monotonic_ns();
		err = read_all(r, run->request->workload->read_timeout_ns);
		after = monotonic_ns();
		*ns += (double)(reader->itself ? r->own_ns : after - before);
		*checksum += r->found.checksum;
	}
	if (interrupted())
		return -EINTR;
	if (err)
		return blame(run, reader,
			complain(run->why, err, "path %s: %s", reader->name,
				r->why.text[0] ? r->why.text : strerror(-err)));
	return compare_with_walk(run, r);
}

/* Counts what the reading takes, beside timing it, where the machine has counters. */
static int read_counted(
	struct run *run, size_t entry, enum touching touching, double *ns, uint64_t *checksum)
{
	struct counters_values *sum = &run->measurement->samples[entry].counted, one;
	struct counters *counters = run->request->counters;
	int err;

	/* Those of a peer's process are not to be had. */
	if (!counters || reader_of(run, entry)->program)
		return read_once(run, entry, touching, ns, checksum);
	counters_start(counters);
	err = read_once(run, entry, touching, ns, checksum);
	counters_stop(counters);
	if (!err && counters_read(counters, &one) == 0) {
		sum->cycles += one.cycles;
		sum->instructions += one.instructions;
		sum->cache_misses += one.cache_misses;
		sum->scaled |= one.scaled;
	}
	return err;
}

/* Lets the events be written, by whom -caches says; the readers are to read them, and @again. */
static int make_fill(struct run *run, const struct reading *fill, bool again)
{
	const struct workload *workload = run->request->workload;
	const uint64_t start = *source_ring(run->source, 0)->producer;
	const bool other = workload->caches == CACHES_OTHER;
	int err;

	for (size_t i = 0; i < run->entries; i++) {
		struct reading *r = &run->readings[i];

		r->first = fill->first;
		r->produced = fill->produced;
		r->wanted = fill->wanted;
		r->bytes = fill->bytes;
		r->stride = fill->stride;
		r->lengths = fill->lengths;
		r->start = start;
		r->batch = workload->batch;
		r->again = again;
	}
	__atomic_store_n(source_ring(run->source, 0)->consumer, start, __ATOMIC_RELEASE);
	err = other ? pin_thread(workload->writer_cpu) : 0;
	if (!err)
		err = source_fill(run->source, fill->first, fill->produced, run->why);
	if (other && !err)
		err = pin_thread(workload->consumer_cpu);
	return err;
}

/* What the readers of a round have come to. */
struct totals {
	double *ns;
	uint64_t checksums[READERS_MAX + 1], events;
};

/* Cold: every reader reads each fill of the ring. */
static int run_fills(struct run *run, const size_t *order, bool warm_up, struct totals *totals)
{
	const struct workload *workload = run->request->workload;
	uint64_t first = run->first, left = workload->events, ignored = 0;
	struct reading fill;
	double untimed = 0;
	size_t i;
	int err = 0;

	while (!err && (fill = fill_plan(workload, run->lengths, first, left)).produced > 0) {
		err = make_fill(run, &fill, false);
		for (i = 0; i < run->entries && !err && warm_up; i++)
			if (!reader_of(run, order[i])->limit)
				err = read_once(run, order[i], TOUCHING_PROOF, &untimed, &ignored);
		for (i = 0; i < run->entries && !err; i++)
			err = read_counted(run, order[i], touching_of(workload),
				&totals->ns[order[i]], &totals->checksums[order[i]]);
		totals->events += fill.wanted;
		first += fill.produced;
		left -= fill.produced;
	}
	return err;
}

/*
 * In a cache: each reader has its turn, and in it reads fills that are made for it, of the same
 * events as those of the others. With the first, which is not counted, it finds where it is.
 */
static int run_turn(struct run *run, size_t entry, bool prove, struct totals *totals)
{
	const struct workload *workload = run->request->workload;
	const enum touching touching =
		prove && !reader_of(run, entry)->limit ? TOUCHING_PROOF : touching_of(workload);
	uint64_t first = run->first, left = workload->events, ignored = 0;
	struct reading fill = fill_plan(workload, run->lengths, first, left);
	double untimed = 0;
	int err = make_fill(run, &fill, false);

	totals->events = 0;
	if (!err)
		err = read_once(run, entry, touching, &untimed, &ignored);
	while (!err && (fill = fill_plan(workload, run->lengths, first, left)).produced > 0) {
		err = make_fill(run, &fill, true);
		if (!err)
			err = read_counted(run, entry, touching, &totals->ns[entry],
				&totals->checksums[entry]);
		totals->events += fill.wanted;
		first += fill.produced;
		left -= fill.produced;
	}
	return err;
}

static int run_round(struct run *run, size_t row, bool warm_up, double *ns)
{
	struct measurement *measurement = run->measurement;
	const struct workload *workload = run->request->workload;
	struct totals totals = { .ns = ns };
	size_t order[READERS_MAX + 1];
	int err = 0;

	schedule_fill(run->entries, row, order);
	if (workload->caches == CACHES_COLD)
		err = run_fills(run, order, warm_up, &totals);
	for (size_t i = 0; i < run->entries && workload->caches != CACHES_COLD && !err; i++)
		err = run_turn(run, order[i], warm_up, &totals);
	if (!err && totals.events == 0)
		err = complain(run->why, -ENODATA,
			"all events are discarded; give more of them (-n), or a smaller -discard");
	run->first += workload->events;
	measurement->events = totals.events;
	for (size_t i = 0; i < run->entries && !err; i++)
		measurement->samples[i].checksum = totals.checksums[i];
	return err;
}

/* Whether the interval of every path's median is as narrow as asked. */
static bool precise_enough(const struct run *run, size_t rounds)
{

	for (size_t i = 0; i < run->entries; i++) {
		struct summary s =
			summary_of(run->measurement->samples[i].rounds_ns, rounds);

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
	struct counters_values counted[READERS_MAX + 1];
	double ignored[READERS_MAX + 1] = { 0 };
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
		double ns[READERS_MAX + 1] = { 0 };

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
		measurement->round_events[done] = measurement->events;
		done += !err;
	}
	measurement->rounds = done;
	return err;
}

int measure(const struct measure_request *request, struct measurement *measurement,
	struct complaint *why)
{
	const struct workload *workload = request->workload;
	const bool twin = request->twin_of < request->reader_count;
	struct run run = {
		.request = request,
		.measurement = measurement,
		.why = why,
		.entries = request->reader_count + twin,
		.started_ns = monotonic_ns(),
	};
	int err = 0;

	memset(measurement, 0, sizeof(*measurement));
	measurement->workload = *workload;
	measurement->reader_count = request->reader_count;
	measurement->twin_of = twin ? request->twin_of : SIZE_MAX;
	for (size_t i = 0; i < run.entries; i++)
		measurement->samples[i].reader =
			request->readers[i < request->reader_count ? i : request->twin_of];
	memory_use_reset();
	if (workload->mix || workload->discard > 0) {
		run.lengths = malloc(fill_most(workload) * sizeof(*run.lengths));
		if (!run.lengths)
			err = complain(why, -ENOMEM, "out of memory");
	}
	if (!err)
		err = run_rounds(&run);
	measurement->own_memory = memory_use_peak();
	close_all(&run);
	free(run.lengths);
	return err;
}
