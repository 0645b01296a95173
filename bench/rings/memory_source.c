/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same events as the BPF programs write, from a producer in user space. No privileges needed.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>

#include "base/interrupt.h"
#include "rings/memory_ring.h"
#include "rings/source.h"

struct memory_source {
	struct source source; /* first */
	struct memory_ring ring;
	struct workload workload;
};

/* As of a packet that BPF_PROG_RUN makes up: only the fields that it sets are not 0. */
static void write_skb_meta(struct skb_meta *meta, uint64_t sequence)
{
	*meta = (struct skb_meta){
		.address = (uintptr_t)meta,
		.len = 114,
		.protocol = 0,
		.ingress_ifindex = 1,
		.ifindex = 1,
		.cb = { (uint32_t)sequence },
	};
}

static void write_sized(uint64_t *words, uint32_t size, uint64_t sequence)
{
	uint64_t last = sized_word(sequence, size / 8);

	for (uint32_t i = 0; i < size / 8; i++)
		words[i] = sized_word(sequence, i);
	for (uint32_t i = 0; i < size % 8; i++)
		((unsigned char *)(words + size / 8))[i] = (unsigned char)(last >> (8 * i));
}

static int memory_fill(
	struct source *source, uint64_t first, uint64_t events, struct complaint *why)
{
	struct memory_source *memory = (struct memory_source *)source;
	const struct workload *workload = &memory->workload;
	const uint64_t discard = workload_discard(workload);

	for (uint64_t number = first; number < first + events; number++) {
		const uint32_t size = workload_size(workload, number);
		void *payload = memory_ring_reserve(&memory->ring, size);

		if (!payload)
			return complain(why, -ENOSPC,
				"the ring in memory was full after %llu of %llu events; this is a "
				"bug",
				(unsigned long long)(number - first), (unsigned long long)events);
		if (workload->event == EVENT_SKB_META)
			write_skb_meta(payload, number);
		else
			write_sized(payload, size, number);
		if (event_is_discarded(number, discard))
			memory_ring_discard(&memory->ring, payload, BPF_RB_NO_WAKEUP);
		else
			memory_ring_submit(&memory->ring, payload, BPF_RB_NO_WAKEUP);
		if (interrupted())
			return -EINTR;
	}
	return 0;
}

static void memory_close(struct source *source)
{
	struct memory_source *memory = (struct memory_source *)source;

	memory_ring_close(&memory->ring);
	free(memory);
}

static const struct source_operations memory_operations = {
	.fill = memory_fill,
	.close = memory_close,
};

int memory_source_open(
	struct source **source, const struct workload *workload, struct complaint *why)
{
	struct memory_source *memory = calloc(1, sizeof(*memory));
	int err;

	if (!memory)
		return complain(why, -ENOMEM, "out of memory");
	err = memory_ring_open(&memory->ring, workload->ring_size);
	if (err) {
		free(memory);
		return complain(why, err,
			"cannot make a ring of %llu bytes in memory: %s; try a smaller -ring-size",
			(unsigned long long)workload->ring_size, strerror(-err));
	}
	memory->workload = *workload;
	memory->source.operations = &memory_operations;
	memory->source.rings = (struct ring_set){
		.count = 1, .size = workload->ring_size, .made = &memory->ring, .perf_fd = -1
	};
	ring_set_map(&memory->source.rings, 0, &memory->source.ring);
	*source = &memory->source;
	return 0;
}
