/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same events as the BPF programs write, from threads in user space to rings in plain memory.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "rings/live_source.h"
#include "rings/producers.h"
#include "rings/memory_ring.h"

/* What one thread writes, apart from what others write. */
struct memory_state {
	struct live_state state;
	struct ringview_account account;
} __attribute__((aligned(128)));

struct memory_live {
	struct live_source source; /* first */
	struct live_plan plan;
	uint64_t ring_size;
	uint32_t opened; /* rings */
	struct memory_ring rings[LIVE_RINGS_MAX];
	struct live_notified notified[LIVE_RINGS_MAX];
	struct memory_state states[LIVE_PRODUCERS_MAX];
	struct producers producers;
};

static struct memory_live *memory_of(struct live_source *source)
{
	return (struct memory_live *)source;
}

/* As bpf_ringbuf_query(BPF_RB_AVAIL_DATA): what is not released. */
static uint64_t waiting_in(const struct memory_ring *ring)
{
	const uint64_t consumer = __atomic_load_n(ring->consumer, __ATOMIC_ACQUIRE);
	const uint64_t waiting = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE) - consumer;

	/* One that overwrites has room for no more. */
	return waiting < ring->size ? waiting : ring->size;
}

/* RINGVIEW_NOTIFY_AT_LEAST, as ringview_notify_flags_of() has it. Threads share what was notified;
 * each field is whole by itself, which is all that it needs. */
static uint64_t flags_past(uint64_t bytes, const struct memory_ring *ring, uint64_t ring_size,
	struct ringview_notified *shared)
{
	const uint64_t consumer = __atomic_load_n(ring->consumer, __ATOMIC_ACQUIRE);
	const uint64_t producer = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	struct ringview_notified notified = {
		.producer = __atomic_load_n(&shared->producer, __ATOMIC_RELAXED),
		.consumer = __atomic_load_n(&shared->consumer, __ATOMIC_RELAXED),
	};

	if (producer - consumer < bytes)
		return BPF_RB_NO_WAKEUP;
	if (!ringview_internal_must_notify(&notified, consumer, producer, ring_size, bytes, 0))
		return 0;
	__atomic_store_n(&shared->producer, notified.producer, __ATOMIC_RELAXED);
	__atomic_store_n(&shared->consumer, notified.consumer, __ATOMIC_RELAXED);
	return BPF_RB_FORCE_WAKEUP;
}

static uint64_t flags_for(struct memory_live *memory, uint32_t ring)
{
	const struct live_plan *plan = &memory->plan;

	switch (plan->notify) {
	case RINGVIEW_NOTIFY_NEVER:
		return BPF_RB_NO_WAKEUP;
	case RINGVIEW_NOTIFY_FORCE:
		return BPF_RB_FORCE_WAKEUP;
	case RINGVIEW_NOTIFY_AT_LEAST:
		return flags_past(plan->notify_bytes, &memory->rings[ring], memory->ring_size,
			&memory->notified[ring].of_ring);
	default:
		return 0;
	}
}

static uint64_t stamp(const struct live_plan *plan, struct live_state *state, uint64_t id)
{
	const struct live_interval *interval = &plan->interval;

	if (plan->order)
		return producers_clock();
	if (interval->divisor)
		return live_next_due(state, interval->ns, interval->remainder, interval->divisor,
			interval->step);
	return id % LIVE_STAMP_EVERY == 0 ? producers_clock() : 0;
}

/* Only this thread counts; memory_observe() looks on. */
static void count_one(__u64 *counter)
{
	__atomic_store_n(counter, *counter + 1, __ATOMIC_RELAXED);
}

static void produce_one(struct memory_live *memory, uint32_t index)
{
	const struct live_plan *plan = &memory->plan;
	const uint32_t ring_index = index % memory->source.rings.count;
	struct memory_ring *ring = &memory->rings[ring_index];
	struct live_state *state = &memory->states[index].state;
	struct ringview_account *account = &memory->states[index].account;
	uint64_t id = (uint64_t)index << LIVE_SEQUENCE_BITS | state->sequence++;
	uint64_t due = stamp(plan, state, id), flags;
	uint32_t size = plan->event_size ? plan->event_size : mix_size(plan->mix, id);
	struct live_event *event = memory_ring_reserve(ring, size);

	count_one(&account->attempted);
	if (!event) {
		count_one(&account->failed);
		return;
	}
	live_fill(event, size, id, due);
	if ((id & plan->query_mask) == 0) {
		uint64_t waiting = waiting_in(ring);

		if (waiting > state->high_water)
			state->high_water = waiting;
	}
	flags = flags_for(memory, ring_index);
	if (plan->discard && event_is_discarded(id, plan->discard)) {
		memory_ring_discard(ring, event, flags);
		account->discarded++;
	} else {
		memory_ring_submit(ring, event, flags);
		account->submitted++;
	}
}

static void memory_begin(void *context, uint32_t index, uint64_t due)
{
	struct memory_live *memory = context;
	struct ringview_account *account = &memory->states[index].account;

	memory->states[index].state = (struct live_state){ .due = due };
	account->submitted = account->discarded = 0;
	/* memory_observe() may look on already. */
	__atomic_store_n(&account->attempted, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&account->failed, 0, __ATOMIC_RELAXED);
}

