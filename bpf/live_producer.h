/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the producers of `live` and user space share beside the events.
 */
#ifndef BENCH_LIVE_PRODUCER_H
#define BENCH_LIVE_PRODUCER_H

#include "live_events.h"

#define LIVE_PRODUCERS 64 /* LIVE_PRODUCERS_MAX */
#define LIVE_RINGS 64     /* LIVE_RINGS_MAX */

/* How a program writes its events into the ring. */
enum live_write {
	LIVE_RESERVE, /* where they are to lie: bpf_ringbuf_reserve(), then submit, or discard */
	LIVE_OUTPUT,  /* elsewhere: bpf_ringbuf_output() copies them into the ring */
};

/* From one event of a producer to its next: ns + remainder / divisor nanoseconds, exactly, so that
 * no run is long enough for the due times to drift. */
struct live_interval {
	__u64 ns;
	__u64 remainder;
	__u64 divisor; /* 0: there is no rate */
};

/* One producer, on cache lines of its own: pairs of them, as some processors fetch two. */
struct live_state {
	__u64 sequence;   /* of the next event */
	__u64 due;        /* of the next event; ns, CLOCK_MONOTONIC */
	__u64 remainder;  /* of due, in units of 1 / divisor ns */
	__u64 high_water; /* most bytes seen waiting in its ring */
} __attribute__((aligned(128)));

/* The time that the next event of @state is due, in ns. The divisor is not 0. */
static inline __u64 live_next_due(
	struct live_state *state, __u64 ns, __u64 remainder, __u64 divisor)
{
	__u64 due = state->due;

	state->due = due + ns;
	state->remainder += remainder;
	if (state->remainder >= divisor) {
		state->remainder -= divisor;
		state->due++;
	}
	return due;
}

/*
 * Without CAP_PERFMON, the verifier lets a pointer into the ring grow by constants only. The
 * compiler would rather add an index to it: so it does not get to know what the pointer is.
 */
#ifdef __bpf__
#define LIVE_OPAQUE(pointer) __asm__ volatile("" : "+r"(pointer))
#else
#define LIVE_OPAQUE(pointer) ((void)0)
#endif

/*
 * Writes all @size bytes of an event. Inlined, so that the verifier knows the size; by four words,
 * as it follows no more than 8192 branches in a row.
 */
static inline __attribute__((always_inline)) void live_fill(
	struct live_event *event, __u32 size, __u64 id, __u64 due)
{
	__u64 *at = (__u64 *)(event + 1);
	/* Each word is sized_word(id, its index): from one to the next it grows by the factor. */
	__u64 word = sized_word(id, sizeof(*event) / sizeof(*at));
	__u32 words = (size - sizeof(*event)) / sizeof(*at), i;
	__u8 *byte;

	event->id = id;
	event->due = due;
	for (i = 0; i < words / 4; i++) {
		at[0] = word;
		at[1] = word + SIZED_FACTOR;
		at[2] = word + 2 * SIZED_FACTOR;
		at[3] = word + 3 * SIZED_FACTOR;
		word += 4 * SIZED_FACTOR;
		at += 4;
		LIVE_OPAQUE(at);
	}
	for (i = 0; i < words % 4; i++) {
		*at++ = word;
		word += SIZED_FACTOR;
		LIVE_OPAQUE(at);
	}
	byte = (__u8 *)at;
	for (i = 0; i < size % sizeof(*at); i++) {
		*byte++ = (__u8)word;
		word >>= 8;
		LIVE_OPAQUE(byte);
	}
}

#endif
