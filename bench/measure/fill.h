/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which events are written before a reading.
 */
#ifndef BENCH_FILL_H
#define BENCH_FILL_H

#include "readers/reader.h"
#include "rings/workload.h"

/*
 * As many of the @most events from @first on as the ring, which is never wholly full, has room for.
 * The last is none that is discarded: no reader would have to go so far. Sets what struct reading
 * says of a fill, and with @lengths (NULL: all are alike) those of its events.
 */
struct reading fill_plan(
	const struct workload *workload, uint32_t *lengths, uint64_t first, uint64_t most);

/* Events that a fill has at most. */
uint64_t fill_most(const struct workload *workload);

#endif
