/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "readers/live_check.h"
#include "statistics/statistics.h"

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

int bursts_begin(struct bursts *bursts, const struct workload *workload)
{
	*bursts = (struct bursts){ 0 };
	if (workload->burst == 0)
		return 0;
	bursts->size = workload->burst / workload->producers;
	bursts->count = (size_t)((workload->duration_ns - 1) / workload->burst_ns) + 1;
	bursts->list = calloc(bursts->count, sizeof(*bursts->list));
	return bursts->list ? 0 : -ENOMEM;
}

void bursts_end(struct bursts *bursts)
{
	free(bursts->list);
}

/* Events of burst @index that should be read: tried, and not discarded. */
static uint64_t wanted_of(const struct bursts *bursts, size_t index,
	const struct workload *workload, const uint64_t *sequences)
{
	const uint64_t discard = workload_discard(workload), first = index * bursts->size;
	uint64_t wanted = 0;

	for (uint64_t i = 0; i < workload->producers; i++)
		for (uint64_t at = first; at < first + bursts->size && at < sequences[i]; at++)
			wanted += !event_is_discarded(i << LIVE_SEQUENCE_BITS | at, discard);
	return wanted;
}

struct bursts_sum bursts_sum_up(
	const struct bursts *bursts, const struct workload *workload, const uint64_t *sequences)
{
	struct bursts_sum sum = { .late_ns = NAN, .late_most_ns = NAN };
	double *late = malloc((bursts->count + 1) * sizeof(*late));
	size_t seen = 0;

	for (size_t i = 0; i < bursts->count && late; i++) {
		const struct burst *burst = &bursts->list[i];
		const uint64_t wanted = wanted_of(bursts, i, workload, sequences);
		const uint64_t lost = wanted - burst->read;

		sum.bursts += wanted > 0;
		sum.losing += lost > 0;
		if (lost > sum.lost_most)
			sum.lost_most = lost;
		if (burst->read > 0)
			late[seen++] = (double)burst->late;
	}
	if (seen > 0) {
		sum.late_ns = samples_median(late, seen);
		sum.late_most_ns = late[seen - 1];
	}
	free(late);
	return sum;
}
