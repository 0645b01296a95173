/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring in plain memory, and a producer in user space that follows the kernel's protocol:
 * bpf_ringbuf_reserve(), _submit() and _discard() of kernel/bpf/ringbuf.c, Linux 6.19. It needs no
 * privileges, so it carries the unit tests, sanitizers and fuzzers as well.
 */
#ifndef BENCH_MEMORY_RING_H
#define BENCH_MEMORY_RING_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "ringview/ringview.h"

struct memory_ring {
	uint64_t *consumer; /* the start of the mapping */
	uint64_t *producer;
	uint64_t *overwrite; /* NULL for a ring that does not overwrite */
	uint64_t pending;    /* with overwrite: no record before it is busy */
	unsigned char *data; /* @size bytes, and the same bytes once more */
	size_t size;
	int notify_fd; /* eventfd */
	size_t page_size;
	pthread_spinlock_t reserving; /* the kernel's rb->spinlock */
};

/* Makes an empty ring of @size bytes, a power of two and a multiple of the page size. All pages are
 * mapped, as the kernel's are, so that no page fault is measured. Returns 0 or a negative errno. */
int memory_ring_open(struct memory_ring *ring, size_t size);

void memory_ring_close(struct memory_ring *ring);

/* From now on the ring overwrites its oldest records, as with BPF_F_RB_OVERWRITE. */
void memory_ring_let_overwrite(struct memory_ring *ring);

/* For ringview_open_memory(). */
struct ringview_memory memory_ring_view(const struct memory_ring *ring);

/* Reserves @length bytes; NULL if the ring has no room, or if a ring that overwrites has a busy
 * record there. Any thread may call it. */
void *memory_ring_reserve(struct memory_ring *ring, uint32_t length);

/* Submits a reservation. @flags: 0 notifies if the consumer has released everything before it,
 * BPF_RB_NO_WAKEUP never notifies, BPF_RB_FORCE_WAKEUP always does. */
void memory_ring_submit(struct memory_ring *ring, void *payload, uint64_t flags);

/* Discards a reservation; the consumer skips it. */
void memory_ring_discard(struct memory_ring *ring, void *payload, uint64_t flags);

#endif
