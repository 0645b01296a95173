/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "measure/live_advise.h"
#include "measure/trial.h"

/* Share of a CPU: a consumer that uses more has no time left to catch up. */
#define SATURATED 0.97
#define OFF_CPU_LEAST_NS 1000000
#define REPEATS 3 /* of runs that lost events because the consumer did not run, at most */
#define SPINS_BELOW ((uint64_t)1 << 20)

struct search {
	const struct request *request;
	struct workload *workload;
	struct live_advice *advice;
	struct histogram *ignored;
	struct work work;
	double busiest; /* the largest share of a CPU that the consumer used in the last try */
	struct complaint *why;
};

/* Whether events may have been lost because the consumer was ready and did not run. */
static bool was_kept_off(const struct round *round)
{
	const double lost = (double)round->lost / (double)round->produced;

	return round->off_cpu_ns != LIVE_UNKNOWN && round->off_cpu_ns > OFF_CPU_LEAST_NS &&
	       2 * (double)round->off_cpu_ns > lost * (double)round->elapsed_ns;
}

/* Runs with the workload's ring size until events are lost, request->plan.rounds times at most. */
static int try_size(struct search *s, struct live_try *try)
{
	const struct request *request = s->request;
	struct source *source;
	int err, repeated = 0;

	*try = (struct live_try){ .ring_size = s->workload->ring_size };
	s->busiest = 0;
	err = source_open(&source, s->workload, false, s->why);
	if (err)
		return err;
	while (!err && try->lost == 0 && try->runs < request->plan.rounds) {
		struct round round;
		struct trial trial = {
			.source = source,
			.workload = s->workload,
			.combination = request->combinations[0],
			.work = s->work,
			.latency = s->ignored,
			.round = &round,
			.observer = request->observer,
			.produced_before = try->produced,
			.lost_before = try->lost,
		};
		double share;

		err = trial_run(&trial, s->why);
		if (err)
			break;
		if (round.lost > 0 && was_kept_off(&round) && repeated++ < REPEATS)
			continue;
		s->advice->off_cpu |= round.lost > 0 && was_kept_off(&round);
		try->runs++;
		try->produced += round.produced;
		try->lost += round.lost;
		if (round.high_water > try->high_water)
			try->high_water = round.high_water;
		share = (double)round.consumer_cpu_ns / (double)round.elapsed_ns;
		if (share > s->busiest)
			s->busiest = share;
	}
	source_close(source);
	return err;
}

/* The smallest size that holds an event and that the kernel accepts. */
static uint64_t smallest_ring(const struct workload *workload)
{
	uint64_t size = (uint64_t)sysconf(_SC_PAGESIZE);

	while (size <= workload_largest_stride(workload))
		size *= 2;
	return size;
}

/* Whether a larger ring need not be tried. */
static bool is_last(struct search *s, const struct live_try *try)
{
	/* A busy consumer always spins, a paced one in a small ring. */
	const bool spins = s->request->combinations[0].wait == WAIT_BUSY ||
			   s->request->combinations[0].wait == WAIT_LIBBPF_SPIN ||
			   try->ring_size < SPINS_BELOW;

	s->advice->saturated = try->lost > 0 && !spins && s->busiest > SATURATED;
	return try->lost == 0 || s->advice->saturated || try->ring_size >= LIVE_ADVICE_MOST ||
	       s->advice->try_count == LIVE_ADVICE_SIZES_MAX;
}

/* Tries the workload's ring size; without room for another entry, the last one is overwritten. */
static const struct live_try *next_try(struct search *s, int *err)
{
	struct live_advice *advice = s->advice;
	const struct request *request = s->request;
	struct live_try *try = &advice->tries[advice->try_count];

	advice->try_count += advice->try_count < LIVE_ADVICE_SIZES_MAX - 1;
	if (request->progress)
		request->progress(
			request->progress_context, advice->try_count - 1, LIVE_ADVICE_SIZES_MAX);
	*err = try_size(s, try);
	return try;
}

/* Recommends the first size from @size on that loses nothing. */
static int verify(struct search *s, uint64_t size)
{
	int err = 0;

	for (; !err && s->advice->ring_size == 0 && size <= LIVE_ADVICE_MOST; size *= 2) {
		s->workload->ring_size = size;
		if (next_try(s, &err)->lost == 0 && !err)
			s->advice->ring_size = size;
	}
	return err;
}

int live_advise(const struct request *request, struct workload *workload,
	struct live_advice *advice, struct complaint *why)
{
	struct search s = {
		.request = request,
		.workload = workload,
		.advice = advice,
		.ignored = malloc(sizeof(*s.ignored)),
		.work = work_calibrate(workload->work_ns),
		.why = why,
	};
	int err = 0;

	*advice = (struct live_advice){ 0 };
	if (!s.ignored)
		return complain(why, -ENOMEM, "out of memory");
	histogram_clear(s.ignored);
	for (workload->ring_size = smallest_ring(workload); !err; workload->ring_size *= 2) {
		const struct live_try *try = next_try(&s, &err);

		if (!err && try->lost == 0)
			advice->smallest = workload->ring_size;
		if (err || is_last(&s, try))
			break;
	}
	if (!err && advice->smallest > 0)
		err = verify(&s, advice->smallest > LIVE_ADVICE_MOST / LIVE_ADVICE_MARGIN
					 ? LIVE_ADVICE_MOST
					 : LIVE_ADVICE_MARGIN * advice->smallest);
	free(s.ignored);
	return err;
}

bool live_advise_again(const struct measurement *measurement, struct workload *workload,
	struct live_advice *advice)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < measurement->rounds && measurement->count > 0; i++)
		lost += measurement->samples[0].rounds[i].lost;
	if (lost == 0)
		return false;
	advice->ring_size = workload->ring_size < LIVE_ADVICE_MOST ? 2 * workload->ring_size : 0;
	if (advice->ring_size > 0)
		workload->ring_size = advice->ring_size;
	return advice->ring_size > 0;
}
