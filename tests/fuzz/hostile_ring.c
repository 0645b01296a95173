/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "demand.h"
#include "hostile_ring.h"

#define PAGE ((size_t)4096)

/* Of linux/bpf.h. */
#define BUSY_BIT (1u << 31)
#define DISCARD_BIT (1u << 30)
#define HEADER 8

static void *map(void *at, size_t size, int protection, int fd, size_t offset)
{
	const int fixed = at ? MAP_FIXED : 0;
	void *pages = mmap(at, size, protection,
		fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED | MAP_POPULATE | fixed, fd,
		(off_t)offset);

	demand(pages != MAP_FAILED, "no memory for a ring");
	return pages;
}

/*
 * The file: consumer page, producer page, data. The reader's mapping, with inaccessible pages
 * between: none, consumer, none, producer, data, data, none
 */
void hostile_ring_open(struct hostile_ring *ring, size_t size)
{
	const int fd = memfd_create("hostile", MFD_CLOEXEC);
	unsigned char *mine, *theirs;

	demand(fd >= 0 && sysconf(_SC_PAGESIZE) == (long)PAGE &&
			ftruncate(fd, (off_t)(2 * PAGE + size)) == 0,
		"no file for a ring");
	mine = map(NULL, 2 * PAGE + size, PROT_READ | PROT_WRITE, fd, 0);
	theirs = map(NULL, 5 * PAGE + 2 * size, PROT_NONE, -1, 0);
	map(theirs + PAGE, PAGE, PROT_READ | PROT_WRITE, fd, 0);
	map(theirs + 3 * PAGE, PAGE + size, PROT_READ, fd, PAGE);
	map(theirs + 4 * PAGE + size, size, PROT_READ, fd, 2 * PAGE);
	close(fd);
	*ring = (struct hostile_ring){
		.size = size,
		.memory = {
			.consumer = (uint64_t *)(theirs + PAGE),
			.producer = (const uint64_t *)(theirs + 3 * PAGE),
			.data = theirs + 4 * PAGE,
			.size = size,
			.notify_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC),
		},
		.consumer = (uint64_t *)mine,
		.producer = (uint64_t *)(mine + PAGE),
		.overwrite = (uint64_t *)(mine + PAGE) + 2,
		.bytes = mine + 2 * PAGE,
	};
	demand(ring->memory.notify_fd >= 0, "no eventfd for a ring");
}

void hostile_ring_clear(struct hostile_ring *ring)
{
	uint64_t value;

	*ring->consumer = *ring->producer = *ring->overwrite = 0;
	memset(ring->bytes, 0, ring->size);
	while (read(ring->memory.notify_fd, &value, sizeof(value)) > 0)
		;
}

uint64_t hostile_stride(uint32_t length)
{
	uint64_t stride = HEADER + (uint64_t)length;

	while (stride % 8 != 0)
		stride++;
	return stride;
}

enum hostile_kind hostile_ring_look(
	const struct hostile_ring *ring, uint64_t position, uint64_t limit, uint32_t *length)
{
	uint32_t header;

	if (position == limit)
		return HOSTILE_END;
	/* A header is never split: positions are multiples of 8. */
	memcpy(&header, ring->bytes + position % ring->size, sizeof(header));
	if (header & BUSY_BIT)
		return HOSTILE_BUSY;
	*length = header & ~(BUSY_BIT | DISCARD_BIT);
	if (hostile_stride(*length) > limit - position)
		return HOSTILE_BROKEN;
	return header & DISCARD_BIT ? HOSTILE_DISCARDED : HOSTILE_RECORD;
}
