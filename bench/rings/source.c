/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/process.h"
#include "base/values.h"
#include "machine/machine.h"
#include "rings/source.h"

int source_open(
	struct source **result, const struct workload *workload, bool perf, struct complaint *why)
{
	const struct source_operations *operations =
		workload->source == SOURCE_MEMORY ? &memory_source : &bpf_source;
	const uint64_t buffers = perf ? producers_cpus() : 0; /* each as large as a ring */
	struct source *source;
	int err = memory_check_rings(workload->rings + buffers, workload->ring_size,
		perf ? "rings and buffers" : "rings", why);

	if (err)
		return err;
	/* calloc() would not align the parts that threads write. */
	if (posix_memalign((void **)&source, _Alignof(struct source), operations->size))
		return complain(why, -ENOMEM, "out of memory");
	memset(source, 0, operations->size);
	source->operations = operations;
	source->perf = perf;
	source->workload = *workload;
	source->plan = live_plan_of(workload);
	source->rings = (struct ring_set){
		.count = workload->rings, .size = workload->ring_size, .perf_fd = -1
	};
	producers_init(source);
	err = operations->open(source, why);
	if (!err && !source_ring(source, 0))
		err = complain(why, -errno, "cannot map the ring: %s; try a smaller -ring-size",
			strerror(errno));
	if (err) {
		source_close(source);
		return err;
	}
	*result = source;
	return 0;
}

void source_close(struct source *source)
{
	struct complaint ignored;
	double ns;

	if (!source)
		return;
	producers_stop(source, &ns, &ignored);
	for (uint32_t i = 0; i < source->rings.count; i++)
		ring_set_unmap(&source->rings, &source->mapped[i]);
	source->operations->close(source);
	free(source);
}

int source_bpf_available(struct complaint *why)
{
	const struct workload smallest = {
		.event = EVENT_SKB_META,
		.event_size = sizeof(struct skb_meta),
		.ring_size = (uint64_t)sysconf(_SC_PAGESIZE),
		.rings = 1,
		.producers = 1,
		.rate = PARSE_RATE_MAX,
	};
	struct source *source = NULL;
	int err = source_open(&source, &smallest, false, why);

	source_close(source);
	return err;
}

const struct ring_bytes *source_ring(struct source *source, uint32_t index)
{
	struct ring_bytes *ring = &source->mapped[index];
	int err = ring->size > 0 ? 0 : ring_set_map(&source->rings, index, ring);

	errno = -err;
	return err ? NULL : ring;
}

static int complain_of_count(int err, struct complaint *why)
{
	return complain(why, err, "cannot read what the BPF program counted: %s", strerror(-err));
}

int source_start(struct source *source, struct complaint *why)
{
	const struct source_operations *operations = source->operations;
	int err = operations->attach ? operations->attach(source, true, why) : 0;

	for (uint32_t i = 0; i < source->workload.producers && !err; i++) {
		err = operations->count(source, i, &source->before[i]);
		if (err)
			complain_of_count(err, why);
	}
	return err ? err : producers_start(source, why);
}

/* Adds what producer @index has counted since the start. */
static int add_account(const struct source *source, uint32_t index, struct produced *produced,
	struct complaint *why)
{
	const struct ringview_account *before = &source->before[index];
	struct ringview_account now;
	int err = source->operations->count(source, index, &now);

	if (err)
		return complain_of_count(err, why);
	produced->attempted += now.attempted - before->attempted;
	produced->submitted += now.submitted - before->submitted;
	produced->failed += now.failed - before->failed;
	produced->discarded += now.discarded - before->discarded;
	return 0;
}

int source_stop(struct source *source, struct produced *produced, struct complaint *why)
{
	int err;

	*produced = (struct produced){ 0 };
	err = producers_stop(source, &produced->ns, why);
	for (uint32_t i = 0; i < source->workload.producers && !err; i++) {
		const struct live_state *state = &source->states[i];

		err = add_account(source, i, produced, why);
		produced->sequences[i] = state->sequence;
		if (state->high_water > produced->high_water)
			produced->high_water = state->high_water;
	}
	/* The two positions are read one after the other, so their distance may be too large. */
	if (produced->failed > 0 || produced->high_water > source->rings.size)
		produced->high_water = source->rings.size;
	if (source->target == TARGET_PERF_BUFFERS)
		produced->high_water = LIVE_UNKNOWN;
	return err;
}

int source_produce(struct source *source, uint64_t events, struct complaint *why)
{
	struct producer *first = &source->producers[0];
	const uint64_t end = producers_attempted(source, 0) + events;
	uint64_t made;
	double ns;
	int err = 0;

	/* A signal ends a call of the program early: it goes on until all are made. */
	while (!err && (made = producers_attempted(source, 0)) < end) {
		const uint64_t left = end - made;

		err = producers_produce(
			first, left < PRODUCERS_BULK_MAX ? left : PRODUCERS_BULK_MAX, &ns);
		if (err)
			*why = first->why;
		else if (interrupted())
			err = -EINTR;
	}
	return err;
}

int source_fill(struct source *source, uint64_t first, uint64_t events, struct complaint *why)
{
	struct produced produced = { 0 };
	int err;

	__atomic_store_n(&source->states[0].sequence, first, __ATOMIC_RELAXED);
	err = source_produce(source, events, why);
	if (!err)
		err = add_account(source, 0, &produced, why);
	/* A failed event would be missing when the ring is read. */
	if (!err && produced.failed > 0)
		err = complain(why, -ENOSPC,
			"the ring had no room for %" PRIu64 " of %" PRIu64 " events; this is a bug",
			produced.failed, events);
	return err;
}

static uint64_t sum_of_known(uint64_t sum, uint64_t more)
{
	return sum == LIVE_UNKNOWN || more == LIVE_UNKNOWN ? LIVE_UNKNOWN : sum + more;
}

void source_observe(struct source *source, uint64_t *attempted, uint64_t *lost, uint64_t *waiting)
{
	*attempted = *lost = *waiting = 0;
	for (uint32_t i = 0; i < source->workload.producers; i++) {
		struct ringview_account account;
		const bool known = source->operations->count(source, i, &account) == 0;

		*attempted += producers_attempted(source, i);
		*lost = sum_of_known(
			*lost, known ? account.failed - source->before[i].failed : LIVE_UNKNOWN);
	}
	for (uint32_t i = 0; i < source->rings.count; i++) {
		const struct ring_bytes *ring = source_ring(source, i);

		*waiting = sum_of_known(
			*waiting, ring ? ring_waiting(ring->consumer, ring->producer, ring->size)
				       : LIVE_UNKNOWN);
	}
}
