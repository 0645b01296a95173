/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes memory out of the processor's caches, so that every reading starts alike. Without it a
 * reading is up to four times as fast when the one before it left the right lines behind.
 */
#ifndef BENCH_CACHE_H
#define BENCH_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/complaint.h"

/* Whether cache_flush() can do anything on this architecture. */
bool cache_can_flush(void);

/* Flushes @size bytes at @start from all caches, for every mapping of them. */
void cache_flush(const void *start, size_t size);

/* Where a ring that is to be in a cache is written and read. */
struct cache_place {
	int reader, writer; /* CPUs; writer -1: this process has but one */
	bool same_core;     /* they are two threads of one, which share its caches */
	double line_ns;     /* that a cache line takes from one to the other; NAN */
};

/* Chooses from the CPUs that this thread may run on; @cpu, if it is not negative, is the reader's.
 * 0, or a negative errno with @why. */
int cache_place_find(struct cache_place *place, int cpu, struct complaint *why);

/* Half of the second-level cache, or where nobody knows it 1 MiB. */
uint64_t cache_ring_size(void);

#endif
