/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Work that takes a given time, in place of what a program would do with an event.
 */
#ifndef BENCH_WORK_H
#define BENCH_WORK_H

#include <stdint.h>

/* A chain of operations, each of which depends on the one before. */
struct work {
	uint64_t steps; /* for each event */
};

/* Finds how many steps take @ns on this CPU, within 20 ms. 0 ns is no work. */
struct work work_calibrate(int64_t ns);

/* Does the work of one event. */
static inline void work_do(const struct work *work)
{
	uint64_t steps = work->steps, x = steps;

	for (; steps > 0; steps--) {
		x = x * 0x9e3779b97f4a7c15ull + 1;
		__asm__ volatile("" : "+r"(x)); /* each step, and in order */
	}
}

#endif
