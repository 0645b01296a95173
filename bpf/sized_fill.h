/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes the pattern of sized events, in BPF programs and in user space.
 */
#ifndef BENCH_SIZED_FILL_H
#define BENCH_SIZED_FILL_H

#include "events.h"

/*
 * Without CAP_PERFMON, the verifier allows only constants to be added to a pointer into the ring.
 * The compiler would add an index: this hides the pointer's value from it.
 */
#ifdef __bpf__
#define SIZED_OPAQUE(pointer) __asm__ volatile("" : "+r"(pointer))
#else
#define SIZED_OPAQUE(pointer) ((void)0)
#endif

/*
 * Writes @size bytes of an event to @at, from its word @index on. Inlined, so that the verifier knows
 * the size; four words at a time, as the verifier follows at most 8192 branches in a row.
 */
static inline __attribute__((always_inline)) void sized_fill(
	__u64 *at, __u32 size, __u64 sequence, __u64 index)
{
	/* Each word is the previous one plus the factor. */
	__u64 word = sized_word(sequence, index);
	__u32 words = size / sizeof(*at), i;
	__u8 *byte;

	for (i = 0; i < words / 4; i++) {
		at[0] = word;
		at[1] = word + SIZED_FACTOR;
		at[2] = word + 2 * SIZED_FACTOR;
		at[3] = word + 3 * SIZED_FACTOR;
		word += 4 * SIZED_FACTOR;
		at += 4;
		SIZED_OPAQUE(at);
	}
	for (i = 0; i < words % 4; i++) {
		*at++ = word;
		word += SIZED_FACTOR;
		SIZED_OPAQUE(at);
	}
	byte = (__u8 *)at;
	for (i = 0; i < size % sizeof(*at); i++) {
		*byte++ = (__u8)word;
		word >>= 8;
		SIZED_OPAQUE(byte);
	}
}

/*
 * The same for a size that only the running program knows; the verifier knows @most, its maximum.
 * Writes up to 31 bytes behind the event.
 */
static inline __attribute__((always_inline)) void sized_fill_any(
	__u64 *at, __u32 size, __u32 most, __u64 sequence, __u64 index)
{
	__u64 word = sized_word(sequence, index);
	__u32 done;

	for (done = 0; done < most; done += 4 * sizeof(*at)) {
		if (done >= size)
			break;
		at[0] = word;
		at[1] = word + SIZED_FACTOR;
		at[2] = word + 2 * SIZED_FACTOR;
		at[3] = word + 3 * SIZED_FACTOR;
		word += 4 * SIZED_FACTOR;
		at += 4;
		SIZED_OPAQUE(at);
	}
}

#endif
