/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is read: which events, how many, from which ring, and what is done with each.
 */
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

#include <stdint.h>

#include "events.h"
#include "rings/mix.h"

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

/* Where the ring is when it is read. */
enum caches {
	CACHES_COLD,  /* in memory: it was flushed */
	CACHES_OWN,   /* where the producer, on the reader's CPU, left it */
	CACHES_OTHER, /* where one on another CPU left it */
};

struct workload {
	enum source_kind source;
	enum event_kind event;
	uint32_t event_size;   /* 0: those of the mix */
	const struct mix *mix; /* or NULL */
	double discard;        /* share of the events that the producer discards */
	enum caches caches;
	int reader_cpu, writer_cpu; /* of CACHES_OWN and CACHES_OTHER: who fills the ring */
	uint64_t events;            /* to be produced */
	uint64_t ring_size;
	enum touch touch;
	uint64_t batch;          /* records a release in path batch; 0: all that are there */
	int64_t read_timeout_ns; /* of each read that finds nothing */
};

/* NULL-terminated, in the order of the enums. */
extern const char *const event_names[];
extern const char *const source_names[];
extern const char *const touch_names[];
extern const char *const caches_names[];

/* Bytes from one record to the next. */
static inline uint64_t record_stride(uint32_t size)
{
	return (size + (uint64_t)RECORD_HEADER + 7) & ~7ull;
}

/* Of event @id. */
static inline uint32_t workload_size(const struct workload *workload, uint64_t id)
{
	return workload->mix ? mix_size(workload->mix, id) : workload->event_size;
}

/* Of all that is discarded, 2^32 would be all: event_is_discarded(). */
static inline uint64_t workload_discard(const struct workload *workload)
{
	return (uint64_t)(workload->discard * 4294967296.0);
}

static inline double workload_mean_stride(const struct workload *workload)
{
	return workload->mix ? (double)workload->mix->stride_sum / workload->mix->count
			     : (double)record_stride(workload->event_size);
}

#endif
