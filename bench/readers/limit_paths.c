/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Limits: what a reader could reach that knew everything in advance, and what the machine allows.
 */
#include <errno.h>
#include <stdlib.h>

#include "readers/path.h"
#include "readers/touch.h"

#define CACHE_LINE 64

struct limit_state {
	struct source *source;
	struct ring_bytes ring;
};

static int limit_open(void **state, struct source *source, struct complaint *why)
{
	struct limit_state *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return complain(why, -ENOMEM, "out of memory");
	s->source = source;
	err = source->operations->map(source, &s->ring);
	if (err) {
		free(s);
		return complain(why, err, "cannot map the ring: %s", strerror(-err));
	}
	*state = s;
	return 0;
}

static int limit_rewind(void *state)
{
	(void)state;
	return 0;
}

static void limit_close(void *state)
{
	struct limit_state *s = state;

	s->source->operations->unmap(s->source, &s->ring);
	free(s);
}

/* The same touching of the same bytes, with the stride known: no header, no checks, no release. */
ALWAYS_INLINE int floor_body(enum touching touching, void *state, const struct reading *reading,
	struct reading_result *result)
{
	const struct ring_bytes *ring = &((struct limit_state *)state)->ring;
	const unsigned char *data = ring->data;
	const uint64_t mask = ring->size - 1, stride = reading->stride;
	const uint64_t end = reading->start + reading->events * stride;
	const uint32_t known = *(const uint32_t *)(data + (reading->start & mask));
	uint64_t sum = 0;

	for (uint64_t position = reading->start; position != end; position += stride) {
		uint32_t length = known;

		/* The touching is not to be made for one length only: a reader's is not. */
		__asm__("" : "+r"(length));
		sum = touch_record(touching, sum, data + (position & mask) + RECORD_HEADER, length);
	}
	*result = (struct reading_result){ reading->events, sum };
	return 0;
}

SPECIALIZE(floor_read, floor_body)

static int memory_read(void *state, const struct reading *reading, struct reading_result *result)
{
	const struct ring_bytes *ring = &((struct limit_state *)state)->ring;
	const uint64_t mask = ring->size - 1;
	const uint64_t end = reading->start + reading->events * reading->stride;
	uint64_t sum = 0;

	for (uint64_t line = reading->start & ~(CACHE_LINE - 1ull); line < end; line += CACHE_LINE)
		sum += *(const uint64_t *)(ring->data + (line & mask));
	*result = (struct reading_result){ reading->events, sum };
	return 0;
}

const struct path floor_path = {
	.name = "floor",
	.label = "floor (known stride):  ",
	.summary = "limit: the same bytes touched with the stride known, no header, no release",
	.role = PATH_LIMIT,
	.open = limit_open,
	.read = floor_read,
	.rewind = limit_rewind,
	.close = limit_close,
};

const struct path memory_path = {
	.name = "memory",
	.label = "memory (cache lines):  ",
	.summary = "limit: one load per cache line of the same bytes",
	.role = PATH_LIMIT,
	.open = limit_open,
	.read = memory_read,
	.rewind = limit_rewind,
	.close = limit_close,
};
