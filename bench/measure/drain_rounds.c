/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drain: fills the ring, then times each reader until it has read everything, and checks what it
 * found.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "measure/rounds.h"

/* The measurement under way: there is one at a time. */
static struct {
	struct run *run;
	const struct workload *workload;
	const struct ring_bytes *ring;
	struct reading readings[COMBINATIONS_MAX + 1];
	size_t opened;
	struct fill fill;  /* the current one */
	uint64_t first;    /* number of the next round's first event */
	uint32_t *lengths; /* of a fill's events; NULL: all are alike, and none is discarded */
	bool warm_up;      /* the current round is not counted */
} drain;

/* Checks what the reader found, against the ring. If the ring is wrong, the reader is no culprit. */
static int compare_with_walk(const struct reading *r)
{
	const struct ring_bytes *ring = drain.ring;
	struct complaint *why = drain.run->why;
	const uint64_t end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	struct reading_result expected;
	int err;

	if (r->found.events < drain.fill.wanted)
		return complain(why, -ETIME,
			"timeout waiting for events: received %" PRIu64 "/%" PRIu64
			"; give a longer -read-timeout",
			r->found.events, drain.fill.wanted);
	if (!r->reader->limit && *ring->consumer != end)
		return complain(why, -EBADMSG,
			"released up to position %" PRIu64 " instead of %" PRIu64, *ring->consumer,
			end);
	err = check_walk(ring, r, drain.workload, &expected, why);
	if (err) {
		drain.run->culprit = SIZE_MAX;
		return err;
	}
	if (r->reader->by_lines)
		expected.checksum = check_cache_lines(ring, drain.fill.start);
	if (r->found.events != expected.events || r->found.checksum != expected.checksum)
		return complain(why, -EBADMSG,
			"found %" PRIu64 " events with checksum %" PRIu64
			", but the ring holds %" PRIu64 " with %" PRIu64,
			r->found.events, r->found.checksum, expected.events, expected.checksum);
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

/* One reading of the fill, timed and checked. Adds it to *@round, unless that is NULL. */
static int read_once(size_t entry, enum touching touching, struct round *round)
{
	const struct workload *workload = drain.workload;
	struct reading *r = &drain.readings[entry];
	const struct reader *reader = r->reader;
	const struct ring_bytes *ring = drain.ring;
	/* The counters of a peer's process cannot be read. */
	struct counters *counters =
		round && !drain.warm_up && !reader->program ? drain.run->request->counters : NULL;
	int64_t before, after;
	int err = 0;

	drain.run->culprit = entry; /* until it has succeeded */
	r->work = (int)touching;
	r->found = (struct reading_result){ 0, 0 };
	r->why.text[0] = '\0';
	if (!drain.fill.again) {
		__atomic_store_n(ring->consumer, drain.fill.start, __ATOMIC_RELEASE);
		if (reader->rewind)
			err = reader->rewind(r);
	}
	/* Earlier readings, and the walk at the latest, left a part of the ring in the caches. */
	if (workload->caches == CACHES_COLD)
		cache_flush(ring->data + (drain.fill.start & (ring->size - 1)), drain.fill.bytes);
	if (counters)
		counters_start(counters);
	before = monotonic_ns();
	if (!err)
		err = read_all(r, workload->read_timeout_ns);
	after = monotonic_ns();
	if (counters)
		counters_stop(counters, &drain.run->m->samples[entry].counted);
	if (interrupted())
		return -EINTR;
	if (err)
		return complain(
			drain.run->why, err, "%s", r->why.text[0] ? r->why.text : strerror(-err));
	err = compare_with_walk(r);
	if (err)
		return err;
	drain.run->culprit = SIZE_MAX;
	if (round) {
		round->elapsed_ns += reader->itself ? r->own_ns : after - before;
		round->checksum += r->found.checksum;
	}
	return 0;
}

/* Plans the next fill: as many of the @most events from @first on as the ring, which is never wholly
 * full, has room for. The last is not discarded: readers need not go so far. False: none is left. */
static bool plan_fill(uint64_t first, uint64_t most)
{
	const struct workload *workload = drain.workload;
	const uint64_t discard = workload_discard(workload);
	struct fill *fill = &drain.fill;
	uint64_t bytes = 0;

	*fill = (struct fill){ .first = first,
		.stride = record_stride(workload->event_size),
		.lengths = drain.lengths };
	for (uint64_t i = 0; i < most; i++) {
		const uint32_t size = workload_size(workload, first + i);
		const bool discarded = event_is_discarded(first + i, discard);

		bytes += record_stride(size);
		if (bytes >= workload->ring_size)
			break;
		if (drain.lengths)
			drain.lengths[i] = size | (discarded ? LENGTH_DISCARDED : 0);
		if (discarded)
			continue;
		fill->produced = i + 1;
		fill->wanted++;
		fill->bytes = bytes;
	}
	return fill->produced > 0;
}

/* Produces the events of the fill, on the CPU that -caches needs. Readers read them from where they
 * are then, and with @again without a rewind. */
static int make_fill(bool again)
{
	const struct workload *workload = drain.workload;
	struct fill *fill = &drain.fill;
	const bool other = workload->caches == CACHES_OTHER;
	int err = other ? pin_thread(workload->writer_cpu) : 0;

	fill->start = *drain.ring->producer;
	fill->again = again;
	__atomic_store_n(drain.ring->consumer, fill->start, __ATOMIC_RELEASE);
	if (!err)
		err = source_fill(drain.run->source, fill->first, fill->produced, drain.run->why);
	if (other && !err)
		err = pin_thread(workload->consumer_cpu);
	return err;
}

/* The touch of the workload, specialised for its events. */
static enum touching touching_of(const struct workload *workload)
{
	static const enum touching any[] = { [TOUCH_NONE] = TOUCHING_NONE,
		[TOUCH_HEADER] = TOUCHING_HEADER,
		[TOUCH_FIELDS] = TOUCHING_WORDS,
		[TOUCH_BYTES] = TOUCHING_BYTES };
	const uint32_t size = workload->event_size; /* 0: different ones */

	if (workload->touch == TOUCH_FIELDS && workload->event == EVENT_SKB_META)
		return TOUCHING_SKB_FIELDS;
	if (workload->touch == TOUCH_FIELDS && size >= 16 && size <= 96 && size % 16 == 0)
		return TOUCHING_WORDS_16 + size / 16 - 1;
	return any[workload->touch];
}

/* In a cache, a reader can read each fill only once: in the warm-up, to prove itself. */
static enum touching touching_in(size_t entry)
{
	const bool proves = drain.warm_up && drain.workload->caches != CACHES_COLD &&
			    !drain.readings[entry].reader->limit;

	return proves ? TOUCHING_PROOF : touching_of(drain.workload);
}

/*
 * The @count entries of @order read all events of a round, fill by fill.
 *
 * Cold, all entries read each fill; in the warm-up each proves itself before. In a cache, each entry
 * reads fills of its own, of the same events as the others'. It reads the first one twice: the first
 * time is not counted, and only finds the position.
 */
static int read_fills(const size_t *order, size_t count, size_t round, uint64_t *events)
{
	const bool cached = drain.workload->caches != CACHES_COLD;
	uint64_t first = drain.first, left = drain.workload->events;
	int err = 0;

	*events = 0;
	if (cached && plan_fill(first, left)) {
		err = make_fill(false);
		if (!err)
			err = read_once(order[0], touching_in(order[0]), NULL);
	}
	while (!err && plan_fill(first, left)) {
		err = make_fill(cached);
		for (size_t i = 0; i < count && !err && drain.warm_up && !cached; i++)
			if (!drain.readings[order[i]].reader->limit)
				err = read_once(order[i], TOUCHING_PROOF, NULL);
		for (size_t i = 0; i < count && !err; i++)
			err = read_once(order[i], touching_in(order[i]),
				&drain.run->m->samples[order[i]].rounds[round]);
		*events += drain.fill.wanted;
		first += drain.fill.produced;
		left -= drain.fill.produced;
	}
	return err;
}

static int read_round(const size_t *order, size_t round)
{
	struct run *run = drain.run;
	const size_t together = drain.workload->caches == CACHES_COLD ? run->entries : 1;
	uint64_t events = 0;
	int err = 0;

	for (size_t i = 0; i < run->entries; i++)
		run->m->samples[i].rounds[round] = (struct round){ 0 };
	for (size_t i = 0; i < run->entries && !err; i += together)
		err = read_fills(&order[i], together, round, &events);
	if (!err && events == 0)
		err = complain(run->why, -ENODATA,
			"all events are discarded; give more of them (-n), or a smaller -discard");
	drain.first += drain.workload->events;
	for (size_t i = 0; i < run->entries; i++)
		run->m->samples[i].rounds[round].consumed = events;
	return err;
}

static int drain_round(struct run *run, const size_t *order, size_t round, size_t rounds)
{
	const struct request *request = run->request;
	int err = 0;

	request->progress(request->progress_context, round, rounds);
	if (drain.warm_up)
		err = read_round(order, round);
	drain.warm_up = false;
	return err ? err : read_round(order, round);
}

static int drain_begin(struct run *run)
{
	drain.run = run;
	drain.workload = run->request->workload;
	drain.ring = &run->source->mapped[0];
	drain.first = 0;
	drain.warm_up = true;
	for (; drain.opened < run->entries; drain.opened++) {
		struct reading *r = &drain.readings[drain.opened];
		int err;

		*r = (struct reading){
			.reader = run->m->samples[drain.opened].combination.reader,
			.rings = &run->source->rings,
			.fill = &drain.fill,
			.batch = drain.workload->batch,
		};
		err = reading_open(r);
		if (err) {
			run->culprit = drain.opened;
			return complain(run->why, err, "%s", r->why.text);
		}
	}
	return 0;
}

static void drain_end(void)
{
	while (drain.opened > 0)
		reading_close(&drain.readings[--drain.opened]);
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
	const uint64_t most = workload->ring_size / record_stride(SIZED_EVENT_MIN);
	int err;

	drain.lengths = workload->mix || workload->discard > 0
				? need(malloc(most * sizeof(*drain.lengths)))
				: NULL;
	err = rounds_measure(&method, request, m, why);
	free(drain.lengths);
	return err;
}
