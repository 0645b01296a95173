/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live: runs each combination while producers write, and finds the size of a ring that loses nothing.
 */
#include <sys/param.h>
#include <unistd.h>

#include "measure/rounds.h"

/* The measurement under way: there is one at a time. */
static struct {
	uint64_t work_steps;
	/* What an event, and a call without a program, takes while nobody reads; for each ring. */
	double alone[ROUNDS_MAX], unattached[ROUNDS_MAX];
	size_t rings;
} live;

static int live_begin(struct run *run)
{
	struct measurement *m = run->m;
	int err;

	if (m->rounds == 0)
		live.rings = 0;
	err = source_measure_alone(run->source, true, &live.unattached[live.rings], run->why);
	if (!err)
		err = source_measure_alone(run->source, false, &live.alone[live.rings], run->why);
	if (err)
		return err;
	live.rings++;
	m->alone_ns = samples_median(live.alone, live.rings);
	m->unattached_ns = samples_median(live.unattached, live.rings);
	return 0;
}

static int live_round(struct run *run, const size_t *order, size_t round, size_t rounds)
{
	const struct request *request = run->request;
	int err = 0;

	for (size_t i = 0; i < run->entries && !err; i++) {
		struct samples *samples = &run->m->samples[order[i]];
		struct trial trial = {
			.source = run->source,
			.combination = samples->combination,
			.observer = request->observer,
			.check.work_steps = live.work_steps,
			.check.latency = &samples->latency,
		};

		for (size_t before = 0; before < round; before++) {
			trial.produced_before += samples->rounds[before].produced;
			trial.lost_before += samples->rounds[before].lost;
		}
		request->progress(
			request->progress_context, round * run->entries + i, rounds * run->entries);
		err = trial_run(&trial, &samples->rounds[round], run->why);
		if (trial.reader_failed)
			run->culprit = order[i];
	}
	return err;
}

/* The first loop of libbpf. */
static int live_rank(struct combination c)
{
	return c.reader->by_wait && (int)c.wait == __builtin_ctz(c.reader->waits);
}

int measure_live(const struct request *request, struct measurement *m, struct complaint *why)
{
	static const struct method method = {
		.twin_from = 2,
		.rank = live_rank,
		.begin = live_begin,
		.round = live_round,
	};
	live.work_steps = work_calibrate(request->workload->work_ns);
	return rounds_measure(&method, request, m, why);
}

#define SATURATED 0.75 /* of a CPU: what a consumer uses that has no time to catch up */
#define OFF_CPU_LEAST_NS 1000000
#define REPEATS 3 /* of runs that lost events because the consumer did not run, at most */

static struct histogram latency_of_tries; /* for the observer */

/* Whether events may have been lost because the consumer was ready and did not run. */
static bool was_kept_off(const struct round *round)
{
	const double lost = (double)round->lost / (double)round->produced;

	return round->lost > 0 && round->off_cpu_ns != LIVE_UNKNOWN &&
	       round->off_cpu_ns > OFF_CPU_LEAST_NS &&
	       2 * (double)round->off_cpu_ns > lost * (double)round->elapsed_ns;
}

/* Runs with rings of @size bytes until events are lost, request->plan.rounds times at most. */
static int try_size(const struct request *request, struct workload *workload, uint64_t size,
	struct live_advice *advice, struct complaint *why)
{
	struct live_try *try = &advice->tries[advice->try_count];
	struct source *source;
	int err, repeated = 0;

	request->progress(request->progress_context, advice->try_count, LIVE_ADVICE_SIZES_MAX);
	advice->try_count++;
	*try = (struct live_try){ .ring_size = size };
	workload->ring_size = size;
	err = source_open(&source, workload, false, why);
	if (err)
		return err;
	while (try->lost == 0 && try->runs < request->plan.rounds) {
		struct trial trial = {
			.source = source,
			.combination = request->combinations[0],
			.observer = request->observer,
			.produced_before = try->produced,
			.check.work_steps = live.work_steps,
			.check.latency = &latency_of_tries,
		};
		struct round round;

		err = trial_run(&trial, &round, why);
		if (err)
			break;
		if (was_kept_off(&round) && repeated++ < REPEATS)
			continue;
		advice->off_cpu |= was_kept_off(&round);
		try->runs++;
		try->produced += round.produced;
		try->lost += round.lost;
		try->high_water = MAX(try->high_water, round.high_water);
		/* Then a ring only stores what is not read in time, and fills up in a longer run. */
		advice->saturated |=
			(double)round.elapsed_ns > LIVE_STORED * (double)workload->duration_ns &&
			(double)round.consumer_cpu_ns > SATURATED * (double)round.elapsed_ns;
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

/* The sizes double to LIVE_ADVICE_MOST, at most twice: LIVE_ADVICE_SIZES_MAX are enough. */
int live_advise(const struct request *request, struct workload *workload,
	struct live_advice *advice, struct complaint *why)
{
	uint64_t size = smallest_ring(workload);

	*advice = (struct live_advice){ 0 };
	histogram_clear(&latency_of_tries);
	live.work_steps = work_calibrate(workload->work_ns);
	while (advice->ring_size == 0 && !advice->saturated && size <= LIVE_ADVICE_MOST) {
		const struct live_try *try = &advice->tries[advice->try_count];
		const int err = try_size(request, workload, size, advice, why);

		if (err)
			return err;
		if (try->lost > 0) {
			size *= 2;
		} else if (advice->saturated) {
			advice->smallest = 0;
		} else if (advice->smallest > 0) {
			advice->ring_size = size;
		} else {
			advice->smallest = size;
			size = MIN(size * LIVE_ADVICE_MARGIN, LIVE_ADVICE_MOST);
		}
	}
	return 0;
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
