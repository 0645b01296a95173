/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of several runs of one command, from the result files that they wrote.
 */
#ifndef BENCH_RESULTS_TABLE_RUNS_H
#define BENCH_RESULTS_TABLE_RUNS_H

#include "results/table.h"

/*
 * Fills @table with the rounds of all documents in the array @runs, one run after the other, and
 * sets table->runs, workload and more. Rows that not all runs have are left out, as peers may fail.
 * Latencies are the medians over the runs. 0; -EINVAL when nothing is in common, or the rounds
 * differ or are too many; or -ENOMEM.
 */
int table_take_runs(struct table *table, const json_t *runs);

/* The median over the runs of a setting that was measured; 0 where there is none. */
double table_runs_setting(const json_t *runs, const char *name);

#endif
