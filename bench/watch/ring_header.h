/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The header of a record, as kernel/bpf/ringbuf.c writes it.
 */
#ifndef BENCH_RING_HEADER_H
#define BENCH_RING_HEADER_H

#include <linux/bpf.h>
#include <stdint.h>

#define RING_HEADER BPF_RINGBUF_HDR_SZ
#define RING_ALIGNMENT 8u

static inline uint32_t ring_header_load(const unsigned char *at)
{
	/* Relaxed: nothing of the payload is read. */
	return __atomic_load_n((const uint32_t *)(const void *)at, __ATOMIC_RELAXED);
}

static inline uint32_t ring_header_length(uint32_t header)
{
	return header & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
}

/* Bytes from a record of @length to the next. */
static inline uint64_t ring_stride(uint32_t length)
{
	return ((uint64_t)length + RING_HEADER + RING_ALIGNMENT - 1) &
	       ~(uint64_t)(RING_ALIGNMENT - 1);
}

static inline uint64_t ring_header_stride(uint32_t header)
{
	return ring_stride(ring_header_length(header));
}

#endif
