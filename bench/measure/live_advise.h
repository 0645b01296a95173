/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The smallest ring that loses nothing, found by trying.
 */
#ifndef BENCH_LIVE_ADVISE_H
#define BENCH_LIVE_ADVISE_H

#include "measure/live_measure.h"

#define LIVE_ADVICE_MOST ((uint64_t)512 << 20) /* larger rings only put a loss off */
#define LIVE_ADVICE_SIZES_MAX 20

struct live_try {
	uint64_t ring_size;
	uint32_t runs;           /* up to the first with a loss */
	uint64_t produced, lost; /* of all of them */
	uint64_t high_water;     /* bytes, the most of all */
};

struct live_advice {
	uint64_t ring_size; /* 0: none of those tried was enough */
	bool saturated;     /* the consumer is busy all the time: a ring of any size fills up */
	size_t try_count;
	struct live_try tries[LIVE_ADVICE_SIZES_MAX];
};

/*
 * Tries rings of twice the size each time, from a page on, with the first combination of @request,
 * for workload->duration_ns and @request->rounds times at most, until one loses nothing. Leaves
 * that size in @workload, which @request has to refer to; or LIVE_ADVICE_MOST. Errors as
 * live_measure().
 */
int live_advise(const struct live_request *request, struct live_workload *workload,
	struct live_advice *advice, struct complaint *why);

#endif
