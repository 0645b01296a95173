/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads a ring of other programs: its positions, and the headers of its records. Only loads. Nothing
 * is trusted: some process may have written any position or header, and writes others meanwhile.
 *
 * A header stays in the ring after its record was consumed, until a producer overwrites it a lap
 * later. Each producer position is a boundary between two records.
 */
#ifndef BENCH_RING_ACCESS_H
#define BENCH_RING_ACCESS_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RING_HEADER BPF_RINGBUF_HDR_SZ
#define RING_ALIGNMENT 8u

/* Where a ring is. */
struct ring_access {
	const uint64_t *consumer, *producer;
	const uint64_t *overwrite; /* records before it are overwritten; NULL: the ring does not */
	uint64_t size;
	/* The @length bytes of the ring at @offset, which is below its size; NULL: they cannot be
	 * mapped. Valid until the next call. */
	const unsigned char *(*data)(void *context, uint64_t offset, size_t length);
	void *context;
};

struct ring_record {
	uint64_t position;
	uint32_t length; /* of the payload, below 2^30 */
	bool busy, discarded;
};

/* The record at @position, whose header is at @header. */
static inline struct ring_record ring_record_load(const unsigned char *header, uint64_t position)
{
	/* Relaxed: the payload is not read. */
	const uint32_t word =
		__atomic_load_n((const uint32_t *)(const void *)header, __ATOMIC_RELAXED);
	const bool busy = word & BPF_RINGBUF_BUSY_BIT;

	return (struct ring_record){
		.position = position,
		.length = word & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT),
		.busy = busy,
		.discarded = !busy && word & BPF_RINGBUF_DISCARD_BIT,
	};
}

/* Bytes from a record of @length to the next. */
static inline uint64_t ring_stride(uint32_t length)
{
	return ((uint64_t)length + RING_HEADER + RING_ALIGNMENT - 1) &
	       ~(uint64_t)(RING_ALIGNMENT - 1);
}

/* Loads the producer position. The headers of all records before it are written. */
uint64_t ring_load_producer(const struct ring_access *ring);

/* Whether what was loaded between @position and a producer position had not been overwritten when it
 * was loaded. */
bool ring_is_intact(const struct ring_access *ring, uint64_t position);

/* The oldest record that waits. */
enum ring_head {
	HEAD_NONE,      /* nothing waits */
	HEAD_READY,     /* submitted */
	HEAD_BUSY,      /* reserved, neither submitted nor discarded */
	HEAD_DISCARDED, /* the reader will skip it */
	HEAD_UNKNOWN,   /* the consumer moved at each attempt, or the positions are impossible */
};

extern const char *const ring_head_names[];

/* What no producer and no reader writes. */
enum ring_fault {
	FAULT_NONE,
	FAULT_CONSUMER_ALIGNMENT,
	FAULT_PRODUCER_ALIGNMENT,
	FAULT_CONSUMER_AHEAD, /* of the producer */
	FAULT_OVERFULL,       /* more waits than the ring holds */
	FAULT_HEADER,         /* the oldest record is longer than all that waits */
};

struct ring_sample {
	int64_t time_ns; /* CLOCK_MONOTONIC */
	uint64_t consumer, producer;
	uint64_t oldest;  /* the oldest record: the consumer position, or the overwrite position */
	uint64_t waiting; /* bytes, headers included; 0 if the positions are impossible */
	bool settled;     /* both positions are of one moment; if not, waiting is too high */
	enum ring_head head;
	uint32_t head_stride; /* bytes that the oldest record takes; 0: unknown */
	enum ring_fault fault;
};

void ring_sample(struct ring_sample *sample, const struct ring_access *ring, int64_t time_ns);

/* Whether the kernel would refuse a record that takes @stride bytes. */
bool ring_sample_has_no_room(const struct ring_sample *sample, uint64_t size, uint64_t stride);

/* A sentence about the fault of @sample. */
char *ring_fault_text(const struct ring_sample *sample, uint64_t size, char *text, size_t length);

#define RING_FAULT_SIZE 160

enum ring_walk_end {
	WALK_WHOLE,    /* at the end */
	WALK_BUSY,     /* at a busy record */
	WALK_MOST,     /* after as many records as allowed */
	WALK_OVERTAKEN /* the next header was overwritten, or is impossible */
};

struct ring_walk {
	uint64_t at;    /* a boundary; afterwards the position of the first record not visited */
	uint64_t end;   /* of ring_load_producer() */
	uint64_t most;  /* records; 0: unlimited */
	bool past_busy; /* visits busy records too */
	void (*visit)(void *context, const struct ring_record *record);
	void *context;
};

/* Visits the records from @walk->at on, each after a check that its header was not overwritten.
 * Loads at most one header for each 8 bytes of the ring. */
enum ring_walk_end ring_walk(struct ring_walk *walk, const struct ring_access *ring);

/* The records that wait. */
struct ring_waiting {
	bool known; /* none was overwritten meanwhile */
	bool all;   /* if not, there are more */
	uint64_t records, busy, discarded;
};

/* Counts at most @most records that wait at @sample. */
struct ring_waiting ring_count_waiting(
	const struct ring_access *ring, const struct ring_sample *sample, uint64_t most);

/* The most bytes that ring_tail() searches. */
#define RING_TAIL_BYTES ((uint64_t)16 << 20)

/* The shortest chain of records that ring_tail() believes. */
#define RING_TAIL_DEPTH 8

/*
 * Finds the last records before @end, a boundary, without knowing where any of them begins. Fills
 * @records, the newest first, and returns how many there are, at most @most, or -ENOMEM.
 *
 * A header holds its record's length and its own page in the ring. So records are a chain of headers
 * with the right pages that ends exactly at @end. Payloads may hold headers of the previous lap that
 * lead there too. The search ends where two chains are long enough, as either may be the right one.
 * The caller has to check by ring_is_intact() whether a record was overwritten meanwhile.
 */
long ring_tail(const struct ring_access *ring, uint64_t end, uint64_t producer,
	struct ring_record *records, size_t most);

#endif
