/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program that reads rings of the kernel with libbpf's functions, from whichever library:
 * libbpf as it is installed, another libbpf, or the drop-in. One for each test.
 */
#ifndef TEST_DROPIN_CONSUMER_H
#define TEST_DROPIN_CONSUMER_H

#include <bpf/libbpf.h>

#include "support/kernel_ring.h"

#define CONSUMER_RINGS 3
#define CONSUMER_RECORDS 512

/* What the callback of ring @ring was given. */
struct seen {
	int ring;
	uint64_t number; /* of the record in its ring */
	size_t length;
};

struct consumer;

struct consumer_ring {
	struct consumer *consumer;
	struct kernel kernel;
	bool opened;
	uint64_t next; /* number of the next record that the callback expects */
};

struct consumer {
	struct consumer_ring rings[CONSUMER_RINGS];
	struct ring_buffer *rb; /* of the first ring */
	struct seen seen[CONSUMER_RECORDS];
	size_t count;
	size_t stop_after;                     /* this record's callback returns @stop_with */
	int stop_with;                         /* negative, or positive, which stops nothing */
	void (*meanwhile)(struct consumer *c); /* in each callback; NULL */
	int depth;                             /* callbacks that are running */
};

/* Setup and teardown of cmocka; where no program can be loaded they succeed nevertheless. */
int consumer_open(void **state);
int consumer_close(void **state);

#define consuming(test) cmocka_unit_test_setup_teardown(test, consumer_open, consumer_close)

/* What consumer_open() made; skips the test if it could make nothing. */
struct consumer *consumer_of(void **state);

/* The callback, for a struct consumer_ring as context. Checks that the payload is of the record
 * that is next in the ring. */
int consumer_see(void *context, void *data, size_t size);

/* Adds rings 1 to @last. */
void consumer_add(struct consumer *c, int last);

/* Submits one record of 8 bytes to ring @ring; or @times of them. */
void produce(struct consumer *c, int ring, int times);
int map_fd_of(struct consumer *c, int ring);

/* Whether the functions are the drop-in's, which looks at rings without being notified. */
bool looks_itself(void);
bool is_busy(void);
bool is_dropin(void);

#endif
