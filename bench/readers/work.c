/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>

#include "readers/work.h"
#include "base/monotonic.h"

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

		work_do(&(struct work){ .steps = steps });
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

struct work work_calibrate(int64_t ns)
{
	double steps;

	if (ns <= 0)
		return (struct work){ 0 };
	steps = (double)ns / measure_step();
	return (struct work){ .steps = steps > 1 ? (uint64_t)(steps + 0.5) : 1 };
}
