/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is read: which events, how many, from which ring, and what is done with each.
 */
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

#include <stdint.h>

#include "events.h"

#define RECORD_HEADER 8 /* BPF_RINGBUF_HDR_SZ */

enum event_kind { EVENT_SKB_META, EVENT_SIZED };

enum source_kind { SOURCE_BPF, SOURCE_MEMORY };

/* How much of each event the reader looks at. */
enum touch {
	TOUCH_NONE,   /* nothing: its address and length are known, that is all */
	TOUCH_HEADER, /* the first 8 bytes: skb_meta's address, sized's sequence number */
	TOUCH_FIELDS, /* every field: skb_meta's 18, sized's 64-bit words */
	TOUCH_BYTES,  /* every byte */
};

struct workload {
	enum source_kind source;
	enum event_kind event;
	uint32_t event_size;
	uint64_t events;
	uint64_t ring_size;
	enum touch touch;
	uint64_t batch;          /* records a release in path batch; 0: all that are there */
	int64_t read_timeout_ns; /* of each read that finds nothing */
};

/* NULL-terminated, in the order of the enums. */
extern const char *const event_names[];
extern const char *const source_names[];
extern const char *const touch_names[];

/* Bytes from one record to the next. */
static inline uint64_t workload_stride(const struct workload *workload)
{
	return (workload->event_size + (uint64_t)RECORD_HEADER + 7) & ~7ull;
}

/* Events that the ring holds: the kernel keeps it from being wholly full. */
static inline uint64_t workload_capacity(const struct workload *workload)
{
	return (workload->ring_size - 1) / workload_stride(workload);
}

#endif
