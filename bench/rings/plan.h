/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A workload as constants: for the BPF programs and for the producers in user space alike.
 */
#ifndef BENCH_LIVE_PLAN_H
#define BENCH_LIVE_PLAN_H

#include <stdint.h>

#include "live_producer.h"
#include "ringview/ringview.bpf.h"
#include "rings/workload.h"

struct live_plan {
	uint64_t discard; /* of event_is_discarded() */
	enum ringview_notify notify;
	uint64_t notify_bytes;         /* of RINGVIEW_NOTIFY_AT_LEAST */
	uint64_t query_mask;           /* the backlog is queried if sequence & this is 0 */
	struct live_interval interval; /* between two events of a producer */
};

struct live_plan live_plan_of(const struct workload *workload);

/* Nanoseconds from the first event of a producer to its event @sequence. Exact. */
uint64_t live_due_offset(const struct live_interval *interval, uint64_t sequence);

/* How many events of a producer are due @elapsed ns after the first. */
uint64_t live_due_count(const struct live_interval *interval, uint64_t elapsed);

#endif
