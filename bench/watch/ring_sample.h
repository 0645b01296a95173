/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One sample of a ring that others write and read. It only loads, and trusts nothing: some process
 * may have written any consumer position.
 */
#ifndef BENCH_RING_SAMPLE_H
#define BENCH_RING_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a ring is. */
struct ring_access {
	const uint64_t *consumer, *producer;
	const uint64_t
		*overwrite; /* of a ring that overwrites: what lies before it is gone; else NULL */
	uint64_t size;
	/* The @length bytes of the ring from @offset on, which is below its size; NULL when they
	 * cannot be had. Valid until the next call. */
	const unsigned char *(*data)(void *context, uint64_t offset, size_t length);
	void *context;
};

/* The oldest record that waits. */
enum ring_head {
	HEAD_NONE,      /* nothing waits */
	HEAD_READY,     /* submitted */
	HEAD_BUSY,      /* reserved, neither submitted nor discarded */
	HEAD_DISCARDED, /* to be skipped */
	HEAD_UNKNOWN,   /* the consumer went on in each of some looks, or the ring is impossible */
};

/* What cannot be while producers and reader keep to the protocol. */
enum ring_fault {
	FAULT_NONE,
	FAULT_CONSUMER_ALIGNMENT,
	FAULT_PRODUCER_ALIGNMENT,
	FAULT_CONSUMER_AHEAD, /* it has read what was never written */
	FAULT_OVERFULL,       /* more waits than the ring holds */
	FAULT_HEADER,         /* the oldest record is longer than all that waits */
};

struct ring_sample {
	int64_t time_ns; /* CLOCK_MONOTONIC */
	uint64_t consumer, producer;
	uint64_t oldest;  /* where what waits begins: the consumer position, unless that is
			     overwritten */
	uint64_t waiting; /* bytes, headers included; 0 where the positions are impossible */
	bool settled;     /* both positions are of one moment; else more seems to wait than did */
	enum ring_head head;
	uint32_t head_stride; /* bytes that the oldest record takes; 0 when not known */
	enum ring_fault fault;
};

/* The producer position: the headers of all records before it are written. */
uint64_t ring_load_producer(const struct ring_access *ring);

/* Whether what was loaded from @position on, up to a producer position, had not been overwritten
 * when it was loaded. */
bool ring_is_intact(const struct ring_access *ring, uint64_t position);

void ring_sample(struct ring_sample *sample, const struct ring_access *ring, int64_t time_ns);

/* Whether a record that takes @stride bytes would be refused. */
bool ring_sample_has_no_room(const struct ring_sample *sample, uint64_t size, uint64_t stride);

/* A sentence about the fault of @sample. */
char *ring_fault_text(const struct ring_sample *sample, uint64_t size, char *text, size_t length);

#define RING_FAULT_SIZE 160

/* "none", "ready", ... */
extern const char *const ring_head_names[];

#endif
