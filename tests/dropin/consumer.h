/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A consumer that reads rings of the kernel with libbpf's functions, from the installed libbpf,
 * another libbpf, or the drop-in. New for each test.
 */
#ifndef TEST_DROPIN_CONSUMER_H
#define TEST_DROPIN_CONSUMER_H

#include <bpf/libbpf.h>

#include "support/kernel_ring.h"

#define CONSUMER_RINGS 3
#define CONSUMER_RECORDS 512

/* What the callback of a ring received. */
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
	size_t stop_after;                     /* the callback of this record returns @stop_with */
	int stop_with;                         /* negative; a positive value does not stop */
	void (*meanwhile)(struct consumer *c); /* in each callback; NULL */
	int depth;                             /* nested callbacks */
};

/* Setup and teardown of cmocka. They succeed even if no program can be loaded. */
int consumer_open(void **state);
int consumer_close(void **state);

#define consuming(test) cmocka_unit_test_setup_teardown(test, consumer_open, consumer_close)

/* Returns what consumer_open() made. Skips the test if no program could be loaded. */
struct consumer *consumer_of(void **state);

/* The callback, with a struct consumer_ring as context. Asserts that the record is the next one of
 * the ring. */
int consumer_see(void *context, void *data, size_t size);

/* Adds rings 1 to @last. */
void consumer_add(struct consumer *c, int last);

/* Submit one record of 8 bytes to ring @ring, or @times records. */
void produce(struct consumer *c, int ring, int times);
int map_fd_of(struct consumer *c, int ring);
uint64_t *consumer_word(struct consumer *c, int ring); /* the ring's consumer position */

/* Returns whether the functions are the drop-in's, which polls rings without a notification. */
bool looks_itself(void);
bool is_busy(void);
bool is_dropin(void);

/* libbpf's functions, and those of its rings. */
struct functions {
	__typeof__(ring_buffer__new) *new;
	__typeof__(ring_buffer__free) *free;
	__typeof__(ring_buffer__add) *add;
	__typeof__(ring_buffer__poll) *poll;
	__typeof__(ring_buffer__consume) *consume;
	__typeof__(ring_buffer__epoll_fd) *epoll_fd;
	/* Since libbpf 1.3, or 1.5 (consume_n); NULL with an older one. */
	int (*consume_n)(struct ring_buffer *rb, size_t n);
	struct ring *(*ring)(struct ring_buffer *rb, unsigned int index);
	unsigned long (*consumer_pos)(const struct ring *r);
	unsigned long (*producer_pos)(const struct ring *r);
	size_t (*avail_data_size)(const struct ring *r);
	size_t (*size)(const struct ring *r);
	int (*map_fd)(const struct ring *r);
	int (*ring_consume)(struct ring *r);
	int (*ring_consume_n)(struct ring *r, size_t n);
};

/* Looks the functions up by dlsym() with @handle. */
struct functions functions_of(void *handle);

#endif
