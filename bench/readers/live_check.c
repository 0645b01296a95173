/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <math.h>

#include "readers/live_check.h"

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

int live_check_wrong(struct live_check *c, const void *data, size_t length)
{
	const uint64_t id = length >= 8 ? *(const event_word *)data : 0;
	const uint64_t producer = id >> LIVE_SEQUENCE_BITS;
	const uint64_t sequence = id & ((UINT64_C(1) << LIVE_SEQUENCE_BITS) - 1);

	if (length >= sizeof(struct live_event) && producer < c->workload->producers &&
		sequence < c->streams[producer].next)
		return complain(c->why, -EBADMSG,
			"event %llu of producer %llu came after event %llu: twice, or out of order",
			(unsigned long long)sequence, (unsigned long long)producer,
			(unsigned long long)c->streams[producer].next - 1);
	return complain(c->why, -EBADMSG,
		"an event of %zu B is not as its producer wrote it (producer %llu, event %llu)",
		length, (unsigned long long)producer, (unsigned long long)sequence);
}
