/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A group of readers of rings in memory, with a virtual clock, new for each test.
 */
#ifndef TEST_RING_SET_H
#define TEST_RING_SET_H

#include "fixture.h"

#define RING_SET_MOST 80
#define RING_SET_BUDGET INT64_C(200000) /* ns */

struct ring_set {
	enum ringview_wait_strategy strategy;
	struct fixture of[RING_SET_MOST];
	size_t count;
	struct ringview_group *group;
};

/* Options with @strategy, RING_SET_BUDGET and the least timer slack. */
struct ringview_options options_of(enum ringview_wait_strategy strategy);

/* Setup of cmocka: *@state is the strategy before, and a struct ring_set without rings after it. */
int open_group(void **state);

/* Teardown. Closes the group first, or the readers first: both must work. */
int close_rings(void **state);

/* Adds a ring of @size bytes and its reader to the group. The reader's own strategy is EVENT. */
struct fixture *add_ring(struct ring_set *r, size_t size);

/* Adds rings of one page until there are @count. */
void add_rings(struct ring_set *r, size_t count);

/* Asserts that a wait without a time-out finds something. */
void assert_found(struct ring_set *r);

struct ringview_statistics statistics_of_group(const struct ring_set *r);

/* A test with one strategy, or three tests, one with each. @open begins with open_group(). */
#define with(strategy, test, open)                                 \
	{                                                          \
#test ", " #strategy, test, open, close_rings,     \
			(void *)(intptr_t)RINGVIEW_WAIT_##strategy \
	}
#define with_each(test, open) \
	with(EVENT, test, open), with(PACED, test, open), with(BUSY, test, open)

#endif
