/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is in the ring, found by a plain walk that shares no code with the library or the
 * readers: what every reader must have found.
 */
#ifndef BENCH_CHECK_H
#define BENCH_CHECK_H

#include "base/complaint.h"
#include "readers/reader.h"
#include "rings/source.h"
#include "rings/workload.h"

/*
 * Walks the ring from reading->start to the producer position. Each record must have the number
 * that is next from reading->first on, and be as long as the workload says of this number, and
 * discarded if it says so; with TOUCHING_PROOF, each byte of a sized event must be the one that its
 * number demands. @result is what a path with that touching finds. 0, or -EBADMSG with @why.
 */
int check_walk(const struct ring_bytes *ring, const struct reading *reading,
	const struct workload *workload, struct reading_result *result, struct complaint *why);

/* What path `memory` finds: the sum of the first word of each cache line from @start on. */
uint64_t check_cache_lines(const struct ring_bytes *ring, uint64_t start);

#endif
