/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the readers of this library share: they open a reader or a group and wait, as ringview.h
 * tells users to. Each has its own loop.
 */
#ifndef BENCH_RINGVIEW_READER_H
#define BENCH_RINGVIEW_READER_H

#include "readers/live_check.h"

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

/* Returns above 0 if there are records; 0 after the time or an interrupt; or a negative errno. */
int ringview_reader_wait(const struct ringview_state *s, int64_t timeout_ns);

/* Waits, and calls the loop of the reader for each ring that has records. */
int ringview_reader_read(struct reading *r, int64_t timeout_ns);

/* Functions of all; one that reads by @loop_, and one that orders. */
#define RINGVIEW_READER(open_, read_)                                                           \
	.lives = true, .waits = WAITS_OF_RINGVIEW, .state_size = sizeof(struct ringview_state), \
	.open = (open_), .read = (read_), .interrupt = ringview_reader_interrupt,               \
	.close = ringview_reader_close

#define RINGVIEW_LOOP(loop_)                                         \
	RINGVIEW_READER(ringview_reader_open, ringview_reader_read), \
		.drains = true, .loop = (loop_), .rewind = ringview_reader_rewind

#endif
