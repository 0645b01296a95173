/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The events of the BPF programs, written by user space to rings in plain memory. Needs no
 * privileges.
 */
#include <inttypes.h>
#include <linux/bpf.h>
#include <string.h>

#include "rings/source.h"

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

static uint64_t flags_for(struct source *source, uint32_t ring)
{
	switch (source->workload.notify) {
	case NOTIFY_NEVER:
		return BPF_RB_NO_WAKEUP;
	case NOTIFY_FORCE:
		return BPF_RB_FORCE_WAKEUP;
	case NOTIFY_SAMPLED:
		return flags_past(source->plan.notify_bytes, &source->made[ring],
			&source->notified[ring].of_ring);
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
		return monotonic_ns();
	if (interval->divisor)
		return live_next_due(state, interval->ns, interval->remainder, interval->divisor,
			interval->step);
	return sequence % LIVE_STAMP_EVERY == 0 ? monotonic_ns() : 0;
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
static void count_one(__u64 *counter)
{
	__atomic_store_n(counter, *counter + 1, __ATOMIC_RELAXED);
}

static void produce_one(struct producer *me)
{
	struct source *source = me->source;
	const struct live_plan *plan = &source->plan;
	const uint32_t ring_index = me->index % source->rings.count;
	struct memory_ring *ring = &source->made[ring_index];
	struct live_state *state = &source->states[me->index];
	const uint64_t sequence = state->sequence;
	const uint64_t id = (uint64_t)me->index << LIVE_SEQUENCE_BITS | sequence;
	const uint64_t due = stamp(source, state, sequence);
	const uint32_t size = workload_size(&source->workload, id);
	void *event = memory_ring_reserve(ring, size);
	uint64_t flags;

	__atomic_store_n(&state->sequence, sequence + 1, __ATOMIC_RELAXED);
	count_one(&me->counts.attempted);
	if (!event) {
		count_one(&me->counts.failed);
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
	flags = flags_for(source, ring_index);
	if (plan->discard && event_is_discarded(id, plan->discard)) {
		memory_ring_discard(ring, event, flags);
		count_one(&me->counts.discarded);
	} else {
		memory_ring_submit(ring, event, flags);
		count_one(&me->counts.submitted);
	}
}

/* Wall time: it includes the time of other threads on this CPU. */
static int memory_produce(struct producer *me, uint64_t events)
{
	const uint64_t start = monotonic_ns();

	for (uint64_t i = 0; i < events; i++)
		produce_one(me);
	me->ns += (double)(monotonic_ns() - start);
	return 0;
}

static int memory_count(const struct source *source, uint32_t index, struct ringview_account *sum)
{
	const struct ringview_account *counts = &source->producers[index].counts;

	/* Relaxed: nothing depends on them. */
	sum->attempted += __atomic_load_n(&counts->attempted, __ATOMIC_RELAXED);
	sum->submitted += __atomic_load_n(&counts->submitted, __ATOMIC_RELAXED);
	sum->failed += __atomic_load_n(&counts->failed, __ATOMIC_RELAXED);
	sum->discarded += __atomic_load_n(&counts->discarded, __ATOMIC_RELAXED);
	return 0;
}

static void memory_close(struct source *source)
{
	while (source->rings.count > 0)
		memory_ring_close(&source->made[--source->rings.count]);
}

static int memory_open(struct source *source, struct complaint *why)
{
	struct ring_set *rings = &source->rings;
	const struct workload *workload = &source->workload;

	rings->made = source->made;
	source->states = source->made_states;
	for (; rings->count < workload->rings; rings->count++) {
		int err = memory_ring_open(&rings->made[rings->count], rings->size);

		if (err)
			return complain(why, err,
				"cannot make ring %u of %u, of %" PRIu64
				" bytes, in memory: %s; try a smaller -ring-size",
				rings->count + 1, workload->rings, rings->size, strerror(-err));
		if (workload->overwrite)
			memory_ring_let_overwrite(&rings->made[rings->count]);
	}
	return 0;
}

const struct source_operations memory_source = {
	.open = memory_open,
	.produce = memory_produce,
	.count = memory_count,
	.close = memory_close,
};
