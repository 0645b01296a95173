/* SPDX-License-Identifier: BSD-2-Clause */
#include <linux/bpf.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "foreign.h"
#include "ring.h"

/*
 * libbpf gives each record back to the producers after its callback, at the price of a cache line
 * that goes from CPU to CPU. Here they get them back in portions: of so much of the ring, so that
 * it holds nearly as much as ever when it fills up, and of so many bytes at most, in which that
 * price is already small. And always before a pass ends.
 */
#define RELEASE_PART 64
#define RELEASE_MOST 16384

static int size_of_ring(int map_fd, size_t *size)
{
	struct bpf_map_info info;
	union bpf_attr attributes;

	memset(&info, 0, sizeof(info));
	memset(&attributes, 0, sizeof(attributes));
	attributes.info.bpf_fd = (uint32_t)map_fd;
	attributes.info.info_len = sizeof(info);
	attributes.info.info = (uintptr_t)&info;
	if (syscall(__NR_bpf, BPF_OBJ_GET_INFO_BY_FD, &attributes, sizeof(attributes)) < 0)
		return -errno;
	if (info.type != BPF_MAP_TYPE_RINGBUF)
		return -EINVAL;
	*size = info.max_entries;
	return 0;
}

/* The first page of a ring holds the consumer position, the second the producer position. */
static int map_positions(struct ring *r)
{
	void *pages;

	r->page_size = (size_t)sysconf(_SC_PAGESIZE);
	pages = mmap(NULL, 2 * r->page_size, PROT_READ, MAP_SHARED, r->map_fd, 0);
	if (pages == MAP_FAILED)
		return -errno;
	r->positions = pages;
	return 0;
}

static uint64_t consumer_position(const struct ring *r)
{
	/* Acquire: pairs with the release in ringview_release(). */
	return __atomic_load_n((const uint64_t *)r->positions, __ATOMIC_ACQUIRE);
}

static uint64_t producer_position(const struct ring *r)
{
	const char *page = (const char *)r->positions + r->page_size;

	/* Acquire: pairs with smp_store_release(&rb->producer_pos) in __bpf_ringbuf_reserve(). */
	return __atomic_load_n((const uint64_t *)page, __ATOMIC_ACQUIRE);
}

static uint64_t available(const struct ring *r)
{
	/* Consumer first: a producer position read after it is never behind it. */
	const uint64_t consumer = consumer_position(r);

	return producer_position(r) - consumer;
}

unsigned long ring__consumer_pos(const struct ring *r)
{
	HAND_ON(r, ring__consumer_pos, 0, r);
	return consumer_position(r);
}

unsigned long ring__producer_pos(const struct ring *r)
{
	HAND_ON(r, ring__producer_pos, 0, r);
	return producer_position(r);
}

size_t ring__avail_data_size(const struct ring *r)
{
	HAND_ON(r, ring__avail_data_size, 0, r);
	return available(r);
}

size_t ring__size(const struct ring *r)
{
	HAND_ON(r, ring__size, 0, r);
	return r->size;
}

int ring__map_fd(const struct ring *r)
{
	HAND_ON(r, ring__map_fd, -EOPNOTSUPP, r);
	return r->map_fd;
}

int ring_open(struct ring **ring, int map_fd, ring_buffer_sample_fn callback, void *context)
{
	struct ring *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	r->maker = &made_here;
	r->map_fd = map_fd;
	r->callback = callback;
	r->context = context;
	err = size_of_ring(map_fd, &r->size);
	if (!err)
		err = map_positions(r);
	if (!err)
		err = ringview_open(&r->reader, map_fd, NULL);
	if (err) {
		ring_close(r);
		return err;
	}
	r->release_after =
		r->size / RELEASE_PART < RELEASE_MOST ? r->size / RELEASE_PART : RELEASE_MOST;
	r->consumed = consumer_position(r);
	*ring = r;
	return 0;
}

void ring_close(struct ring *r)
{
	ringview_close(r->reader);
	if (r->positions)
		munmap((void *)(uintptr_t)r->positions, 2 * r->page_size);
	free(r);
}

bool ring_is_being_read(const struct ring *r, const void *frame)
{
	return r->pass && (uintptr_t)frame < (uintptr_t)r->pass;
}

static void release(struct ring *r)
{
	ringview_release(r->reader);
	r->consumed = consumer_position(r);
}

/* Passes records on until there is none, or the callback says so. */
static int64_t pass_on(struct ring *r, size_t most)
{
	struct ringview_record record;
	size_t unreleased = 0;
	int64_t count = 0;
	int found;

	while ((found = ringview_peek(r->reader, &record)) > 0) {
		int result = r->callback(r->context, (void *)(uintptr_t)record.data, record.length);

		if (result < 0)
			return result;
		count++;
		if ((size_t)count >= most)
			return count;
		unreleased += record.length + RINGVIEW_HEADER_SIZE;
		if (unreleased >= r->release_after) {
			release(r);
			unreleased = 0;
		}
	}
	/* An error of the ring lasts: it can wait until what was passed on has been counted. */
	return found < 0 && count == 0 ? found : count;
}

static void begin_pass(struct ring *r, bool in_turn)
{
	/* Each pass of libbpf begins where the ring says, so consumers of a ring can take turns. */
	if (r->wait == RINGVIEW_WAIT_EVENT && consumer_position(r) != r->consumed)
		ringview_restart(r->reader);
	/* Ends the turn that a poll may have left in the middle. */
	if (r->wait != RINGVIEW_WAIT_EVENT && !in_turn)
		ringview_arm(r->reader);
}

static void end_pass(struct ring *r, bool in_turn)
{
	release(r);
	/* What a busy reader holds back while it spins: the caller may sleep next. */
	if (r->wait == RINGVIEW_WAIT_BUSY && !in_turn)
		ringview_arm(r->reader);
}

static int64_t read_until(struct ring *r, size_t most, bool in_turn)
{
	const void *frame = __builtin_frame_address(0);
	int64_t result;

	/* In its callback, whose record would be released, and written over. */
	if (ring_is_being_read(r, frame))
		return 0;
	/* A program that spins must not write to the consumer position's cache line each time. */
	if (r->wait == RINGVIEW_WAIT_EVENT && available(r) == 0)
		return 0;
	r->pass = frame;
	begin_pass(r, in_turn);
	result = pass_on(r, most);
	/* Another consumer was here. */
	if (result == -EBUSY && ringview_restart(r->reader) == 0)
		result = pass_on(r, most);
	end_pass(r, in_turn);
	r->pass = NULL;
	return result;
}

int64_t ring_read_turn(struct ring *r)
{
	return read_until(r, INT32_MAX, true);
}

int64_t ring_read(struct ring *r, size_t most)
{
	return read_until(r, most, false);
}

int ring__consume_n(struct ring *r, size_t n)
{
	HAND_ON(r, ring__consume_n, -EOPNOTSUPP, r, n);
	return libbpf_result(ring_read(r, n));
}

int ring__consume(struct ring *r)
{
	HAND_ON(r, ring__consume, -EOPNOTSUPP, r);
	return libbpf_result(ring_read(r, INT32_MAX));
}
