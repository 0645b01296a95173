/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What keeps a reader from a workload of live.
 */
#ifndef BENCH_LIVE_CHECKS_H
#define BENCH_LIVE_CHECKS_H

#include "rings/live.h"

/* Why a reader cannot take part, as half a sentence ("reads one ring"), and what would help ("leave
 * out -rings"). NULL: it can. */
struct live_obstacle {
	const char *reason;
	const char *remedy;
};

/* What keeps any mode from this workload. */
struct live_obstacle live_obstacle_of(const struct live_workload *workload, enum live_mode mode);

#endif
