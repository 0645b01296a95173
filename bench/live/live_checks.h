/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether what the flags of `live` ask for makes sense together.
 */
#ifndef BENCH_LIVE_CHECKS_H
#define BENCH_LIVE_CHECKS_H

#include "complaint.h"
#include "live/live.h"

/* Each returns 0, or -EINVAL with @why. */
int live_check_ring(const struct live_workload *workload, struct complaint *why);
int live_check_producers(const struct live_workload *workload, struct complaint *why);
int live_check_back_to_back(const struct live_workload *workload, struct complaint *why);

/* Why a reader cannot take part, as half a sentence ("reads one ring"), and what would help ("leave
 * out -rings"). NULL: it can. */
struct live_obstacle {
	const char *reason;
	const char *remedy;
};

/* What keeps any mode from this workload. */
struct live_obstacle live_obstacle_of(const struct live_workload *workload, enum live_mode mode);

#endif
