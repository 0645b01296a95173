/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system's libbpf: ring_buffer__consume() with a callback, and ring_buffer__poll() to wait.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>

#include "base/interrupt.h"
#include "readers/path.h"
#include "readers/touch.h"

/* A callback knows only its context, so there is a ring_buffer, and a callback, a touching: none
 * decides per record what to touch, as in the other paths. */
struct libbpf_state {
	int map_fd;
	struct ring_buffer *rings[TOUCHING_COUNT]; /* opened when first read from */
	struct reading_result found;
};

#define CALLBACK(name, unused)                                                                  \
	static int touch_##name(void *context, void *data, size_t length)                       \
	{                                                                                       \
		struct reading_result *found = context;                                         \
                                                                                                \
		found->checksum =                                                               \
			touch_record(TOUCHING_##name, found->checksum, data, (uint32_t)length); \
		found->events++;                                                                \
		return 0;                                                                       \
	}

FOR_EACH_TOUCHING(CALLBACK, )

#define CALLBACK_ENTRY(name, unused) [TOUCHING_##name] = touch_##name,

static const ring_buffer_sample_fn callbacks[TOUCHING_COUNT] = { FOR_EACH_TOUCHING(
	CALLBACK_ENTRY, ) };

static void libbpf_close(void *state)
{
	struct libbpf_state *s = state;

	for (int i = 0; i < TOUCHING_COUNT; i++)
		ring_buffer__free(s->rings[i]);
	free(s);
}

static int libbpf_open(void **state, struct source *source, struct complaint *why)
{
	struct libbpf_state *s = calloc(1, sizeof(*s));

	if (!s)
		return complain(why, -ENOMEM, "out of memory");
	s->map_fd = source->map_fd;
	*state = s;
	return 0;
}

static int libbpf_read(void *state, const struct reading *reading, struct reading_result *result)
{
	struct libbpf_state *s = state;
	struct ring_buffer **ring = &s->rings[reading->touching];
	/* libbpf waits in milliseconds; less than one is rounded up, so that it waits at all. */
	int64_t timeout_ms = (reading->read_timeout_ns + 999999) / 1000000;
	int count;

	/* Happens in the first reading, which is not timed: the warm-up's. */
	if (!*ring)
		*ring = ring_buffer__new(s->map_fd, callbacks[reading->touching], &s->found, NULL);
	if (!*ring)
		return -errno;
	s->found = (struct reading_result){ 0, 0 };
	count = ring_buffer__consume(*ring);
	while (count >= 0 && s->found.events < reading->events) {
		count = ring_buffer__poll(
			*ring, timeout_ms < INT32_MAX ? (int)timeout_ms : INT32_MAX);
		if (count == 0)
			break;
		if (count == -EINTR && !interrupted())
			count = 0;
	}
	*result = s->found;
	return count < 0 ? count : 0;
}

static int libbpf_rewind(void *state)
{
	(void)state; /* libbpf reads the position anew each time */
	return 0;
}

const struct path libbpf_path = {
	.name = "libbpf",
	.label = "libbpf (consume):      ",
	.summary = "ring_buffer__consume of the system's libbpf, with a callback",
	.role = PATH_READER,
	.needs_map = true,
	.open = libbpf_open,
	.read = libbpf_read,
	.rewind = libbpf_rewind,
	.close = libbpf_close,
};
