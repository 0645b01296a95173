/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a ring that is to be in a cache is written and read.
 */
#ifndef BENCH_CACHE_PLACE_H
#define BENCH_CACHE_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/complaint.h"

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
