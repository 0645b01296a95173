/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/values.h"
#include "rings/plan.h"

#define NS_PER_S UINT64_C(1000000000)

/* Without a rate, asking how much waits costs a tenth of the event. */
#define QUERY_EVERY 256

__extension__ typedef unsigned __int128 wide;

_Static_assert(LIVE_PRODUCERS == LIVE_PRODUCERS_MAX, "both sides have to agree");
_Static_assert(LIVE_RINGS == LIVE_RINGS_MAX, "both sides have to agree");

static const enum ringview_notify notifications[] = {
	[NOTIFY_DEFAULT] = RINGVIEW_NOTIFY_ADAPTIVE,
	[NOTIFY_NEVER] = RINGVIEW_NOTIFY_NEVER,
	[NOTIFY_FORCE] = RINGVIEW_NOTIFY_FORCE,
	[NOTIFY_SAMPLED] = RINGVIEW_NOTIFY_AT_LEAST,
};

static const uint32_t mixed_sizes[LIVE_MIXED_SIZES] = { 16, 24, 64, 200, 1000 };

static uint64_t stride_of(uint32_t size)
{
	return ((uint64_t)size + RECORD_HEADER + 7) & ~UINT64_C(7);
}

/* Bytes that @events events take on average, and the largest of them. */
static uint64_t strides(uint32_t event_size, uint64_t events, uint64_t *largest)
{
	uint64_t sum = 0;

	if (event_size) {
		*largest = stride_of(event_size);
		return events * *largest;
	}
	*largest = 0;
	for (int i = 0; i < LIVE_MIXED_SIZES; i++) {
		uint64_t stride = stride_of(mixed_sizes[i]);

		sum += stride;
		if (stride > *largest)
			*largest = stride;
	}
	return (uint64_t)((wide)events * sum / LIVE_MIXED_SIZES);
}

/* producers / rate seconds. */
static struct live_interval interval_of(const struct live_workload *workload)
{
	struct live_interval interval = { 0 };
	const uint64_t ns = workload->producers * NS_PER_S;

	if (workload->rate == PARSE_RATE_MAX)
		return interval;
	interval.ns = ns / workload->rate;
	interval.remainder = ns % workload->rate;
	interval.divisor = workload->rate;
	return interval;
}

struct live_plan live_plan_of(const struct live_workload *workload)
{
	struct live_plan plan = {
		.event_size = workload->event_size,
		.discard = (uint64_t)(workload->discard * 4294967296.0),
		.notify = notifications[workload->notify],
		.query_mask = workload->rate == PARSE_RATE_MAX ? QUERY_EVERY - 1 : 0,
		.interval = interval_of(workload),
	};

	plan.notify_bytes =
		strides(workload->event_size, workload->notify_events, &plan.largest_stride);
	return plan;
}

/* The n-th event is due at the whole part of n * length / divisor, with this length. */
static wide length_of(const struct live_interval *interval)
{
	return (wide)interval->ns * interval->divisor + interval->remainder;
}

uint64_t live_due_offset(const struct live_interval *interval, uint64_t sequence)
{
	return sequence * interval->ns +
	       (uint64_t)((wide)sequence * interval->remainder / interval->divisor);
}

/* Those n with n * length / divisor < elapsed + 1. */
uint64_t live_due_count(const struct live_interval *interval, uint64_t elapsed)
{
	const wide length = length_of(interval);

	return (uint64_t)((((wide)elapsed + 1) * interval->divisor + length - 1) / length);
}
