/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where events come from: a BPF program that writes to a ring of the kernel, or a producer in user
 * space that writes to a ring in plain memory.
 */
#ifndef BENCH_SOURCE_H
#define BENCH_SOURCE_H

#include <stdint.h>

#include "base/complaint.h"
#include "rings/ring_set.h"
#include "rings/workload.h"

struct source {
	const struct source_operations *operations;
	struct ring_set rings;  /* one */
	struct ring_bytes ring; /* the source's own mapping */
};

struct source_operations {
	/* Writes @events events from number @first on, which the ring has room for. 0, -EINTR when
	 * a signal arrived before it was done, or another negative errno with @why filled. */
	int (*fill)(struct source *source, uint64_t first, uint64_t events, struct complaint *why);
	void (*close)(struct source *source);
};

/* Opens the source that @workload names, its ring empty. 0, or a negative errno with @why. */
int source_open(struct source **source, const struct workload *workload, struct complaint *why);

/* NULL is fine. */
void source_close(struct source *source);

/* Each kind's own opening, for source_open(). */
int bpf_source_open(struct source **source, const struct workload *workload, struct complaint *why);
int memory_source_open(
	struct source **source, const struct workload *workload, struct complaint *why);

/* 0 when rings of the kernel can be made and filled here, or a negative errno with @why: what is
 * missing, and what to do. */
int bpf_source_available(struct complaint *why);

#endif
