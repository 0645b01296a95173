/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring that loses nothing, found by trying.
 */
#ifndef BENCH_LIVE_ADVISE_H
#define BENCH_LIVE_ADVISE_H

#include "measure/measure.h"

#define LIVE_ADVICE_MOST ((uint64_t)512 << 20) /* larger rings only put a loss off */
#define LIVE_ADVICE_SIZES_MAX 40
#define LIVE_ADVICE_MARGIN 4 /* times the smallest that lost nothing */

struct live_try {
	uint64_t ring_size;
	uint32_t runs;           /* up to the first with a loss */
	uint64_t produced, lost; /* of all of them */
	uint64_t high_water;     /* bytes, the most of all */
};

struct live_advice {
	uint64_t ring_size; /* recommended: verified, with a margin; 0: none of those tried was
			       enough */
	uint64_t smallest;  /* that lost nothing; 0 likewise */
	bool off_cpu;       /* events were lost while the consumer was kept off its CPU */
	bool saturated;     /* the consumer is busy all the time: a ring of any size fills up */
	size_t try_count;
	struct live_try tries[LIVE_ADVICE_SIZES_MAX];
};

/*
 * Tries rings of twice the size each time, from a page on, with the first combination of @request,
 * for workload->duration_ns and @request->plan.rounds times at most, until one loses nothing. Then one
 * of LIVE_ADVICE_MARGIN times that size has to lose nothing either, or one larger. Leaves its size
 * in
 * @workload, which @request has to refer to; or LIVE_ADVICE_MOST. Errors as measure_live().
 */
int live_advise(const struct request *request, struct workload *workload,
	struct live_advice *advice, struct complaint *why);

/* After a measurement with that size: true where that has lost events after all, and is to be made
 * again with the size that the advice is now. None larger is left: that is 0, and false. */
bool live_advise_again(const struct measurement *measurement, struct workload *workload,
	struct live_advice *advice);

#endif
