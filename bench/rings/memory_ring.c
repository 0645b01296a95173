/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rings/memory_ring.h"

#define BUSY BPF_RINGBUF_BUSY_BIT
#define DISCARD BPF_RINGBUF_DISCARD_BIT

struct header {
	uint32_t length;
	uint32_t offset; /* of the record in the ring, in units of 8 bytes: 2 GiB fit */
};

/* Two pages of positions and the data from @fd, then the data again. */
static int map_twice(struct memory_ring *ring, int fd)
{
	const size_t data_at = 2 * ring->page_size;
	const int protection = PROT_READ | PROT_WRITE;
	unsigned char *pages;

	if (ftruncate(fd, (off_t)(data_at + ring->size)) < 0)
		return -errno;
	pages = mmap(NULL, data_at + 2 * ring->size, PROT_NONE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (pages == MAP_FAILED)
		return -errno;
	ring->consumer = (uint64_t *)pages;
	if (mmap(pages, data_at + ring->size, protection, MAP_SHARED | MAP_FIXED | MAP_POPULATE, fd,
		    0) == MAP_FAILED ||
		mmap(pages + data_at + ring->size, ring->size, protection,
			MAP_SHARED | MAP_FIXED | MAP_POPULATE, fd, (off_t)data_at) == MAP_FAILED)
		return -errno;
	ring->producer = (uint64_t *)(pages + ring->page_size);
	ring->data = pages + data_at;
	return 0;
}

int memory_ring_open(struct memory_ring *ring, size_t size)
{
	int fd, err;

	*ring = (struct memory_ring){ .size = size, .notify_fd = -1 };
	ring->page_size = (size_t)sysconf(_SC_PAGESIZE);
	if (size % ring->page_size != 0 || (size & (size - 1)) != 0)
		return -EINVAL;
	if (pthread_spin_init(&ring->reserving, PTHREAD_PROCESS_PRIVATE) != 0)
		return -ENOMEM;
	fd = memfd_create("ringview", MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = map_twice(ring, fd);
	close(fd);
	if (!err) {
		ring->notify_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
		if (ring->notify_fd < 0)
			err = -errno;
	}
	if (err)
		memory_ring_close(ring);
	return err;
}

void memory_ring_close(struct memory_ring *ring)
{
	if (ring->notify_fd >= 0)
		close(ring->notify_fd);
	if (ring->consumer)
		munmap(ring->consumer, 2 * ring->page_size + 2 * ring->size);
	ring->consumer = NULL;
	ring->notify_fd = -1;
}

void memory_ring_let_overwrite(struct memory_ring *ring)
{
	/* The second word after the producer position, as in Linux 6.19. */
	ring->overwrite = ring->producer + 2;
	ring->pending = *ring->overwrite = *ring->consumer;
}

struct ringview_memory memory_ring_view(const struct memory_ring *ring)
{
	return (struct ringview_memory){ .consumer = ring->consumer,
		.producer = ring->producer,
		.data = ring->data,
		.size = ring->size,
		.notify_fd = ring->notify_fd,
		.overwrite = ring->overwrite };
}

static uint64_t stride_of(uint32_t length)
{
	return ((uint64_t)length + sizeof(struct header) + 7) & ~7ull;
}

static uint32_t header_at(const struct memory_ring *ring, uint64_t position)
{
	const unsigned char *at = ring->data + (position & (ring->size - 1));

	return __atomic_load_n(&((const struct header *)at)->length, __ATOMIC_RELAXED);
}

/* Drops the oldest records for one that ends at @end. False: one of them is busy. */
static bool overwrite_until(struct memory_ring *ring, uint64_t end)
{
	uint64_t oldest = *ring->overwrite;
	uint32_t header;

	while (ring->pending != *ring->producer &&
		!((header = header_at(ring, ring->pending)) & BUSY))
		ring->pending += stride_of(header & ~DISCARD);
	if (end - ring->pending > ring->size - 1)
		return false;
	while (end - oldest > ring->size - 1)
		oldest += stride_of(header_at(ring, oldest) & ~DISCARD);
	__atomic_store_n(ring->overwrite, oldest, __ATOMIC_RELAXED);
	return true;
}

void *memory_ring_reserve(struct memory_ring *ring, uint32_t length)
{
	const uint64_t stride = stride_of(length);
	uint64_t consumer, position, offset;
	struct header *header = NULL;

	if (length & (BUSY | DISCARD))
		return NULL;
	/* Acquire, with ringview_release()'s release: the consumer has read what is overwritten now. */
	consumer = __atomic_load_n(ring->consumer, __ATOMIC_ACQUIRE);
	pthread_spin_lock(&ring->reserving);
	position = *ring->producer;
	if (stride <= ring->size && (ring->overwrite ? overwrite_until(ring, position + stride)
						     : position + stride - consumer < ring->size)) {
		offset = position & (ring->size - 1);
		header = (struct header *)(ring->data + offset);
		__atomic_store_n(&header->length, length | BUSY, __ATOMIC_RELAXED);
		header->offset = (uint32_t)(offset / 8);
		/* Release: the busy header and the overwrite position are visible before the
		 * producer position. Pairs with the load-acquire in lib/seek.c. */
		__atomic_store_n(ring->producer, position + stride, __ATOMIC_RELEASE);
	}
	pthread_spin_unlock(&ring->reserving);
	return header ? header + 1 : NULL;
}

static void commit(struct memory_ring *ring, void *payload, uint64_t flags, bool discard)
{
	struct header *header = (struct header *)payload - 1;
	uint64_t offset = (uint64_t)header->offset * 8, consumer;
	uint32_t length = (header->length & ~BUSY) | (discard ? DISCARD : 0);
	const uint64_t one = 1;

	/* A full barrier, as the kernel's xchg(). Pairs with the load-acquire of the header and with
	 * the fence in ringview_arm(). */
	__atomic_exchange_n(&header->length, length, __ATOMIC_SEQ_CST);
	/* The kernel needs no fence here: in the C11 model, an exchange is not a full one. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	consumer = __atomic_load_n(ring->consumer, __ATOMIC_ACQUIRE) & (ring->size - 1);
	if ((flags & BPF_RB_FORCE_WAKEUP) || (consumer == offset && !(flags & BPF_RB_NO_WAKEUP)))
		while (write(ring->notify_fd, &one, sizeof(one)) < 0 && errno == EINTR)
			;
}

void memory_ring_submit(struct memory_ring *ring, void *payload, uint64_t flags)
{
	commit(ring, payload, flags, false);
}

void memory_ring_discard(struct memory_ring *ring, void *payload, uint64_t flags)
{
	commit(ring, payload, flags, true);
}
