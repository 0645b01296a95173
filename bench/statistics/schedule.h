/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order in which readers run. A row is a round: every path once. Over a whole schedule each path
 * is equally often in each position and follows each other path equally often, so neither drift nor
 * the caches and queues that a path leaves behind favour anyone (Williams, "Experimental designs
 * balanced for the estimation of residual effects of treatments", 1949).
 */
#ifndef BENCH_STATISTICS_SCHEDULE_H
#define BENCH_STATISTICS_SCHEDULE_H

#include <stddef.h>

#define SCHEDULE_PATHS_MAX 96

/* Rows of a balanced schedule: as many as paths if their number is even, twice as many if it is odd,
 * one for a single path. 0: no paths, or more than SCHEDULE_PATHS_MAX. */
size_t schedule_rows(size_t paths);

/* Writes the order of one row, the path numbers 0 to paths - 1, into order[0 .. paths - 1]. Rows
 * after the last start again with the first. Writes nothing if schedule_rows() is 0. */
void schedule_fill(size_t paths, size_t row, size_t *order);

/* The wanted number of rounds, rounded up to whole schedules, at least one. 0 if schedule_rows() is
 * 0. The caller keeps the result within STATISTICS_ROUNDS_MAX. */
size_t schedule_rounds(size_t paths, size_t wanted);

#endif
