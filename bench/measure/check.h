/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a reader must have found, determined by a plain walk of the ring that shares no code with the
 * library or the readers.
 */
#ifndef BENCH_CHECK_H
#define BENCH_CHECK_H

#include "base/complaint.h"
#include "readers/reader.h"
#include "rings/source.h"
#include "rings/workload.h"

/*
 * Walks the ring from reading->fill->start to the producer position. Records must be numbered from
 * reading->fill->first on, and have the length, and the discard bit, that the workload gives to their
 * number; with TOUCHING_PROOF, the bytes of sized events must be right, too. @result is what a
 * reader finds. Returns 0, or -EBADMSG with @why.
 */
int check_walk(const struct ring_bytes *ring, const struct reading *reading,
	const struct workload *workload, struct reading_result *result, struct complaint *why);

/* What reader `memory` finds: the sum of the first word of each cache line from @start on. */
uint64_t check_cache_lines(const struct ring_bytes *ring, uint64_t start);

#endif
