/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rings that readers read, of the kernel or in plain memory; or perf buffers.
 */
#ifndef BENCH_RING_SET_H
#define BENCH_RING_SET_H

#include <stdint.h>

#include "live_producer.h"
#include "ringview/ringview.h"

struct memory_ring;

struct ring_set {
	uint32_t count;
	uint64_t size;               /* bytes of each */
	int map_fds[LIVE_RINGS_MAX]; /* of rings of the kernel */
	struct memory_ring *made;    /* rings in plain memory; NULL: rings of the kernel */
	int perf_fd;                 /* the map of perf buffers; -1: none */
};

/* A mapping of a ring, for the limits and the check, which read it without a reader. */
struct ring_bytes {
	uint64_t *consumer;
	const uint64_t *producer;
	const unsigned char *data; /* mapped twice in a row */
	uint64_t size;
};

/* The backlog in bytes: what bpf_ringbuf_query(BPF_RB_AVAIL_DATA) returns. */
static inline uint64_t ring_waiting(
	const uint64_t *consumer, const uint64_t *producer, uint64_t size)
{
	/* The consumer position first, so that it is not ahead. Pairs with the store-release of the
	 * readers. */
	const uint64_t released = __atomic_load_n(consumer, __ATOMIC_ACQUIRE);
	const uint64_t waiting = __atomic_load_n(producer, __ATOMIC_ACQUIRE) - released;

	/* The producer of a ring that overwrites may be more than its size ahead. */
	return waiting < size ? waiting : size;
}

/* Opens a reader on ring @index. Returns 0 or a negative errno. */
int ring_set_open_reader(const struct ring_set *rings, uint32_t index,
	const struct ringview_options *options, struct ringview **reader);

/*
 * Maps ring @index. Each user has a mapping of its own, as page tables in the caches make a mapping
 * faster that was just used. A ring in memory has a single mapping, which all share. Returns 0 or a
 * negative errno.
 */
int ring_set_map(const struct ring_set *rings, uint32_t index, struct ring_bytes *bytes);
void ring_set_unmap(const struct ring_set *rings, struct ring_bytes *bytes);

#endif
