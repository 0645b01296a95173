/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The caches: flushes them, so that every reading starts alike (lines that an earlier reading left
 * make one up to four times as fast), and finds CPUs and a ring size for a ring that stays in them.
 */
#ifndef BENCH_CACHE_H
#define BENCH_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/complaint.h"

/* Whether cache_flush() works on this architecture. */
#if defined(__x86_64__) || defined(__aarch64__)
#define CACHE_CAN_FLUSH true
#else
#define CACHE_CAN_FLUSH false
#endif

/* Flushes @size bytes at @start from all caches, for all mappings. */
void cache_flush(const void *start, size_t size);

/* The CPUs that write and read a ring in a cache. */
struct cache_place {
	int reader, writer; /* writer -1: this process may use one CPU only */
	bool same_core;     /* both are threads of one core, which share its caches */
	double line_ns;     /* to transfer a cache line between them; NAN: unknown */
};

/* Chooses among the CPUs that this thread may use; @cpu is the reader's, unless negative. Returns 0,
 * or a negative errno with @why. */
int cache_place_find(struct cache_place *place, int cpu, struct complaint *why);

/* Half of the second-level cache; 1 MiB if its size is unknown. */
uint64_t cache_ring_size(void);

#endif
