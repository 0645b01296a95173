/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The readers of peers: other projects' readers, each in a process of its own (peers/README.md).
 * What is timed is what the peer says; that it cannot be more than what passed here, and that it
 * read what was written, is checked as for every reader.
 */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include "../peers/releases.h"
#include "readers/reader.h"

#define PEER_DECLARE(id, ...) extern const struct reader id##_reader;
#define PEER_ADDRESS(id, ...) &id##_reader,

FOR_EACH_RELEASE(PEER_DECLARE)

/* For readers.c. */
#define PEER_READERS FOR_EACH_RELEASE(PEER_ADDRESS)

/* The functions of struct reader. */
int peer_find(const struct reader *reader, struct complaint *why);
struct obstacle peer_obstacle(const struct workload *workload);
int peer_open(struct reading *r);
int peer_read(struct reading *r, int64_t timeout_ns);
void peer_interrupt(struct reading *r);
int peer_finish(struct reading *r);
void peer_close(struct reading *r);

#define PEER_FUNCTIONS                                                           \
	.drains = true, .needs_kernel = true, .itself = true, .find = peer_find, \
	.obstacle = peer_obstacle, .open = peer_open, .read = peer_read,         \
	.interrupt = peer_interrupt, .finish = peer_finish, .close = peer_close

#endif
