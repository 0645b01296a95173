/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the producers, BPF programs and threads in user space, share in addition to the events.
 */
#ifndef BENCH_LIVE_PRODUCER_H
#define BENCH_LIVE_PRODUCER_H

#include "live_events.h"
#include "ringview/ringview.bpf.h"
#include "sized_fill.h"

#define LIVE_PRODUCERS_MAX 64
#define LIVE_RINGS_MAX 64

/* How a program writes its events. */
enum live_way {
	LIVE_RESERVE, /* in the ring: bpf_ringbuf_reserve(), then submit or discard */
	LIVE_OUTPUT,  /* in a map: bpf_ringbuf_output() copies them into the ring */
	LIVE_PERF,    /* in a map: bpf_perf_event_output() copies them into a perf buffer */
};

/* The time from one event of a producer to its next: ns + remainder / divisor nanoseconds, exactly,
 * so that due times do not drift. In bursts of @divisor events: 0, and @step after the last one. */
struct live_interval {
	__u64 ns;
	__u64 remainder;
	__u64 divisor; /* 0: there is no rate */
	__u64 step;    /* ns that a whole remainder adds; 1 without bursts */
};

/* What producers do, as constants. */
struct live_plan {
	__u64 discard;                 /* of event_is_discarded() */
	__u64 notify_bytes;            /* of RINGVIEW_NOTIFY_AT_LEAST */
	__u64 query_mask;              /* the backlog is queried if sequence & this is 0 */
	struct live_interval interval; /* between two events of a producer */
};

/* The state of a producer, on cache lines of its own: two, as some processors fetch pairs. */
struct live_state {
	__u64 sequence;   /* of the next event */
	__u64 due;        /* of the next event; ns, CLOCK_MONOTONIC */
	__u64 remainder;  /* of due, in units of 1 / divisor ns */
	__u64 high_water; /* the largest backlog seen in its ring, bytes */
} __attribute__((aligned(128)));

/* What ringview.bpf.h keeps of a ring's notifications, on cache lines of its own. */
struct live_notified {
	struct ringview_notified of_ring;
} __attribute__((aligned(128)));

/* Returns when the next event of @state is due, in ns. @divisor is not 0. */
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

/*
 * Writes all @size bytes of event @id: struct live_event if @timed, else its number, then the
 * pattern. Inlined, so that the verifier knows the size.
 */
static inline __attribute__((always_inline)) void event_fill(
	__u64 *words, __u32 size, __u64 id, int timed, __u64 due)
{
	words[0] = id;
	if (timed) {
		words[1] = due;
		sized_fill(words + 2, size - 2 * sizeof(*words), id, 2);
	} else {
		sized_fill(words + 1, size - sizeof(*words), id, 1);
	}
}

/* The same for any size up to @most; see sized_fill_any(). */
static inline __attribute__((always_inline)) void event_fill_any(
	__u64 *words, __u32 size, __u32 most, __u64 id, int timed, __u64 due)
{
	words[0] = id;
	if (timed) {
		words[1] = due;
		sized_fill_any(words + 2, size - 2 * sizeof(*words), most, id, 2);
	} else {
		sized_fill_any(words + 1, size - sizeof(*words), most, id, 1);
	}
}

#endif
