/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring whose bytes the fuzzer writes, mapped for the reader as by the kernel: the consumer page
 * is writable, the rest read-only, and the pages around it are inaccessible.
 */
#ifndef FUZZ_HOSTILE_RING_H
#define FUZZ_HOSTILE_RING_H

#include <stdint.h>

#include "ringview/ringview.h"

struct hostile_ring {
	size_t size;
	struct ringview_memory memory; /* what the reader gets */
	uint64_t *consumer;            /* the same memory, writable */
	uint64_t *producer;
	uint64_t *overwrite;  /* as far behind the producer position as in the kernel */
	unsigned char *bytes; /* once only */
};

/* Opens the ring. Aborts if that fails, because then nothing can be fuzzed. */
void hostile_ring_open(struct hostile_ring *ring, size_t size);

/* Zeroes the ring and its positions, and drains the notification. */
void hostile_ring_clear(struct hostile_ring *ring);

/*
 * Reads what is at @position as kernel/bpf/ringbuf.c writes it; records end at @limit. Slow and
 * simple: no state is kept between records.
 */
enum hostile_kind { HOSTILE_END, HOSTILE_BUSY, HOSTILE_RECORD, HOSTILE_DISCARDED, HOSTILE_BROKEN };

enum hostile_kind hostile_ring_look(
	const struct hostile_ring *ring, uint64_t position, uint64_t limit, uint32_t *length);

/* Returns the bytes from a record of @length to the next one. */
uint64_t hostile_stride(uint32_t length);

#endif
