/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In which order the paths run. One row is one round: every path once. Over a whole schedule each
 * path stands equally often in each position and follows each other path equally often, so neither
 * drift nor the caches and queues that a path leaves behind favour anyone (Williams, "Experimental
 * designs balanced for the estimation of residual effects of treatments", 1949).
 */
#ifndef BENCH_STATISTICS_SCHEDULE_H
#define BENCH_STATISTICS_SCHEDULE_H

#include <stddef.h>

#define SCHEDULE_PATHS_MAX 96

/*
 * How many rows make a balanced schedule of that many paths: as many as paths when their number is
 * even, twice as many when it is odd, one for a single path. 0 when there is no schedule: no paths
 * or more than SCHEDULE_PATHS_MAX.
 */
size_t schedule_rows(size_t paths);

/*
 * Writes the order of one row, the path numbers 0 to paths - 1, into order[0 .. paths - 1]. Rows
 * after the last start again with the first, so a round number may be passed. Writes nothing when
 * schedule_rows() is 0.
 */
void schedule_fill(size_t paths, size_t row, size_t *order);

/*
 * The wanted number of rounds, rounded up to whole schedules; at least one. 0 when schedule_rows()
 * is 0. The caller keeps the result within STATISTICS_ROUNDS_MAX.
 */
size_t schedule_rounds(size_t paths, size_t wanted);

#endif
