/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds by trial the size of a ring that loses no events.
 */
#ifndef BENCH_LIVE_ADVISE_H
#define BENCH_LIVE_ADVISE_H

#include "measure/measure.h"

#define LIVE_ADVICE_MOST ((uint64_t)512 << 20) /* bytes; a larger ring only delays a loss */
#define LIVE_ADVICE_SIZES_MAX 40
#define LIVE_ADVICE_MARGIN 4 /* times the smallest that lost nothing */

struct live_try {
	uint64_t ring_size;
	uint32_t runs;           /* up to the first that lost events */
	uint64_t produced, lost; /* in all runs */
	uint64_t high_water;     /* the largest backlog of all runs, bytes */
};

struct live_advice {
	uint64_t ring_size; /* recommended: verified, with a margin; 0: all sizes lost events */
	uint64_t smallest;  /* that lost nothing; 0: none */
	bool off_cpu;       /* events were lost while the consumer was ready and did not run */
	bool saturated;     /* the consumer is always busy: a ring of any size becomes full */
	size_t try_count;
	struct live_try tries[LIVE_ADVICE_SIZES_MAX];
};

/*
 * Doubles the ring size, from a page on, until the first combination of @request loses nothing in
 * request->plan.rounds runs of workload->duration_ns. Then verifies LIVE_ADVICE_MARGIN times that
 * size, or the next larger one that loses nothing. Leaves that size in @workload, to which
 * request->workload must point. Returns as measure_live().
 */
int live_advise(const struct request *request, struct workload *workload,
	struct live_advice *advice, struct complaint *why);

/* After a measurement with the recommended size. If it lost events: doubles the recommendation and
 * workload->ring_size and returns true, to measure again; at LIVE_ADVICE_MOST, sets the
 * recommendation to 0 and returns false. */
bool live_advise_again(const struct measurement *measurement, struct workload *workload,
	struct live_advice *advice);

#endif
