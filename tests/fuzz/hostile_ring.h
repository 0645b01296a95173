/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring of which the fuzzer writes every byte, and which the reader sees as the kernel would map
 * it: the consumer position to be written, all else to be read only, and nothing around it.
 */
#ifndef FUZZ_HOSTILE_RING_H
#define FUZZ_HOSTILE_RING_H

#include <stdint.h>

#include "ringview/ringview.h"

struct hostile_ring {
	size_t size;
	struct ringview_memory memory; /* what the reader gets */
	uint64_t *consumer;            /* the same, to be written */
	uint64_t *producer;
	uint64_t *overwrite;  /* as far behind the producer position as in the kernel */
	unsigned char *bytes; /* once only */
};

/* Aborts where it cannot: there is nothing to fuzz then. */
void hostile_ring_open(struct hostile_ring *ring, size_t size);

/* All zero, positions too, and no notification. */
void hostile_ring_clear(struct hostile_ring *ring);

/*
 * What is at @position, read as kernel/bpf/ringbuf.c writes it, when records end at @limit. The
 * slow and simple way: nothing is remembered from one record to the next.
 */
enum hostile_kind { HOSTILE_END, HOSTILE_BUSY, HOSTILE_RECORD, HOSTILE_DISCARDED, HOSTILE_BROKEN };

enum hostile_kind hostile_ring_look(
	const struct hostile_ring *ring, uint64_t position, uint64_t limit, uint32_t *length);

/* Bytes from a record of @length to the next. */
uint64_t hostile_stride(uint32_t length);

#endif
