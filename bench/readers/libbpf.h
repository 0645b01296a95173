/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading with libbpf's functions, or with those of the drop-in.
 */
#ifndef BENCH_LIBBPF_H
#define BENCH_LIBBPF_H

#include <bpf/libbpf.h>
#include <time.h>

#include "readers/reader.h"

/* The functions ring_buffer__NAME that a program calls to read rings. */
#define FOR_EACH_CALL(X) X(new) X(add) X(poll) X(consume) X(free)

#define CALL_MEMBER(name) __typeof__(ring_buffer__##name) *ring_buffer__##name;

struct libbpf_calls {
	FOR_EACH_CALL(CALL_MEMBER)
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
