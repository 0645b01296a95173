/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <string.h>

#include "base/monotonic.h"
#include "measure/rounds.h"
#include "statistics/statistics.h"

#define RINGS_EVERY 8 /* schedules, after as many with new rings each */

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Whether the interval of every median is as narrow as asked. */
static bool precise_enough(const struct run *run, size_t rounds)
{
	static double ns[ROUNDS_MAX];

	for (size_t i = 0; i < run->entries; i++) {
		struct summary s;

		for (size_t round = 0; round < rounds; round++)
			ns[round] = (double)run->m->samples[i].rounds[round].elapsed_ns;
		s = summary_of(ns, rounds, 1);
		if (!s.has_interval || (s.interval.high - s.interval.low) / 2 >
					       run->request->plan.precision * s.median)
			return false;
	}
	return true;
}

/* The most whole schedules have so many rounds. */
static size_t most_rounds(const struct run *run)
{
	const size_t step = schedule_rows(run->entries);

	return ROUNDS_MAX / step * step;
}

/* The number of rounds, as far as is known after @done of them. */
static size_t wanted_rounds(const struct run *run, size_t done, int64_t round_ns)
{
	const struct measure_plan *plan = &run->request->plan;
	const size_t step = schedule_rows(run->entries);
	const int64_t elapsed = monotonic_ns() - run->started_ns;
	size_t wanted = schedule_rounds(run->entries, plan->rounds);

	if (plan->precision > 0 || plan->duration_ns > 0) {
		/* Decided after whole schedules; the precision, after enough for an interval. */
		wanted = done + step - done % step;
		if (done % step != 0 || done == 0)
			return wanted;
		if (plan->precision > 0 && done >= INTERVAL_ROUNDS_MIN &&
			(precise_enough(run, done) || elapsed > PRECISION_TIME_NS))
			return done;
		if (plan->precision <= 0 && elapsed + round_ns * (int64_t)step > plan->duration_ns)
			return done;
	}
	return min_size(wanted, most_rounds(run));
}

/* The number of rounds to show; 0: unknown. */
static size_t expected_rounds(const struct run *run, size_t wanted, size_t done)
{
	const struct measure_plan *plan = &run->request->plan;
	const double passed = (double)(monotonic_ns() - run->started_ns);

	if (plan->precision > 0)
		return 0;
	/* By their mean time: new rings make some rounds many times as long as the others. */
	if (done > 0 && passed < (double)plan->duration_ns)
		return min_size((size_t)((double)done * (double)plan->duration_ns / passed),
			most_rounds(run));
	return wanted;
}

static void close_rings(struct run *run, const struct method *method)
{
	if (run->source && method->end)
		method->end(run);
	source_close(run->source);
	run->source = NULL;
}

static int renew_rings(struct run *run, const struct method *method)
{
	bool perf = false;
	int err;

	for (size_t i = 0; i < run->entries; i++)
		perf |= run_reader(run, i)->reads_perf;
	close_rings(run, method);
	err = source_open(&run->source, run->request->workload, perf, run->why);
	return err ? err : method->begin(run);
}

static int run_rounds(struct run *run, const struct method *method)
{
	const size_t step = schedule_rows(run->entries);
	size_t *done = &run->m->rounds, wanted;
	int64_t round_ns = 0;
	int err = 0;

	while (!err && *done < (wanted = wanted_rounds(run, *done, round_ns))) {
		const size_t expected = expected_rounds(run, wanted, *done);
		const size_t schedules = *done / step;
		const int64_t before = monotonic_ns();
		size_t order[COMBINATIONS_MAX + 1];

		if (*done % step == 0 && (schedules < RINGS_EVERY || schedules % RINGS_EVERY == 0))
			err = renew_rings(run, method);
		schedule_fill(run->entries, *done, order);
		if (!err)
			err = method->round(run, order, *done, expected);
		round_ns = monotonic_ns() - before;
		*done += !err;
	}
	run->m->own_memory = memory_use_peak(); /* while the rings are mapped */
	close_rings(run, method);
	return err;
}

static size_t reference_of(const struct method *method, const struct request *request,
	const struct combination *combinations, size_t count)
{
	size_t best = combination_find(combinations, count, request->baseline);

	if (best != SIZE_MAX)
		return best;
	best = 0;
	for (size_t i = 0; i < count; i++)
		if (method->rank(combinations[i]) > method->rank(combinations[best]))
			best = i;
	return best;
}

/* Measures m->count @combinations. */
static int measure(
	struct run *run, const struct method *method, const struct combination *combinations)
{
	struct measurement *m = run->m;

	m->reference = reference_of(method, run->request, combinations, m->count);
	m->twin = m->count >= method->twin_from;
	m->rounds = 0;
	run->entries = m->count + m->twin;
	run->culprit = SIZE_MAX;
	run->started_ns = monotonic_ns();
	for (size_t i = 0; i < run->entries; i++) {
		struct samples *samples = &m->samples[i];

		samples->combination = combinations[i < m->count ? i : m->reference];
		samples->counted = (struct counters_values){ 0 };
		histogram_clear(&samples->latency);
	}
	return run_rounds(run, method);
}

/* If a peer failed: notes it, and removes it from the @combinations. */
static bool drop_peer(struct run *run, struct combination *combinations)
{
	const struct combination *failed;
	size_t kept = 0;

	if (run->culprit == SIZE_MAX)
		return false;
	failed = &run->m->samples[run->culprit].combination;
	if (!failed->reader->program)
		return false;
	peers_add_failure(run->request->peers, failed->reader->name, run->why->text);
	for (size_t i = 0; i < run->m->count; i++)
		if (!combination_equal(combinations[i], *failed))
			combinations[kept++] = combinations[i];
	run->m->count = kept;
	run->m->rounds = 0;
	run->m->twin = false;
	return true;
}

int rounds_measure(const struct method *method, void *state, const struct request *request,
	struct measurement *m, struct complaint *why)
{
	struct run run = { .request = request, .m = m, .why = why, .state = state };
	struct combination combinations[COMBINATIONS_MAX];
	struct complaint said;
	char name[64];
	int err;

	m->workload = *request->workload;
	m->count = request->count;
	m->alone_ns = m->unattached_ns = 0;
	memcpy(combinations, request->combinations, m->count * sizeof(*combinations));
	memory_use_reset();
	do
		err = m->count > 0 ? measure(&run, method, combinations) : 0;
	while (err && err != -EINTR && drop_peer(&run, combinations));
	if (!err || err == -EINTR || run.culprit == SIZE_MAX)
		return err;
	said = *why;
	return complain(why, err, "path %s: %s",
		combination_name(m->samples[run.culprit].combination, name, sizeof(name)),
		said.text);
}
