/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading with libbpf's functions, or with those of the drop-in.
 */
#ifndef BENCH_LIBBPF_H
#define BENCH_LIBBPF_H

#include <bpf/libbpf.h>
#include <time.h>

#include "readers/reader.h"

/* The functions that a program calls to read rings. */
struct libbpf_calls {
	struct ring_buffer *(*open)(int map_fd, ring_buffer_sample_fn callback, void *context,
		const struct ring_buffer_opts *options);
	int (*add)(struct ring_buffer *rings, int map_fd, ring_buffer_sample_fn callback,
		void *context);
	int (*poll)(struct ring_buffer *rings, int timeout_ms);
	int (*consume)(struct ring_buffer *rings);
	void (*close)(struct ring_buffer *rings);
};

/* A ring_buffer and a callback for each work, so that nothing is decided for each record, as in the
 * other readers. */
struct libbpf_state {
	const struct libbpf_calls *calls;
	struct ring_buffer *rings[WORK_COUNT]; /* opened when first read from */
	struct timespec sleep;                 /* of WAIT_LIBBPF_SLEEP */
};

/* Functions of struct reader. */
int libbpf_open(struct reading *r, const struct libbpf_calls *calls);
int libbpf_read(struct reading *r, int64_t timeout_ns);
void libbpf_close(struct reading *r);

#endif
