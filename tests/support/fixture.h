/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small ring in memory with a reader, new for each test.
 */
#ifndef TEST_FIXTURE_H
#define TEST_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ringview/ringview.h"
#include "rings/memory_ring.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct fixture {
	struct memory_ring ring; /* one page: 4096 bytes where pages are that small */
	struct ringview *rv;
};

/* Setup and teardown of cmocka: *@state is the fixture, with an empty ring. */
int fixture_open(void **state);
int fixture_close(void **state);

/* The same with a reader that has read records of 24 bytes and expects more: it shows records by
 * the inline half of ringview_peek(), which a new reader does not use yet. */
int fixture_open_settled(void **state);

/* A test that gets a fixture. */
#define reading(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

/* Two tests: with a new reader and with a settled one. */
#define reading_new_and_settled(test)                                                  \
	reading(test),                                                                 \
	{                                                                              \
#test "_when_settled", test, fixture_open_settled, fixture_close, NULL \
	}

/* Replaces the reader by a new one on the same ring, whose state does not change. */
void reopen(struct fixture *f);
void reopen_with(struct fixture *f, const struct ringview_options *options);

/* Sets both positions of the empty ring to @position and restarts the reader there. */
void start_at(struct fixture *f, uint64_t position);

/* Returns the bytes that a record takes in the ring. */
static inline uint64_t stride_of(uint32_t length)
{
	return ((uint64_t)length + RINGVIEW_HEADER_SIZE + 7) / 8 * 8;
}

/* Reserves the record @number, which must fit, and writes its payload. Does not submit it. */
void *reserve(struct fixture *f, uint64_t number, uint32_t length);

/* Reserves and submits (or discards) a record. Notifies when the kernel would. */
void put(struct fixture *f, uint64_t number, uint32_t length);
void put_discarded(struct fixture *f, uint32_t length);

/* Submits the records @first to @last, each of @length bytes. */
void put_range(struct fixture *f, uint64_t first, uint64_t last, uint32_t length);

/* Asserts that the payload is that of record @number. */
void assert_payload(const void *data, uint64_t number, uint32_t length);

/* Asserts that the next peek returns the record @number of @length bytes: aligned, with each byte
 * right. */
void assert_shows(struct fixture *f, uint64_t number, uint32_t length);
void assert_shows_range(struct fixture *f, uint64_t first, uint64_t last, uint32_t length);

/* Asserts that the next peek returns @result, which is not 1. */
void assert_peek_returns(struct fixture *f, int result);

static inline void assert_shows_nothing(struct fixture *f)
{
	assert_peek_returns(f, 0);
}

/* Returns whether there was a notification since the last call. */
bool ring_notified(struct fixture *f);

/* The consumer position that producers see. */
uint64_t consumer_position(const struct fixture *f);
uint64_t producer_position(const struct fixture *f);

/* Write to the ring what no correct producer or consumer writes. */
void set_consumer_position(struct fixture *f, uint64_t position);
void set_producer_position(struct fixture *f, uint64_t position);
void set_header(struct fixture *f, uint64_t position, uint32_t header);

/* Returns how often a wait for the empty ring sleeps until it times out. Repeats the wait with a
 * longer time-out if it did not sleep, because this thread was preempted for too long. */
uint64_t sleeps_until_time_out(struct fixture *f);

struct ringview_statistics statistics_of(const struct fixture *f);

#endif
