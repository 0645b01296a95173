/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drain: fills the ring, then times each reader until it has read everything, and checks what it
 * found.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "base/monotonic.h"
#include "measure/cache.h"
#include "measure/check.h"
#include "measure/rounds.h"

struct drain {
	struct reading readings[COMBINATIONS_MAX + 1];
	size_t opened;
	struct fill fill;  /* the current one */
	uint64_t first;    /* number of the next round's first event */
	uint32_t *lengths; /* of a fill's events; NULL: all are alike, and none is discarded */
	uint64_t checksums[COMBINATIONS_MAX + 1]; /* of the current round */
	bool warm_up;                             /* the current round is not counted */
};

/* The reader of @entry failed; run->why says why. */
static int blame(struct run *run, size_t entry, int err)
{
	run->culprit = entry;
	return err;
}

static int compare_with_walk(struct run *run, size_t entry)
{
	const struct drain *drain = run->state;
	const struct reading *r = &drain->readings[entry];
	const struct ring_bytes *ring = source_ring(run->source, 0);
	const uint64_t end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	struct reading_result expected;
	int err;

	if (r->found.events < drain->fill.wanted)
		return blame(run, entry,
			complain(run->why, -ETIME,
				"timeout waiting for events: received %llu/%llu; give a longer "
				"-read-timeout",
				(unsigned long long)r->found.events,
				(unsigned long long)drain->fill.wanted));
	if (!r->reader->limit && *ring->consumer != end)
		return blame(run, entry,
			complain(run->why, -EBADMSG, "released up to position %llu instead of %llu",
				(unsigned long long)*ring->consumer, (unsigned long long)end));
	err = check_walk(ring, r, run->request->workload, &expected, run->why);
	if (err)
		return err;
	if (r->reader->by_lines)
		expected.checksum = check_cache_lines(ring, drain->fill.start);
	if (r->found.events != expected.events || r->found.checksum != expected.checksum)
		return blame(run, entry,
			complain(run->why, -EBADMSG,
				"found %llu events with checksum %llu, but the ring holds %llu "
				"with %llu",
				(unsigned long long)r->found.events,
				(unsigned long long)r->found.checksum,
				(unsigned long long)expected.events,
				(unsigned long long)expected.checksum));
	return 0;
}

/* Reads until all events were found, or none came for the time-out. This is what is timed. */
static int read_all(struct reading *r, int64_t timeout_ns)
{
	int (*const read)(struct reading *, int64_t) = r->reader->read;
	uint64_t before;
	int err;

	if (r->reader->itself)
		return read(r, timeout_ns);
	err = read(r, 0);
	while (!err && r->found.events < r->fill->wanted) {
		before = r->found.events;
		err = read(r, timeout_ns);
		if (err == -EINTR && !interrupted())
			err = 0;
		else if (r->found.events == before)
			break;
	}
	return err;
}

/* One reading of the fill, timed and checked. Adds its time to *@ns, and what the counters say to
 * *@counted if that is not NULL. */
static int read_once(struct run *run, size_t entry, enum touching touching, int64_t *ns,
	struct counters_values *counted)
{
	struct drain *drain = run->state;
	const struct workload *workload = run->request->workload;
	struct reading *r = &drain->readings[entry];
	const struct reader *reader = r->reader;
	const struct ring_bytes *ring = source_ring(run->source, 0);
	struct counters_values one;
	int64_t before, after;
	int err = 0;

	r->work = (int)touching;
	r->found = (struct reading_result){ 0, 0 };
	r->why.text[0] = '\0';
	if (!drain->fill.again) {
		__atomic_store_n(ring->consumer, drain->fill.start, __ATOMIC_RELEASE);
		if (reader->rewind)
			err = reader->rewind(r);
	}
	/* Earlier readings, and the walk at the latest, left a part of the ring in the caches. */
	if (workload->caches == CACHES_COLD)
		cache_flush(ring->data + (drain->fill.start & (ring->size - 1)), drain->fill.bytes);
	if (counted)
		counters_start(run->request->counters);
	if (!err) {
		before = monotonic_ns();
		err = read_all(r, workload->read_timeout_ns);
		after = monotonic_ns();
		*ns += reader->itself ? r->own_ns : after - before;
	}
	if (counted)
		counters_stop(run->request->counters);
	if (interrupted())
		return -EINTR;
	if (err)
		return blame(run, entry,
			complain(run->why, err, "%s",
				r->why.text[0] ? r->why.text : strerror(-err)));
	err = compare_with_walk(run, entry);
	if (!err && counted && counters_read(run->request->counters, &one) == 0) {
		counted->cycles += one.cycles;
		counted->instructions += one.instructions;
		counted->cache_misses += one.cache_misses;
		counted->scaled |= one.scaled;
	}
	return err;
}

