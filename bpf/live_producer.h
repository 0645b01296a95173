/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the producers of `live` and user space share beside the events.
 */
#ifndef BENCH_LIVE_PRODUCER_H
#define BENCH_LIVE_PRODUCER_H

#include "live_events.h"
#include "ringview/ringview.bpf.h"
#include "sized_fill.h"

#define LIVE_PRODUCERS 64 /* LIVE_PRODUCERS_MAX */
#define LIVE_RINGS 64     /* LIVE_RINGS_MAX */

/* How a program writes its events. */
enum live_way {
	LIVE_RESERVE, /* where they are to lie: bpf_ringbuf_reserve(), then submit, or discard */
	LIVE_OUTPUT,  /* elsewhere: bpf_ringbuf_output() copies them into the ring */
	LIVE_PERF,    /* elsewhere: bpf_perf_event_output() copies them into a perf buffer */
};

/* From one event of a producer to its next: ns + remainder / divisor nanoseconds, exactly, so that
 * no run is long enough for the due times to drift. In bursts: none, and @step after the last of
 * each, which are @divisor. */
struct live_interval {
	__u64 ns;
	__u64 remainder;
	__u64 divisor; /* 0: there is no rate */
	__u64 step;    /* ns that a whole remainder adds: 1, unless there are bursts */
};

/* One producer, on cache lines of its own: pairs of them, as some processors fetch two. */
struct live_state {
	__u64 sequence;   /* of the next event */
	__u64 due;        /* of the next event; ns, CLOCK_MONOTONIC */
	__u64 remainder;  /* of due, in units of 1 / divisor ns */
	__u64 high_water; /* most bytes seen waiting in its ring */
} __attribute__((aligned(128)));

/* Apart from those of other rings, as the states are. */
struct live_notified {
	struct ringview_notified of_ring;
} __attribute__((aligned(128)));

/* The time that the next event of @state is due, in ns. The divisor is not 0. */
static inline __u64 live_next_due(
	struct live_state *state, __u64 ns, __u64 remainder, __u64 divisor, __u64 step)
{
	__u64 due = state->due;

	state->due = due + ns;
	state->remainder += remainder;
	if (state->remainder >= divisor) {
		state->remainder -= divisor;
		state->due += step;
	}
	return due;
}

/* Writes all @size bytes of an event. Inlined, so that the verifier knows the size. */
static inline __attribute__((always_inline)) void live_fill(
	struct live_event *event, __u32 size, __u64 id, __u64 due)
{
	event->id = id;
	event->due = due;
	sized_fill((__u64 *)(event + 1), size - sizeof(*event), id, sizeof(*event) / sizeof(__u64));
}

/* The same as sized_fill_any() does. */
static inline __attribute__((always_inline)) void live_fill_any(
	struct live_event *event, __u32 size, __u32 most, __u64 id, __u64 due)
{
	event->id = id;
	event->due = due;
	sized_fill_any((__u64 *)(event + 1), size - sizeof(*event), most, id,
		sizeof(*event) / sizeof(__u64));
}

#endif
