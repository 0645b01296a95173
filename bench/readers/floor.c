/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same touching of the same bytes, with the stride known: no header, no checks, no release.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "readers/limit.h"
#include "readers/on_event.h"

int limit_open(struct reading *r)
{
	struct ring_bytes *ring = calloc(1, sizeof(*ring));
	int err;

	if (!ring)
		return complain(&r->why, -ENOMEM, "out of memory");
	err = ring_set_map(r->rings, 0, ring);
	if (err) {
		free(ring);
		return complain(&r->why, err, "cannot map the ring: %s", strerror(-err));
	}
	r->state = ring;
	return 0;
}

void limit_close(struct reading *r)
{
	ring_set_unmap(r->rings, r->state);
	free(r->state);
}

ALWAYS_INLINE int loop(int work, struct reading *r, const struct ring_bytes *ring)
{
	const unsigned char *data = ring->data;
	const uint64_t mask = ring->size - 1, stride = r->stride;
	const uint64_t end = r->start + r->wanted * stride;
	const uint32_t known = *(const uint32_t *)(data + (r->start & mask));
	uint64_t sum = 0;

	for (uint64_t position = r->start; position != end; position += stride) {
		uint32_t length = known;

		/* The touching is not to be made for one length only: a reader's is not. */
		__asm__("" : "+r"(length));
		sum = touch_record(
			(enum touching)work, sum, data + (position & mask) + RECORD_HEADER, length);
	}
	r->found = (struct reading_result){ r->wanted, sum };
	return 0;
}

/* The same with the length of each record known. */
ALWAYS_INLINE int loop_lengths(int work, struct reading *r, const struct ring_bytes *ring)
{
	const unsigned char *data = ring->data;
	const uint64_t mask = ring->size - 1;
	uint64_t sum = 0, position = r->start;

	for (uint64_t i = 0; i < r->produced; i++) {
		const uint32_t length = r->lengths[i] & ~LENGTH_DISCARDED;

		if (length == r->lengths[i])
			sum = touch_record((enum touching)work, sum,
				data + (position & mask) + RECORD_HEADER, length);
		position += record_stride(length);
	}
	r->found = (struct reading_result){ r->wanted, sum };
	return 0;
}

SPECIALIZE(read_ring, const struct ring_bytes *, loop)
SPECIALIZE(read_lengths, const struct ring_bytes *, loop_lengths)

static int floor_read(struct reading *r, int64_t timeout_ns)
{
	(void)timeout_ns; /* all of it is there */
	return (r->lengths ? read_lengths : read_ring)(r, r->state);
}

const struct reader floor_reader = {
	.name = "floor",
	.label = "floor (known stride):  ",
	.summary = "limit: the same bytes touched with all lengths known, no header, no release",
	.drains = true,
	.limit = true,
	.baseline = 1,
	.open = limit_open,
	.read = floor_read,
	.close = limit_close,
};
