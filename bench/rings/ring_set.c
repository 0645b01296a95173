/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rings/memory_ring.h"
#include "rings/ring_set.h"

int ring_set_open_reader(const struct ring_set *rings, uint32_t index,
	const struct ringview_options *options, struct ringview **reader)
{
	struct ringview_memory view;

	if (!rings->made)
		return ringview_open(reader, rings->map_fds[index], options);
	view = memory_ring_view(&rings->made[index]);
	return ringview_open_memory(reader, &view, options);
}

void ring_set_unmap(const struct ring_set *rings, struct ring_bytes *bytes)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (!rings->made && bytes->consumer)
		munmap(bytes->consumer, page);
	if (!rings->made && bytes->producer)
		munmap((void *)bytes->producer, page + 2 * bytes->size);
	*bytes = (struct ring_bytes){ 0 };
}

int ring_set_map(const struct ring_set *rings, uint32_t index, struct ring_bytes *bytes)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const int fd = rings->map_fds[index];
	int err;
	void *pages;

	*bytes = (struct ring_bytes){ .size = rings->size };
	if (rings->made) {
		const struct memory_ring *ring = &rings->made[index];

		bytes->consumer = ring->consumer;
		bytes->producer = ring->producer;
		bytes->data = ring->data;
		return 0;
	}
	pages = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (pages != MAP_FAILED) {
		bytes->consumer = pages;
		pages = mmap(NULL, page + 2 * rings->size, PROT_READ, MAP_SHARED, fd, (off_t)page);
	}
	if (pages == MAP_FAILED) {
		err = -errno;
		ring_set_unmap(rings, bytes);
		return err;
	}
	bytes->producer = pages;
	bytes->data = (unsigned char *)pages + page;
	return 0;
}
