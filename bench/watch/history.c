/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>

#include "watch/history.h"

#define NS_PER_S 1e9

void watch_history_begin(struct watch_history *h, uint64_t size)
{
	*h = (struct watch_history){
		.size = size,
		.lowest = UINT64_MAX,
		.lowest_before = UINT64_MAX,
		.still_ns = -1,
		.busy_ns = -1,
	};
}

static void begin_interval(struct watch_history *h)
{
	h->first = h->last;
	h->written = h->consumed = 0;
	h->lowest = UINT64_MAX;
	h->interval_high = 0;
}

/* Whether the two have positions that a distance can be taken of. */
static bool are_sound(const struct ring_sample *a, const struct ring_sample *b)
{
	const enum ring_fault fault = a->fault ? a->fault : b->fault;

	return fault == FAULT_NONE || fault == FAULT_HEADER;
}

static void add_distances(struct watch_history *h, const struct ring_sample *s)
{
	const int64_t consumed = (int64_t)(s->consumer - h->last.consumer);

	if (consumed < 0)
		h->moved_back++;
	if (!are_sound(&h->last, s))
		return;
	h->written += s->producer - h->last.producer;
	if (consumed > 0)
		h->consumed += (uint64_t)consumed;
}

static void add_level(struct watch_history *h, const struct ring_sample *s)
{
	/* More seems to wait than did: that is no peak. */
	if (s->fault != FAULT_NONE || !s->settled)
		return;
	if (s->waiting < h->lowest)
		h->lowest = s->waiting;
	if (s->waiting > h->interval_high)
		h->interval_high = s->waiting;
	if (s->waiting > h->high_water)
		h->high_water = s->waiting;
}

static void add_standstill(struct watch_history *h, const struct ring_sample *s, bool moved)
{
	if (moved)
		h->moved_ns = s->time_ns;
	if (moved || s->waiting == 0)
		h->still_ns = -1;
	if (s->waiting > 0 && h->still_ns < 0)
		h->still_ns = s->time_ns;
	if (moved || s->head != HEAD_BUSY)
		h->busy_ns = -1;
	if (s->head == HEAD_BUSY && h->busy_ns < 0)
		h->busy_ns = s->time_ns;
}

static void add_fullness(struct watch_history *h, const struct ring_sample *s)
{
	const bool full = ring_sample_is_full(s, h->size);

	if (full && h->full)
		h->full_ns += s->time_ns - h->last.time_ns;
	h->full_episodes += full && !h->full;
	h->full = full;
}

void watch_history_add(struct watch_history *h, const struct ring_sample *s)
{
	const bool first = !h->begun;

	if (first)
		h->moved_ns = s->time_ns;
	else
		add_distances(h, s);
	add_level(h, s);
	add_standstill(h, s, !first && s->consumer != h->last.consumer);
	add_fullness(h, s);
	h->last = *s;
	if (first)
		h->first = *s;
	h->begun = true;
}

/*
 * How fast the ring fills up, in bytes a second. What waits goes up and down as a consumer comes
 * and goes: so it is the lowest level that has to rise. Where nothing was consumed at all, what is
 * written is what it fills up by.
 */
static double growth(const struct watch_history *h, double seconds)
{
	if (h->consumed == 0 && h->last.waiting > 0)
		return (double)h->written / seconds;
	if (h->lowest_before == UINT64_MAX || h->lowest == UINT64_MAX ||
		h->lowest <= h->lowest_before)
		return 0;
	return (double)(h->lowest - h->lowest_before) / seconds;
}

static int64_t full_in(const struct watch_history *h, double seconds)
{
	const double rate = growth(h, seconds);
	double ns;

	if (h->full)
		return 0;
	if (h->last.fault != FAULT_NONE || !(rate > 0))
		return -1;
	ns = (double)(h->size - h->last.waiting) / rate * NS_PER_S;
	/* In more than a century nobody is interested. */
	return ns < 3e18 ? (int64_t)ns : -1;
}

static double records_per_s(const struct ring_walk *walk, double written_per_s)
{
	if (!walk->known || walk->records == 0)
		return written_per_s > 0 ? NAN : 0;
	return written_per_s * (double)walk->records / (double)walk->bytes;
}

void watch_history_figures(
	struct watch_history *h, const struct ring_walk *walk, struct watch_figures *f)
{
	const int64_t now = h->last.time_ns;
	const double seconds = (double)(now - h->first.time_ns) / NS_PER_S;

	*f = (struct watch_figures){
		.sample = h->last,
		.fill = (double)h->last.waiting / (double)h->size,
		.written_per_s = seconds > 0 ? (double)h->written / seconds : 0,
		.consumed_per_s = seconds > 0 ? (double)h->consumed / seconds : 0,
		.high_water = h->high_water,
		.interval_high = h->interval_high,
		.still_ns = now - h->moved_ns,
		.stalled_ns = h->still_ns >= 0 ? now - h->still_ns : 0,
		.busy_ns = h->busy_ns >= 0 ? now - h->busy_ns : 0,
		.full_in_ns = seconds > 0 ? full_in(h, seconds) : -1,
		.full = h->full,
		.full_episodes = h->full_episodes,
		.full_ns = h->full_ns,
		.moved_back = h->moved_back,
		.walk = *walk,
	};
	f->records_per_s = records_per_s(walk, f->written_per_s);
	h->lowest_before = h->lowest;
	begin_interval(h);
}