/* Wall time: where others run on this CPU in between, theirs is in it. */
static int memory_produce(
	void *context, uint32_t index, uint64_t events, double *ns, struct complaint *why)
{
	const uint64_t start = producers_clock();

	(void)why;
	for (uint64_t i = 0; i < events; i++)
		produce_one(context, index);
	*ns += (double)(producers_clock() - start);
	return 0;
}

static uint64_t memory_attempted(const void *context, uint32_t index)
{
	const struct memory_live *memory = context;

	return memory->states[index].state.sequence;
}

static int memory_empty(void *context, struct complaint *why)
{
	struct memory_ring *ring = &((struct memory_live *)context)->rings[0];

	(void)why;
	__atomic_store_n(ring->consumer, *ring->producer, __ATOMIC_RELEASE);
	return 0;
}

static const struct producers_job memory_job = {
	.begin = memory_begin,
	.produce = memory_produce,
	.attempted = memory_attempted,
	.empty = memory_empty,
};

static int memory_start(struct live_source *source, struct complaint *why)
{
	struct memory_live *memory = memory_of(source);

	memset(memory->states, 0, sizeof(memory->states));
	return producers_start(&memory->producers, why);
}

static int memory_turn(struct live_source *source, struct complaint *why)
{
	return producers_turn(&memory_of(source)->producers, why);
}

static int memory_stop(
	struct live_source *source, struct live_produced *produced, struct complaint *why)
{
	struct memory_live *memory = memory_of(source);
	int err;

	*produced = (struct live_produced){ 0 };
	err = producers_stop(&memory->producers, &produced->ns, why);
	for (uint32_t i = 0; i < memory->producers.count; i++) {
		const struct ringview_account *account = &memory->states[i].account;
		const struct live_state *state = &memory->states[i].state;

		produced->attempted += account->attempted;
		produced->submitted += account->submitted;
		produced->failed += account->failed;
		produced->discarded += account->discarded;
		produced->sequences[i] = state->sequence;
		if (state->high_water > produced->high_water)
			produced->high_water = state->high_water;
	}
	/* Two positions read one after the other can lie further apart than they ever did. */
	if (produced->failed > 0 || produced->high_water > memory->ring_size)
		produced->high_water = memory->ring_size;
	return err;
}

/* Relaxed: figures to look at while they change, with nothing that depends on them. */
static void memory_observe(
	struct live_source *source, uint64_t *attempted, uint64_t *lost, uint64_t *waiting)
{
	const struct memory_live *memory = memory_of(source);

	*attempted = *lost = *waiting = 0;
	for (uint32_t i = 0; i < memory->producers.count; i++) {
		const struct ringview_account *account = &memory->states[i].account;

		*attempted += __atomic_load_n(&account->attempted, __ATOMIC_RELAXED);
		*lost += __atomic_load_n(&account->failed, __ATOMIC_RELAXED);
	}
	for (uint32_t i = 0; i < source->rings.count; i++)
		*waiting += waiting_in(&memory->rings[i]);
}

static int memory_measure_alone(
	struct live_source *source, double *ns_per_event, struct complaint *why)
{
	return producers_measure_alone(&memory_of(source)->producers, false, ns_per_event, why);
}

static int memory_measure_unattached(struct live_source *source, double *ns, struct complaint *why)
{
	(void)source;
	(void)why;
	*ns = 0;
	return 0;
}

static void memory_close(struct live_source *source)
{
	struct memory_live *memory = memory_of(source);
	struct complaint ignored;
	double ns;

	producers_stop(&memory->producers, &ns, &ignored);
	while (memory->opened > 0)
		memory_ring_close(&memory->rings[--memory->opened]);
	free(memory);
}

static const struct live_source_operations memory_operations = {
	.start = memory_start,
	.turn = memory_turn,
	.stop = memory_stop,
	.measure_alone = memory_measure_alone,
	.measure_unattached = memory_measure_unattached,
	.observe = memory_observe,
	.close = memory_close,
};

static int open_rings(struct memory_live *memory, bool overwrite, struct complaint *why)
{
	for (; memory->opened < memory->source.rings.count; memory->opened++) {
		int err = memory_ring_open(&memory->rings[memory->opened], memory->ring_size);

		if (err)
			return complain(why, err,
				"cannot make ring %u of %u, of %llu bytes, in memory: %s; try a "
				"smaller -ring-size",
				memory->opened + 1, memory->source.rings.count,
				(unsigned long long)memory->ring_size, strerror(-err));
		if (overwrite)
			memory_ring_let_overwrite(&memory->rings[memory->opened]);
	}
	return 0;
}

int live_memory_source_open(
	struct live_source **source, const struct workload *workload, struct complaint *why)
{
	struct memory_live *memory;
	int err;

	/* calloc() would not align it as the parts that threads write ask for. */
	if (posix_memalign((void **)&memory, _Alignof(struct memory_live), sizeof(*memory)))
		return complain(why, -ENOMEM, "out of memory");
	memset(memory, 0, sizeof(*memory));
	memory->source.operations = &memory_operations;
	memory->source.rings = (struct ring_set){ .count = workload->rings,
		.size = workload->ring_size,
		.made = memory->rings,
		.perf_fd = -1 };
	memory->plan = live_plan_of(workload);
	memory->ring_size = workload->ring_size;
	producers_init(&memory->producers, workload, &memory->plan, &memory_job, memory);
	err = open_rings(memory, workload->overwrite, why);
	if (err) {
		memory_close(&memory->source);
		return err;
	}
	*source = &memory->source;
	return 0;
}
