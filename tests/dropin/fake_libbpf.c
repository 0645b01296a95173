/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A library with libbpf's ring functions, which call each other as libbpf's do. They return NUMBER,
 * and call abort() if they get objects of another library.
 */
#include <errno.h>
#include <stdlib.h>

#include "../../dropin/libbpf_api.h"

struct ring {
	int number;
};

struct ring_buffer {
	int number;
	unsigned int count;
	struct ring rings[4];
};

static void check(int number)
{
	if (number != NUMBER)
		abort();
}

struct ring_buffer *ring_buffer__new(int map_fd, ring_buffer_sample_fn callback, void *context,
	const struct ring_buffer_opts *opts)
{
	struct ring_buffer *rb = calloc(1, sizeof(*rb));

	(void)opts;
	if (!rb)
		return NULL;
	rb->number = NUMBER;
	if (ring_buffer__add(rb, map_fd, callback, context) < 0) {
		ring_buffer__free(rb);
		errno = EBADF;
		return NULL;
	}
	return rb;
}

void ring_buffer__free(struct ring_buffer *rb)
{
	check(rb->number);
	free(rb);
}

int ring_buffer__add(
	struct ring_buffer *rb, int map_fd, ring_buffer_sample_fn callback, void *context)
{
	(void)callback;
	(void)context;
	check(rb->number);
	if (map_fd < 0)
		return -EBADF;
	rb->rings[rb->count++].number = NUMBER;
	return NUMBER;
}

int ring_buffer__poll(struct ring_buffer *rb, int timeout_ms)
{
	(void)timeout_ms;
	check(rb->number);
	return NUMBER;
}

int ring_buffer__consume_n(struct ring_buffer *rb, size_t n)
{
	(void)n;
	check(rb->number);
	return NUMBER;
}

int ring_buffer__consume(struct ring_buffer *rb)
{
	return ring_buffer__consume_n(rb, 1);
}

int ring_buffer__epoll_fd(const struct ring_buffer *rb)
{
	check(rb->number);
	return NUMBER;
}

struct ring *ring_buffer__ring(struct ring_buffer *rb, unsigned int index)
{
	check(rb->number);
	return index < rb->count ? &rb->rings[index] : NULL;
}

unsigned long ring__consumer_pos(const struct ring *r)
{
	check(r->number);
	return NUMBER;
}

unsigned long ring__producer_pos(const struct ring *r)
{
	check(r->number);
	return NUMBER;
}

size_t ring__avail_data_size(const struct ring *r)
{
	return ring__producer_pos(r) - ring__consumer_pos(r);
}

size_t ring__size(const struct ring *r)
{
	check(r->number);
	return NUMBER;
}

int ring__map_fd(const struct ring *r)
{
	check(r->number);
	return NUMBER;
}

int ring__consume_n(struct ring *r, size_t n)
{
	(void)n;
	check(r->number);
	return NUMBER;
}

int ring__consume(struct ring *r)
{
	return ring__consume_n(r, 1);
}
