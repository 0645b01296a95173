/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring of the kernel, a program that writes to it on command, and a reader, for one test each.
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

/* Of one page, or of @size bytes. 0, or -1. Where no program can be loaded it succeeds
 * nevertheless, and says why. */
int kernel_ring_open(struct kernel *k);
int kernel_ring_open_sized(struct kernel *k, uint64_t size);
int kernel_ring_open_with(struct kernel *k, uint64_t size, uint32_t map_flags);
void kernel_ring_close(struct kernel *k);

/* Puts another reader on the same ring, as it is now. */
void kernel_reopen_with(struct kernel *k, const struct ringview_options *options);

/* Setup and teardown of cmocka. Where no program can be loaded they succeed nevertheless. */
int kernel_open(void **state);
int kernel_close(void **state);

#define in_kernel(test) cmocka_unit_test_setup_teardown(test, kernel_open, kernel_close)

/* What kernel_open() made; skips the test, with the reason printed, if it could make nothing. */
struct kernel *available(void **state);

/* Runs the program @times times. What did not fit is counted in its bss->failed. 0, or a negative
 * errno. */
int run(struct kernel *k, uint32_t length, uint64_t flags, bool discard, int times);

/* Submits one record, which has to fit. */
void submit(struct kernel *k, uint32_t length, uint64_t flags);

/* The next peek shows the record @number of @length bytes; or none. */
void assert_record(struct kernel *k, uint64_t number, uint32_t length);
void assert_no_record(struct kernel *k);

/* Whether the epoll descriptor tells of a notification since the last call, within @timeout_ms. */
bool notified(struct kernel *k, int timeout_ms);

struct ringview_statistics statistics(const struct kernel *k);

#endif
