/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What readers read: one ring or several, of the kernel or in plain memory, and where they are
 * written to, perf's buffers.
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
	int map_fds[LIVE_RINGS_MAX]; /* of the kernel's */
	struct memory_ring *made;    /* those in plain memory; NULL: they are the kernel's */
	int perf_fd;                 /* the map of perf's buffers; -1: not asked for */
};

/* A mapping of a ring, for what reads it without a reader: the limits and the check. */
struct ring_bytes {
	uint64_t *consumer;
	const uint64_t *producer;
	const unsigned char *data; /* mapped twice in a row */
	uint64_t size;
};

/* Opens another reader on ring @index. 0 or a negative errno. */
int ring_set_open_reader(const struct ring_set *rings, uint32_t index,
	const struct ringview_options *options, struct ringview **reader);

/*
 * Maps ring @index once more, and unmaps it: a mapping that was just read through is faster than
 * another, as its page tables are in the caches. All who read a ring in memory share its one
 * mapping. 0 or a negative errno.
 */
int ring_set_map(const struct ring_set *rings, uint32_t index, struct ring_bytes *bytes);
void ring_set_unmap(const struct ring_set *rings, struct ring_bytes *bytes);

#endif
