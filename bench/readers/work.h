/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Work that takes a given time, in place of what a program would do with an event. The peer of
 * libbpf (peers/libbpf/peer.c) has it, too.
 */
#ifndef BENCH_WORK_H
#define BENCH_WORK_H

#include <stdint.h>

/* Finds how many steps of work_do() take @ns on this CPU, within 20 ms; 0 for 0 ns. */
uint64_t work_calibrate(int64_t ns);

/* A chain of @steps operations, each of which depends on the one before. */
static inline void work_do(uint64_t steps)
{
	for (uint64_t x = steps; steps > 0; steps--) {
		x = x * 0x9e3779b97f4a7c15ull + 1;
		__asm__ volatile("" : "+r"(x)); /* each step, and in order */
	}
}

#endif