/* A reading that counts, unless it is the warm-up's. */
static int read_counted(struct run *run, size_t entry, enum touching touching, size_t round)
{
	struct drain *drain = run->state;
	struct samples *samples = &run->m->samples[entry];
	/* The counters of a peer's process cannot be read. */
	const bool counts =
		run->request->counters && !drain->warm_up && !run_reader(run, entry)->program;
	int err = read_once(run, entry, touching, &samples->rounds[round].elapsed_ns,
		counts ? &samples->counted : NULL);

	drain->checksums[entry] += drain->readings[entry].found.checksum;
	return err;
}

/*
 * Plans a fill: as many of the @most events from @first on as the ring, which is never wholly full,
 * has room for. The last one is not a discarded one, as readers need not go so far. Sets
 * drain->lengths if it is not NULL.
 */
static struct fill plan_fill(
	const struct drain *drain, const struct workload *workload, uint64_t first, uint64_t most)
{
	const uint64_t discard = workload_discard(workload), room = workload->ring_size - 1;
	struct fill fill = { .first = first, .lengths = drain->lengths };
	uint64_t bytes = 0;

	fill.stride = record_stride(workload->event_size);
	if (!drain->lengths) {
		fill.produced = room / fill.stride < most ? room / fill.stride : most;
		fill.wanted = fill.produced;
		fill.bytes = fill.produced * fill.stride;
		return fill;
	}
	for (uint64_t i = 0, events = 0; i < most; i++) {
		const uint32_t size = workload_size(workload, first + i);
		const bool discarded = event_is_discarded(first + i, discard);

		if (bytes + record_stride(size) > room)
			break;
		bytes += record_stride(size);
		drain->lengths[i] = size | (discarded ? LENGTH_DISCARDED : 0);
		if (discarded)
			continue;
		fill.produced = i + 1;
		fill.wanted = ++events;
		fill.bytes = bytes;
	}
	return fill;
}

/* Events of a fill, at most. */
static uint64_t fill_most(const struct workload *workload)
{
	const uint32_t smallest = workload->mix ? workload->mix->smallest : workload->event_size;
	const uint64_t capacity = (workload->ring_size - 1) / record_stride(smallest);

	return capacity < workload->events ? capacity : workload->events;
}

/* Produces the events of @fill, on the CPU that -caches needs. Readers read them from where they
 * are then, and with @again without a rewind. */
static int make_fill(struct run *run, struct fill fill, bool again)
{
	struct drain *drain = run->state;
	const struct workload *workload = run->request->workload;
	const struct ring_bytes *ring = source_ring(run->source, 0);
	const bool other = workload->caches == CACHES_OTHER;
	int err;

	fill.start = *ring->producer;
	fill.again = again;
	drain->fill = fill;
	__atomic_store_n(ring->consumer, fill.start, __ATOMIC_RELEASE);
	err = other ? pin_thread(workload->writer_cpu) : 0;
	if (!err)
		err = source_fill(run->source, fill.first, fill.produced, run->why);
	if (other && !err)
		err = pin_thread(workload->consumer_cpu);
	return err;
}

/* Cold: all readers read each fill. */
static int read_cold(struct run *run, const size_t *order, size_t round, uint64_t *events)
{
	struct drain *drain = run->state;
	const struct workload *workload = run->request->workload;
	uint64_t first = drain->first, left = workload->events;
	struct fill fill;
	int64_t ignored = 0;
	int err = 0;

	while (!err && (fill = plan_fill(drain, workload, first, left)).produced > 0) {
		err = make_fill(run, fill, false);
		for (size_t i = 0; i < run->entries && !err && drain->warm_up; i++)
			if (!run_reader(run, order[i])->limit)
				err = read_once(run, order[i], TOUCHING_PROOF, &ignored, NULL);
		for (size_t i = 0; i < run->entries && !err; i++)
			err = read_counted(run, order[i], touching_of(workload), round);
		*events += fill.wanted;
		first += fill.produced;
		left -= fill.produced;
	}
	return err;
}

