/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring of the kernel, a BPF program that writes to it on command, and a reader, new for each
 * test.
 */
#ifndef TEST_KERNEL_RING_H
#define TEST_KERNEL_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "ring.skel.h"
#include "support/fixture.h"

struct kernel {
	struct ring_bpf *skeleton;
	struct ringview *rv;
	uint64_t size;         /* of the ring */
	int epoll_fd;          /* edge-triggered, on the reader's descriptor */
	char unavailable[256]; /* why there is no program */
};

/* Opens a ring of one page, or of @size bytes. Returns 0 or -1. If no program can be loaded,
 * returns 0 and stores the reason. */
int kernel_ring_open(struct kernel *k);
int kernel_ring_open_sized(struct kernel *k, uint64_t size);
int kernel_ring_open_with(struct kernel *k, uint64_t size, uint32_t map_flags);
void kernel_ring_close(struct kernel *k);

/* Replaces the reader by a new one on the same ring, whose state does not change. */
void kernel_reopen_with(struct kernel *k, const struct ringview_options *options);

/* Setup and teardown of cmocka. They succeed even if no program can be loaded. */
int kernel_open(void **state);
int kernel_close(void **state);

#define in_kernel(test) cmocka_unit_test_setup_teardown(test, kernel_open, kernel_close)

/* Returns what kernel_open() made. Skips the test, with the reason, if no program could be
 * loaded. */
struct kernel *available(void **state);

/* Runs the program @times times. It counts records that did not fit in bss->failed. Returns 0 or a
 * negative errno. */
int run(struct kernel *k, uint32_t length, uint64_t flags, bool discard, int times);

/* Submits one record, which must fit. */
void submit(struct kernel *k, uint32_t length, uint64_t flags);

/* Assert that the next peek returns the record @number of @length bytes, or none. */
void assert_record(struct kernel *k, uint64_t number, uint32_t length);
void assert_no_record(struct kernel *k);

/* Returns whether the epoll descriptor reports a notification since the last call, within
 * @timeout_ms. */
bool notified(struct kernel *k, int timeout_ms);

struct ringview_statistics statistics(const struct kernel *k);

#endif
