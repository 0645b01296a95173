/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the readers of this library share: they open a reader or a group and wait, as ringview.h
 * tells users to. Each has its own loop.
 */
#ifndef BENCH_RINGVIEW_READER_H
#define BENCH_RINGVIEW_READER_H

#include "readers/on_event.h"
#include "ringview/ringview.h"

struct ringview_state {
	struct ringview_group *group; /* NULL: one ring */
	uint32_t count;
	struct ringview *readers[LIVE_RINGS_MAX];
	unsigned char buffer[SIZED_EVENT_MAX] __attribute__((aligned(64))); /* for copies */
};

int ringview_reader_open(struct reading *r);
int ringview_reader_rewind(struct reading *r);
void ringview_reader_interrupt(struct reading *r);
void ringview_reader_close(struct reading *r);

/* Waits, and calls @loop for each ring that has records. */
int ringview_reader_read(
	struct reading *r, int64_t timeout_ns, int (*loop)(struct reading *r, struct ringview *rv));

/* Defines NAME_reader with a @loop(reading, ring), which returns the last result of the library, or
 * the error of an event. */
#define RINGVIEW_READER(name_, loop, ...)                              \
	static int name_##_read(struct reading *r, int64_t timeout_ns) \
	{                                                              \
		return ringview_reader_read(r, timeout_ns, loop);      \
	}                                                              \
	const struct reader name_##_reader = { .drains = true,         \
		.lives = true,                                         \
		.waits = WAITS_OF_RINGVIEW,                            \
		.open = ringview_reader_open,                          \
		.read = name_##_read,                                  \
		.rewind = ringview_reader_rewind,                      \
		.interrupt = ringview_reader_interrupt,                \
		.close = ringview_reader_close,                        \
		__VA_ARGS__ }

#endif