/* In a cache: each reader in turn reads fills of its own, of the same events as the others'. It
 * reads the first one twice: the first time is not counted, and only finds the position. */
static int read_cached(struct run *run, size_t entry, size_t round, uint64_t *events)
{
	struct drain *drain = run->state;
	const struct workload *workload = run->request->workload;
	const enum touching touching = drain->warm_up && !run_reader(run, entry)->limit
					       ? TOUCHING_PROOF
					       : touching_of(workload);
	uint64_t first = drain->first, left = workload->events;
	struct fill fill = plan_fill(drain, workload, first, left);
	int64_t ignored = 0;
	int err = make_fill(run, fill, false);

	*events = 0;
	if (!err)
		err = read_once(run, entry, touching, &ignored, NULL);
	while (!err && (fill = plan_fill(drain, workload, first, left)).produced > 0) {
		err = make_fill(run, fill, true);
		if (!err)
			err = read_counted(run, entry, touching, round);
		*events += fill.wanted;
		first += fill.produced;
		left -= fill.produced;
	}
	return err;
}

static int read_round(struct run *run, const size_t *order, size_t round)
{
	struct drain *drain = run->state;
	const struct workload *workload = run->request->workload;
	uint64_t events = 0;
	int err = 0;

	for (size_t i = 0; i < run->entries; i++) {
		run->m->samples[i].rounds[round] = (struct round){ 0 };
		drain->checksums[i] = 0;
	}
	if (workload->caches == CACHES_COLD)
		err = read_cold(run, order, round, &events);
	for (size_t i = 0; i < run->entries && workload->caches != CACHES_COLD && !err; i++)
		err = read_cached(run, order[i], round, &events);
	if (!err && events == 0)
		err = complain(run->why, -ENODATA,
			"all events are discarded; give more of them (-n), or a smaller -discard");
	drain->first += workload->events;
	for (size_t i = 0; i < run->entries && !err; i++) {
		run->m->samples[i].rounds[round].consumed = events;
		run->m->samples[i].checksum = drain->checksums[i];
	}
	return err;
}

static int drain_round(struct run *run, const size_t *order, size_t round, size_t rounds)
{
	const struct request *request = run->request;
	struct drain *drain = run->state;
	int err = 0;

	if (request->progress)
		request->progress(request->progress_context, round, rounds);
	if (drain->warm_up)
		err = read_round(run, order, round);
	drain->warm_up = false;
	return err ? err : read_round(run, order, round);
}

static int drain_begin(struct run *run)
{
	struct drain *drain = run->state;

	drain->first = 0;
	drain->warm_up = true;
	while (drain->opened < run->entries) {
		struct reading *r = &drain->readings[drain->opened];
		int err;

		*r = (struct reading){ .reader = run_reader(run, drain->opened),
			.rings = &run->source->rings,
			.fill = &drain->fill,
			.batch = run->request->workload->batch };
		err = reading_open(r);
		if (err)
			return blame(
				run, drain->opened, complain(run->why, err, "%s", r->why.text));
		drain->opened++;
	}
	return 0;
}

static void drain_end(struct run *run)
{
	struct drain *drain = run->state;

	while (drain->opened > 0) {
		struct reading *r = &drain->readings[--drain->opened];

		reading_close(r);
	}
}

static int drain_rank(struct combination combination)
{
	return combination.reader->limit ? 0 : combination.reader->baseline;
}

int measure_drain(const struct request *request, struct measurement *m, struct complaint *why)
{
	static const struct method method = {
		.twin_from = 1,
		.rank = drain_rank,
		.begin = drain_begin,
		.round = drain_round,
		.end = drain_end,
	};
	const struct workload *workload = request->workload;
	struct drain *drain = calloc(1, sizeof(*drain));
	int err = drain ? 0 : -ENOMEM;

	if (!err && (workload->mix || workload->discard > 0)) {
		drain->lengths = malloc(fill_most(workload) * sizeof(*drain->lengths));
		err = drain->lengths ? 0 : -ENOMEM;
	}
	err = err ? complain(why, err, "out of memory")
		  : rounds_measure(&method, drain, request, m, why);
	if (drain)
		free(drain->lengths);
	free(drain);
	return err;
}
