/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>

#include "base/monotonic.h"
#include "readers/work.h"

#define TRY_NS 50000 /* far longer than reading the clock, far shorter than a time slice */
#define TRIES 20     /* other processes may have the CPU during some of them */
#define CALIBRATION_NS 20000000 /* at most, if the machine is busy */

/* The time of one step in the shortest try: disturbances only make it longer. */
static double measure_step(void)
{
	const int64_t end = monotonic_ns() + CALIBRATION_NS;
	uint64_t steps = 1024;
	double best = INFINITY;

	for (int tries = 0; tries < TRIES && monotonic_ns() < end;) {
		const int64_t before = monotonic_ns();
		int64_t ns;

		work_do(steps);
		ns = monotonic_ns() - before;
		/* A coarse clock may say 0. */
		if (ns > 0 && (double)ns / (double)steps < best)
			best = (double)ns / (double)steps;
		if (ns < TRY_NS)
			steps *= 2;
		else
			tries++;
	}
	return best;
}

uint64_t work_calibrate(int64_t ns)
{
	const double steps = ns > 0 ? (double)ns / measure_step() : 0;

	return ns > 0 && steps < 1 ? 1 : (uint64_t)(steps + 0.5);
}
