/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Working memory for one statistic at a time: about 34 KB, owned by the caller, so that nothing
 * here allocates and one static object serves a whole report. Its content before a call does not
 * matter and after a call means nothing.
 */
#ifndef BENCH_STATISTICS_SCRATCH_H
#define BENCH_STATISTICS_SCRATCH_H

#include <stdint.h>

/* The longest series accepted; a longer one is refused, never shortened. */
#define STATISTICS_ROUNDS_MAX 1024

/* Enough that another seed moves an end of a 95 % interval by a small part of its width. */
#define STATISTICS_RESAMPLES 2000

struct statistics_scratch {
	double sorted[2][STATISTICS_ROUNDS_MAX];
	double resampled[STATISTICS_RESAMPLES];
	uint16_t drawn[STATISTICS_ROUNDS_MAX];
};

#endif
