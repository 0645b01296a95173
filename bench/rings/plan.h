/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a workload means for each event, worked out once: for the BPF programs, which get it as
 * constants, and for the producers in user space alike.
 */
#ifndef BENCH_LIVE_PLAN_H
#define BENCH_LIVE_PLAN_H

#include <stdint.h>

#include "rings/workload.h"
#include "live_producer.h"
#include "ringview/ringview.bpf.h"

struct live_plan {
	uint32_t event_size;     /* 0: those of */
	const struct mix *mix;   /* or NULL */
	uint64_t largest_stride; /* bytes of the ring that an event can take */
	bool order;              /* each event has the time at which it is written */
	uint64_t discard;        /* of event_is_discarded() */
	enum ringview_notify notify;
	uint64_t notify_bytes;         /* of RINGVIEW_NOTIFY_AT_LEAST */
	uint64_t query_mask;           /* high water is looked at where sequence & this is 0 */
	struct live_interval interval; /* between two events of one producer */
};

struct live_plan live_plan_of(const struct workload *workload);

/* Nanoseconds from the first event of a producer to its event @sequence. Exact. */
uint64_t live_due_offset(const struct live_interval *interval, uint64_t sequence);

/* How many of its events are due @elapsed ns after the first was. */
uint64_t live_due_count(const struct live_interval *interval, uint64_t elapsed);

#endif
