/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libbpf's ring buffer consumer, as bpf/libbpf.h of libbpf 1.7 declares it. The installed header
 * may be of 1.1, which lacks half of this, and nothing else of libbpf is needed here.
 */
#ifndef DROPIN_LIBBPF_API_H
#define DROPIN_LIBBPF_API_H

#include <stddef.h>

struct ring;
struct ring_buffer;

typedef int (*ring_buffer_sample_fn)(void *context, void *data, size_t size);

struct ring_buffer_opts {
	size_t sz; /* of the caller's struct, which may be of an older or a later libbpf */
};

/* Since 0.0.9 */
struct ring_buffer *ring_buffer__new(int map_fd, ring_buffer_sample_fn callback, void *context,
	const struct ring_buffer_opts *opts);
void ring_buffer__free(struct ring_buffer *rb);
int ring_buffer__add(
	struct ring_buffer *rb, int map_fd, ring_buffer_sample_fn callback, void *context);
int ring_buffer__poll(struct ring_buffer *rb, int timeout_ms);
int ring_buffer__consume(struct ring_buffer *rb);

/* Since 0.3.0 */
int ring_buffer__epoll_fd(const struct ring_buffer *rb);

/* Since 1.3.0 */
struct ring *ring_buffer__ring(struct ring_buffer *rb, unsigned int index);
unsigned long ring__consumer_pos(const struct ring *r);
unsigned long ring__producer_pos(const struct ring *r);
size_t ring__avail_data_size(const struct ring *r);
size_t ring__size(const struct ring *r);
int ring__map_fd(const struct ring *r);
int ring__consume(struct ring *r);

/* Since 1.5.0 */
int ring_buffer__consume_n(struct ring_buffer *rb, size_t n);
int ring__consume_n(struct ring *r, size_t n);

/* Returns as libbpf does: sets errno for a negative result, and limits a result to INT_MAX. */
int libbpf_result(long long result);

#endif
