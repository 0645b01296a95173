/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring of the kernel that the test writes to, and that nobody reads.
 */
#ifndef TEST_CLI_WRITTEN_RING_H
#define TEST_CLI_WRITTEN_RING_H

#include <stdbool.h>
#include <stdint.h>

struct written_ring {
	struct ring_bpf *skeleton;
	int fd;
	uint32_t id;
	uint64_t size;
	uint64_t *consumer; /* to be written as a hostile reader does */
	const uint64_t *producer;
};

/* Fails the test when it cannot be made. */
void written_ring_open(struct written_ring *ring, uint64_t size);

/* Submits, or discards, @count records of @length bytes (0, 1, 8, 76, 1000 or 4080). Those that do
 * not fit are lost. */
void written_ring_write(struct written_ring *ring, uint32_t length, int count, bool discard);

/* From now on its consumer position can only be read. */
void written_ring_freeze(struct written_ring *ring);

/* Lets go of it. */
void written_ring_close(struct written_ring *ring);

#endif
