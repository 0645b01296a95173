/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Limits: what a reader could reach that knew everything in advance (floor), and what the machine
 * allows (memory). They read a mapping of the ring, and know where the events are.
 */
#include <string.h>

#include "readers/live_check.h"

#define CACHE_LINE 64

static int limit_open(struct reading *r)
{
	const int err = ring_set_map(r->rings, 0, r->state);

	return err ? complain(&r->why, err, "cannot map the ring: %s", strerror(-err)) : 0;
}

static void limit_close(struct reading *r)
{
	ring_set_unmap(r->rings, r->state);
}

/* The same touching of the same bytes with the stride known: no header, no checks, no release. */
ALWAYS_INLINE int loop(int work, struct reading *r, const struct ring_bytes *ring)
{
	const unsigned char *data = ring->data;
	const uint64_t mask = ring->size - 1, stride = r->fill->stride;
	const uint64_t end = r->fill->start + r->fill->wanted * stride;
	const uint32_t known = *(const uint32_t *)(data + (r->fill->start & mask));
	uint64_t sum = 0;

	for (uint64_t position = r->fill->start; position != end; position += stride) {
		uint32_t length = known;

		/* Keeps the compiler from specialising the touching for one length. */
		__asm__("" : "+r"(length));
		sum = touch_record(
			(enum touching)work, sum, data + (position & mask) + RECORD_HEADER, length);
	}
	r->found = (struct reading_result){ r->fill->wanted, sum };
	return 0;
}

/* The same with the length of each record known. */
ALWAYS_INLINE int loop_lengths(int work, struct reading *r, const struct ring_bytes *ring)
{
	const unsigned char *data = ring->data;
	const struct fill fill = *r->fill;
	const uint64_t mask = ring->size - 1;
	uint64_t sum = 0, position = fill.start;

	for (uint64_t i = 0; i < fill.produced; i++) {
		const uint32_t length = fill.lengths[i] & ~LENGTH_DISCARDED;

		if (length == fill.lengths[i])
			sum = touch_record((enum touching)work, sum,
				data + (position & mask) + RECORD_HEADER, length);
		position += record_stride(length);
	}
	r->found = (struct reading_result){ fill.wanted, sum };
	return 0;
}

SPECIALIZE(read_ring, const struct ring_bytes *, loop)
SPECIALIZE(read_lengths, const struct ring_bytes *, loop_lengths)

static int floor_read(struct reading *r, int64_t timeout_ns)
{
	(void)timeout_ns; /* everything is there */
	return (r->fill->lengths ? read_lengths : read_ring)(r, r->state);
}

/* What both limits have in common. */
#define LIMIT                                                                   \
	.drains = true, .limit = true, .state_size = sizeof(struct ring_bytes), \
	.open = limit_open, .close = limit_close

const struct reader floor_reader = { LIMIT, .name = "floor",
	.summary = "limit: touches the same bytes, knows lengths, releases nothing",
	.baseline = 1, .read = floor_read };

static int memory_read(struct reading *r, int64_t timeout_ns)
{
	const struct ring_bytes *ring = r->state;
	const uint64_t mask = ring->size - 1;
	const uint64_t end = r->fill->start + r->fill->bytes;
	uint64_t sum = 0;

	(void)timeout_ns; /* everything is there */
	for (uint64_t line = r->fill->start & ~(CACHE_LINE - 1ull); line < end; line += CACHE_LINE)
		sum += *(const uint64_t *)(ring->data + (line & mask));
	r->found = (struct reading_result){ r->fill->wanted, sum };
	return 0;
}

const struct reader memory_reader = { LIMIT, .name = "memory",
	.summary = "limit: one load per cache line of the same bytes", .by_lines = true,
	.read = memory_read };
