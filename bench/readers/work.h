/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Work that takes a given time, in place of what a program would do with an event. The peer of
 * libbpf (peers/libbpf/peer.c) has it, too.
 */
#ifndef BENCH_WORK_H
#define BENCH_WORK_H

#include <math.h>
#include <stdint.h>

#include "base/monotonic.h"

/* A chain of @steps operations, each of which depends on the one before. */
static inline void work_do(uint64_t steps)
{
	for (uint64_t x = steps; steps > 0; steps--) {
		x = x * 0x9e3779b97f4a7c15ull + 1;
		__asm__ volatile("" : "+r"(x)); /* each step, and in order */
	}
}

#define WORK_TRY_NS 50000 /* far longer than reading the clock, far shorter than a time slice */
#define WORK_TRIES 20     /* other processes may have the CPU during some of them */
#define WORK_CALIBRATION_NS 20000000 /* at most, if the machine is busy */

/* The time of one step in the shortest try: disturbances only make it longer. */
static inline double work_step_ns(void)
{
	const int64_t end = monotonic_ns() + WORK_CALIBRATION_NS;
	uint64_t steps = 1024;
	double best = INFINITY;

	for (int tries = 0; tries < WORK_TRIES && monotonic_ns() < end;) {
		const int64_t before = monotonic_ns();
		int64_t ns;

		work_do(steps);
		ns = monotonic_ns() - before;
		/* A coarse clock may say 0. */
		if (ns > 0 && (double)ns / (double)steps < best)
			best = (double)ns / (double)steps;
		if (ns < WORK_TRY_NS)
			steps *= 2;
		else
			tries++;
	}
	return best;
}

/* Finds how many steps of work_do() take @ns on this CPU, within 20 ms; 0 for 0 ns. */
static inline uint64_t work_calibrate(int64_t ns)
{
	const double steps = ns > 0 ? (double)ns / work_step_ns() : 0;

	return ns > 0 && steps < 1 ? 1 : (uint64_t)(steps + 0.5);
}

#endif
