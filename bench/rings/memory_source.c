/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The events of the BPF programs, written by user space to rings in plain memory. Needs no
 * privileges.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <string.h>

#include "rings/memory_ring.h"
#include "rings/source.h"

/* What a producer counts, on cache lines of its own. source_observe() reads it meanwhile. */
struct counts {
	uint64_t attempted, submitted, failed, discarded;
} __attribute__((aligned(128)));

struct memory_source {
	struct source source; /* first */
	uint32_t opened;      /* rings */
	struct memory_ring rings[LIVE_RINGS_MAX];
	struct live_notified notified[LIVE_RINGS_MAX];
	struct live_state states[LIVE_PRODUCERS_MAX];
	struct counts counts[LIVE_PRODUCERS_MAX];
};

/* RINGVIEW_NOTIFY_AT_LEAST of ringview_notify_flags_of(). Threads share @shared; each field is
 * atomic by itself, which is enough. */
static uint64_t flags_past(
	uint64_t bytes, const struct memory_ring *ring, struct ringview_notified *shared)
{
	const uint64_t consumer = __atomic_load_n(ring->consumer, __ATOMIC_ACQUIRE);
	const uint64_t producer = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	struct ringview_notified notified = {
		.producer = __atomic_load_n(&shared->producer, __ATOMIC_RELAXED),
		.consumer = __atomic_load_n(&shared->consumer, __ATOMIC_RELAXED),
	};

	if (producer - consumer < bytes)
		return BPF_RB_NO_WAKEUP;
	if (!ringview_internal_must_notify(&notified, consumer, producer, ring->size, bytes, 0))
		return 0;
	__atomic_store_n(&shared->producer, notified.producer, __ATOMIC_RELAXED);
	__atomic_store_n(&shared->consumer, notified.consumer, __ATOMIC_RELAXED);
	return BPF_RB_FORCE_WAKEUP;
}

static uint64_t flags_for(struct memory_source *memory, uint32_t ring)
{
	const struct live_plan *plan = &memory->source.plan;

	switch (plan->notify) {
	case RINGVIEW_NOTIFY_NEVER:
		return BPF_RB_NO_WAKEUP;
	case RINGVIEW_NOTIFY_FORCE:
		return BPF_RB_FORCE_WAKEUP;
	case RINGVIEW_NOTIFY_AT_LEAST:
		return flags_past(
			plan->notify_bytes, &memory->rings[ring], &memory->notified[ring].of_ring);
	default:
		return 0;
	}
}

/* The time in an event. */
static uint64_t stamp(const struct source *source, struct live_state *state, uint64_t sequence)
{
	const struct live_interval *interval = &source->plan.interval;

	if (source->workload.event != EVENT_TIMED)
		return 0;
	if (source->workload.order)
		return producers_clock();
	if (interval->divisor)
		return live_next_due(state, interval->ns, interval->remainder, interval->divisor,
			interval->step);
	return sequence % LIVE_STAMP_EVERY == 0 ? producers_clock() : 0;
}

/* What the BPF program finds in a packet of BPF_PROG_RUN: the other fields are 0. */
static void write_skb_meta(struct skb_meta *meta, uint64_t sequence)
{
	*meta = (struct skb_meta){
		.address = (uintptr_t)meta,
		.len = 114,
		.ingress_ifindex = 1,
		.ifindex = 1,
		.cb = { (uint32_t)sequence },
	};
}

/* Only this thread counts; others may read. */
static void count_one(uint64_t *counter)
{
	__atomic_store_n(counter, *counter + 1, __ATOMIC_RELAXED);
}

static void produce_one(struct memory_source *memory, uint32_t index)
{
	const struct source *source = &memory->source;
	const struct live_plan *plan = &source->plan;
	const uint32_t ring_index = index % source->rings.count;
	struct memory_ring *ring = &memory->rings[ring_index];
	struct live_state *state = &memory->states[index];
	struct counts *counts = &memory->counts[index];
	const uint64_t sequence = state->sequence;
	const uint64_t id = (uint64_t)index << LIVE_SEQUENCE_BITS | sequence;
	const uint64_t due = stamp(source, state, sequence);
	const uint32_t size = workload_size(&source->workload, id);
	void *event = memory_ring_reserve(ring, size);
	uint64_t flags;

	__atomic_store_n(&state->sequence, sequence + 1, __ATOMIC_RELAXED);
	count_one(&counts->attempted);
	if (!event) {
		count_one(&counts->failed);
		return;
	}
	if (source->workload.event == EVENT_SKB_META)
		write_skb_meta(event, sequence);
	else
		event_fill(event, size, id, source->workload.event == EVENT_TIMED, due);
	if ((id & plan->query_mask) == 0) {
		uint64_t waiting = ring_waiting(ring->consumer, ring->producer, ring->size);

		if (waiting > state->high_water)
			state->high_water = waiting;
	}
	flags = flags_for(memory, ring_index);
	if (plan->discard && event_is_discarded(id, plan->discard)) {
		memory_ring_discard(ring, event, flags);
		count_one(&counts->discarded);
	} else {
		memory_ring_submit(ring, event, flags);
		count_one(&counts->submitted);
	}
}

/* Wall time: it includes the time of other threads on this CPU. */
static int memory_produce(
	struct source *source, uint32_t index, uint64_t events, double *ns, struct complaint *why)
{
	const uint64_t start = producers_clock();

	(void)why;
	for (uint64_t i = 0; i < events; i++)
		produce_one((struct memory_source *)source, index);
	*ns += (double)(producers_clock() - start);
	return 0;
}

static int memory_count(
	const struct source *source, uint32_t index, struct ringview_account *account)
{
	const struct counts *counts = &((const struct memory_source *)source)->counts[index];

	/* Relaxed: nothing depends on them. */
	*account = (struct ringview_account){
		.attempted = __atomic_load_n(&counts->attempted, __ATOMIC_RELAXED),
		.submitted = __atomic_load_n(&counts->submitted, __ATOMIC_RELAXED),
		.failed = __atomic_load_n(&counts->failed, __ATOMIC_RELAXED),
		.discarded = __atomic_load_n(&counts->discarded, __ATOMIC_RELAXED),
	};
	return 0;
}

static void memory_close(struct source *source)
{
	struct memory_source *memory = (struct memory_source *)source;

	while (memory->opened > 0)
		memory_ring_close(&memory->rings[--memory->opened]);
}

static int memory_open(struct source *source, struct complaint *why)
{
	struct memory_source *memory = (struct memory_source *)source;

	source->rings.made = memory->rings;
	source->states = memory->states;
	for (; memory->opened < source->rings.count; memory->opened++) {
		int err = memory_ring_open(&memory->rings[memory->opened], source->rings.size);

		if (err)
			return complain(why, err,
				"cannot make ring %u of %u, of %" PRIu64
				" bytes, in memory: %s; try a "
				"smaller -ring-size",
				memory->opened + 1, source->rings.count, source->rings.size,
				strerror(-err));
		if (source->workload.overwrite)
			memory_ring_let_overwrite(&memory->rings[memory->opened]);
	}
	return 0;
}

const struct source_operations memory_source = {
	.size = sizeof(struct memory_source),
	.open = memory_open,
	.produce = memory_produce,
	.count = memory_count,
	.close = memory_close,
};
