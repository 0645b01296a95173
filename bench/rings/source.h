/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where events come from: a BPF program that writes to a ring of the kernel, or a producer in user
 * space that writes to a ring in plain memory.
 */
#ifndef BENCH_SOURCE_H
#define BENCH_SOURCE_H

#include <stdint.h>

#include "base/complaint.h"
#include "ringview/ringview.h"
#include "rings/workload.h"

/* A mapping of the ring, for what reads it without a reader: the limits and the check. */
struct ring_bytes {
	uint64_t *consumer;
	const uint64_t *producer;
	const unsigned char *data; /* mapped twice in a row */
	uint64_t size;
};

struct source {
	const struct source_operations *operations;
	struct ring_bytes ring; /* the source's own mapping */
	int map_fd;             /* -1: not a ring of the kernel */
};

struct source_operations {
	/* Writes @events events that the ring has room for. 0, -EINTR when a signal arrived before
	 * it was done, or another negative errno with @why filled. */
	int (*fill)(struct source *source, uint64_t events, struct complaint *why);
	/* Maps the ring once more, and unmaps it: a mapping that was just read through is faster
	 * than another, as its page tables are in the caches. */
	int (*map)(struct source *source, struct ring_bytes *ring);
	void (*unmap)(struct source *source, struct ring_bytes *ring);
	/* Opens another reader on the ring. */
	int (*open_reader)(struct source *source, struct ringview **reader);
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
