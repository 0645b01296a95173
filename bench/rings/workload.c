/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>

#include "base/values.h"
#include "rings/workload.h"

#define NS_PER_S UINT64_C(1000000000)

/* Without a rate, a query of the backlog costs a tenth of an event. */
#define QUERY_EVERY 256

__extension__ typedef unsigned __int128 wide;

const char *const event_names[] = { "skb_meta", "sized", NULL };
const char *const source_names[] = { "bpf", "memory", NULL };
const char *const touch_names[] = { "none", "header", "fields", "bytes", NULL };
const char *const caches_names[] = { "cold", "own", "other", NULL };
const char *const live_notify_names[] = { "default", "never", "force", "sampled", NULL };
const char *const live_producer_names[] = { "run", "syscall", NULL };
const char *const live_write_names[] = { "reserve", "output", NULL };
const char *const live_preset_names[] = { "kernel-selftests", NULL };

static const enum ringview_notify notifications[] = {
	[NOTIFY_DEFAULT] = RINGVIEW_NOTIFY_ADAPTIVE,
	[NOTIFY_NEVER] = RINGVIEW_NOTIFY_NEVER,
	[NOTIFY_FORCE] = RINGVIEW_NOTIFY_FORCE,
	[NOTIFY_SAMPLED] = RINGVIEW_NOTIFY_AT_LEAST,
};

/* Bytes that @events records take on average. */
static uint64_t strides(const struct workload *workload, uint64_t events)
{
	const struct mix *mix = workload->mix;

	return mix ? (uint64_t)((wide)events * mix->stride_sum / mix->count)
		   : events * record_stride(workload->event_size);
}

/* producers / rate seconds; in bursts 0, and after each burst its whole period. */
static struct live_interval interval_of(const struct workload *workload)
{
	struct live_interval interval = { .step = 1 };
	const uint64_t ns = workload->producers * NS_PER_S;

	if (workload->rate == PARSE_RATE_MAX)
		return interval;
	if (workload->burst > 0)
		return (struct live_interval){ .remainder = 1,
			.divisor = workload->burst / workload->producers,
			.step = (uint64_t)workload->burst_ns };
	interval.ns = ns / workload->rate;
	interval.remainder = ns % workload->rate;
	interval.divisor = workload->rate;
	return interval;
}

struct live_plan live_plan_of(const struct workload *workload)
{
	return (struct live_plan){
		.discard = workload_discard(workload),
		.notify = notifications[workload->notify],
		.notify_bytes = strides(workload, workload->notify_events),
		.query_mask = workload->rate == PARSE_RATE_MAX ? QUERY_EVERY - 1 : 0,
		.interval = interval_of(workload),
	};
}

uint64_t live_due_offset(const struct live_interval *interval, uint64_t sequence)
{
	return sequence * interval->ns +
	       (uint64_t)((wide)sequence * interval->remainder / interval->divisor) *
		       interval->step;
}

/* Event n is due at the whole part of n * length / divisor: counts the n with
 * n * length / divisor < elapsed + 1. Of bursts, all events of those that have begun. */
uint64_t live_due_count(const struct live_interval *interval, uint64_t elapsed)
{
	const wide length = (wide)interval->ns * interval->divisor + interval->remainder;

	if (interval->step > 1)
		return (elapsed / interval->step + 1) * interval->divisor;
	return (uint64_t)((((wide)elapsed + 1) * interval->divisor + length - 1) / length);
}
