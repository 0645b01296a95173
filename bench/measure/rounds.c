/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rounds of a measurement: their number and order, the rings, and peers that fail.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "measure/rounds.h"
#include "statistics/statistics.h"

#define RINGS_EVERY 8 /* schedules, after as many with new rings each */

/* Forgets the peak of resident memory so far. */
static void memory_use_reset(void)
{
	FILE *file = fopen("/proc/self/clear_refs", "we");

	if (!file)
		return;   /* the peak is that of the whole process then: too high */
	fputs("5", file); /* resets VmHWM: Documentation/filesystems/proc.rst */
	fclose(file);
}

/* Bytes: the peak since the reset, without the rings that are mapped now, the kernel's and those of
 * rings/memory_ring.c (each mapping counts as resident). 0 if /proc does not say. */
static uint64_t memory_use_peak(void)
{
	FILE *file = fopen("/proc/self/smaps", "re");
	unsigned long start, end, kib;
	uint64_t rings = 0, peak;
	bool is_ring = false;
	char line[512];

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			is_ring = strstr(line, "anon_inode:bpf-map") ||
				  strstr(line, "/memfd:ringview");
		else if (is_ring && sscanf(line, "Rss: %lu kB", &kib) == 1)
			rings += kib;
	}
	if (file)
		fclose(file);
	system_read_field(line, sizeof(line), "/proc/self/status", "VmHWM", ':');
	peak = strtoull(line, NULL, 10);
	return peak > rings ? (peak - rings) * 1024 : 0;
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

/* The number of rounds, as far as is known after @done of them. */
static size_t wanted_rounds(const struct run *run, size_t done, int64_t round_ns)
{
	const struct measure_plan *plan = &run->request->plan;
	const int64_t elapsed = monotonic_ns() - run->started_ns;
	size_t wanted = schedule_rounds(run->entries, plan->rounds);

	if (plan->precision > 0 || plan->duration_ns > 0) {
		/* Decided after whole schedules; the precision, after enough for an interval. */
		wanted = done + run->step - done % run->step;
		if (done % run->step != 0 || done == 0)
			return wanted;
		if (plan->precision > 0 && done >= INTERVAL_ROUNDS_MIN &&
			(precise_enough(run, done) || elapsed > PRECISION_TIME_NS))
			return done;
		if (plan->precision <= 0 &&
			elapsed + round_ns * (int64_t)run->step > plan->duration_ns)
			return done;
	}
	return wanted < run->most ? wanted : run->most;
}

/* The number of rounds to show; 0: unknown. */
static size_t expected_rounds(const struct run *run, size_t wanted, size_t done)
{
	const struct measure_plan *plan = &run->request->plan;
	const double passed = (double)(monotonic_ns() - run->started_ns);
	size_t expected = wanted;

	if (plan->precision > 0)
		return 0;
	/* By their mean time: new rings make some rounds many times as long as the others. */
	if (done > 0 && passed < (double)plan->duration_ns)
		expected = (size_t)((double)done * (double)plan->duration_ns / passed);
	return expected < run->most ? expected : run->most;
}

static void close_rings(struct run *run)
{
	if (run->source && run->method->end)
		run->method->end();
	source_close(run->source);
	run->source = NULL;
}

static int renew_rings(struct run *run)
{
	bool perf = false;
	int err;

	for (size_t i = 0; i < run->m->count; i++)
		perf |= run->combinations[i].reader->reads_perf;
	close_rings(run);
	err = source_open(&run->source, run->request->workload, perf, run->why);
	return err ? err : run->method->begin(run);
}

static int run_rounds(struct run *run)
{
	size_t *done = &run->m->rounds, wanted;
	int64_t round_ns = 0;
	int err = 0;

	while (!err && *done < (wanted = wanted_rounds(run, *done, round_ns))) {
		const size_t expected = expected_rounds(run, wanted, *done);
		const size_t schedules = *done / run->step;
		const int64_t before = monotonic_ns();
		size_t order[COMBINATIONS_MAX + 1];

		if (*done % run->step == 0 &&
			(schedules < RINGS_EVERY || schedules % RINGS_EVERY == 0))
			err = renew_rings(run);
		schedule_fill(run->entries, *done, order);
		if (!err)
			err = run->method->round(run, order, *done, expected);
		round_ns = monotonic_ns() - before;
		*done += !err;
	}
	run->m->own_memory = memory_use_peak(); /* while the rings are mapped */
	close_rings(run);
	return err;
}

static size_t reference_of(const struct run *run)
{
	const struct combination *all = run->combinations;
	size_t best = combination_find(all, run->m->count, run->request->baseline);

	if (best != SIZE_MAX)
		return best;
	best = 0;
	for (size_t i = 0; i < run->m->count; i++)
		if (run->method->rank(all[i]) > run->method->rank(all[best]))
			best = i;
	return best;
}

static int measure(struct run *run)
{
	struct measurement *m = run->m;

	m->reference = reference_of(run);
	m->twin = m->count >= run->method->twin_from;
	m->rounds = 0;
	run->entries = m->count + m->twin;
	run->step = schedule_rows(run->entries);
	run->most = ROUNDS_MAX / run->step * run->step;
	run->culprit = SIZE_MAX;
	run->started_ns = monotonic_ns();
	for (size_t i = 0; i < run->entries; i++) {
		struct samples *samples = &m->samples[i];

		samples->combination = run->combinations[i < m->count ? i : m->reference];
		samples->counted = (struct counters_values){ 0 };
		histogram_clear(&samples->latency);
	}
	return run_rounds(run);
}

/* If a peer failed: notes it, and removes it from the combinations. */
static bool drop_peer(struct run *run)
{
	const size_t count = run->m->count;
	const struct combination *failed = &run->m->samples[run->culprit].combination;

	if (!failed->reader->program)
		return false;
	peers_add_failure(run->request->peers, failed->reader->name, run->why->text);
	run->m->count = run->m->rounds = 0;
	run->m->twin = false;
	for (size_t i = 0; i < count; i++)
		if (!combination_equal(run->combinations[i], *failed))
			run->combinations[run->m->count++] = run->combinations[i];
	return true;
}

int rounds_measure(const struct method *method, const struct request *request,
	struct measurement *m, struct complaint *why)
{
	struct run run = { .method = method, .request = request, .m = m, .why = why };
	struct complaint said;
	char name[64];
	int err;

	m->workload = *request->workload;
	m->count = request->count;
	m->alone_ns = m->unattached_ns = 0;
	memcpy(run.combinations, request->combinations, m->count * sizeof(run.combinations[0]));
	memory_use_reset();
	do {
		err = m->count > 0 ? measure(&run) : 0;
		if (!err || err == -EINTR || run.culprit == SIZE_MAX)
			return err;
	} while (drop_peer(&run));
	said = *why;
	return complain(why, err, "path %s: %s",
		combination_name(m->samples[run.culprit].combination, name, sizeof(name)),
		said.text);
}
