/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live: runs each combination while producers write.
 */
#include <errno.h>

#include "measure/rounds.h"
#include "measure/trial.h"
#include "statistics/statistics.h"

struct live {
	struct work work;
	/* What an event, and a call without a program, takes while nobody reads; for each ring. */
	double alone[ROUNDS_MAX], unattached[ROUNDS_MAX];
	size_t rings;
};

static int live_begin(struct run *run)
{
	struct live *live = run->state;
	struct measurement *m = run->m;
	int err;

	if (m->rounds == 0)
		live->rings = 0;
	err = source_measure_alone(run->source, true, &live->unattached[live->rings], run->why);
	if (!err)
		err = source_measure_alone(run->source, false, &live->alone[live->rings], run->why);
	if (err)
		return err;
	live->rings++;
	m->alone_ns = samples_median(live->alone, live->rings);
	m->unattached_ns = samples_median(live->unattached, live->rings);
	return 0;
}

static int run_entry(struct run *run, size_t entry, size_t round)
{
	struct samples *samples = &run->m->samples[entry];
	struct trial trial = {
		.source = run->source,
		.workload = run->request->workload,
		.combination = samples->combination,
		.work = ((struct live *)run->state)->work,
		.latency = &samples->latency,
		.round = &samples->rounds[round],
		.observer = run->request->observer,
	};
	int err;

	for (size_t i = 0; i < round; i++) {
		trial.produced_before += samples->rounds[i].produced;
		trial.lost_before += samples->rounds[i].lost;
	}
	err = trial_run(&trial, run->why);
	if (trial.reader_failed)
		run->culprit = entry;
	return err;
}

static int live_round(struct run *run, const size_t *order, size_t round, size_t rounds)
{
	const struct request *request = run->request;
	int err = 0;

	for (size_t i = 0; i < run->entries && !err; i++) {
		if (request->progress)
			request->progress(request->progress_context, round * run->entries + i,
				rounds * run->entries);
		err = run_entry(run, order[i], round);
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
	struct live live = { .work = work_calibrate(request->workload->work_ns) };

	return rounds_measure(&method, &live, request, m, why);
}
