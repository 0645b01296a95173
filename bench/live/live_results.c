/* SPDX-License-Identifier: BSD-2-Clause */
#include <math.h>

#include "live/live_report.h"

/* One figure of one round. Infinite, and with it a summary and a ratio not valid, where nothing was
 * consumed or no time passed: to leave the round out would hide it. */
typedef double figure_fn(const struct live_round *round);

static double ns_per_event(const struct live_round *round)
{
	return (double)round->elapsed_ns / (double)round->consumed;
}

static double producer_ns(const struct live_round *round)
{
	return round->producer_ns_per_event;
}

static double cpu_percent(const struct live_round *round)
{
	return 100 * (double)round->consumer_cpu_ns / (double)round->elapsed_ns;
}

static double cpu_ns(const struct live_round *round)
{
	return (double)round->consumer_cpu_ns / (double)round->consumed;
}

static const double *series_of(
	double *values, const struct live_samples *samples, size_t rounds, figure_fn *figure)
{
	for (size_t i = 0; i < rounds; i++)
		values[i] = figure(&samples->rounds[i]);
	return values;
}

static struct summary summary_of_figure(const struct live_samples *samples, size_t rounds,
	figure_fn *figure, struct statistics_scratch *scratch)
{
	static double values[LIVE_ROUNDS_MAX];

	return summary_of(series_of(values, samples, rounds, figure), rounds, scratch);
}

/* What is not known of one round is not known of all. */
static uint64_t sum_known(uint64_t sum, uint64_t more)
{
	return sum == LIVE_UNKNOWN || more == LIVE_UNKNOWN ? LIVE_UNKNOWN : sum + more;
}

static void add_totals(struct live_result *result)
{
	for (size_t i = 0; i < result->round_count; i++) {
		const struct live_round *round = &result->rounds[i];

		result->produced += round->produced;
		result->consumed += round->consumed;
		result->lost += round->lost;
		result->discarded += round->discarded;
		result->sleeps = sum_known(result->sleeps, round->sleeps);
		result->wakeups = sum_known(result->wakeups, round->wakeups);
		if (round->high_water > result->high_water)
			result->high_water = round->high_water;
	}
}

static void add_result(struct live_results *results, const struct live_samples *samples,
	size_t rounds, struct statistics_scratch *scratch)
{
	struct live_result *result = &results->results[results->result_count++];

	*result = (struct live_result){
		.combination = samples->combination,
		.rounds = samples->rounds,
		.round_count = rounds,
		.ns_per_event = summary_of_figure(samples, rounds, ns_per_event, scratch),
		.producer_ns = summary_of_figure(samples, rounds, producer_ns, scratch),
		.cpu_percent = summary_of_figure(samples, rounds, cpu_percent, scratch),
		.cpu_ns = summary_of_figure(samples, rounds, cpu_ns, scratch),
		.latency = &samples->latency,
	};
	add_totals(result);
}

/* How far the combination that ran twice seems to be from itself in one figure. */
static double noise_of(
	const struct live_measurement *m, figure_fn *figure, struct statistics_scratch *scratch)
{
	static double first[LIVE_ROUNDS_MAX], second[LIVE_ROUNDS_MAX];

	if (m->twin_of >= m->count)
		return INFINITY;
	return noise_floor_of(series_of(first, &m->samples[m->twin_of], m->rounds, figure),
		series_of(second, &m->samples[m->count], m->rounds, figure), m->rounds, scratch);
}

static struct ratio ratio_in(const struct live_measurement *m, const struct live_ratio *ratio,
	figure_fn *figure, struct statistics_scratch *scratch)
{
	static double baseline[LIVE_ROUNDS_MAX], path[LIVE_ROUNDS_MAX];

	return ratio_paired(series_of(baseline, &m->samples[ratio->baseline], m->rounds, figure),
		series_of(path, &m->samples[ratio->result], m->rounds, figure), m->rounds,
		noise_of(m, figure, scratch), scratch);
}

static size_t reference_of(const struct live_measurement *m)
{
	for (size_t i = 0; i < m->count; i++)
		if (live_combination_is_reference(m->samples[i].combination))
			return i;
	return 0;
}

void live_results_of(struct live_results *results, const struct live_measurement *m)
{
	static struct statistics_scratch scratch;

	*results = (struct live_results){
		.measurement = m,
		.reference = reference_of(m),
		.noise_floor = noise_of(m, ns_per_event, &scratch),
	};
	for (size_t i = 0; i < m->count; i++)
		add_result(results, &m->samples[i], m->rounds, &scratch);
	for (size_t i = 0; i < m->count; i++) {
		struct live_ratio *ratio = &results->ratios[results->ratio_count];

		if (i == results->reference)
			continue;
		ratio->result = i;
		ratio->baseline = results->reference;
		ratio->ratio = ratio_in(m, ratio, ns_per_event, &scratch);
		ratio->cpu = ratio_in(m, ratio, cpu_ns, &scratch);
		ratio->producer = ratio_in(m, ratio, producer_ns, &scratch);
		results->ratio_count++;
	}
}

static double slowdown_to(const struct live_measurement *m, double producer_ns, double ns)
{
	return m->unattached_ns > 0 && ns > 0 ? producer_ns / ns : NAN;
}

double live_slowdown_unattached(const struct live_measurement *m, double producer_ns)
{
	return slowdown_to(m, producer_ns, m->unattached_ns);
}

double live_slowdown_alone(const struct live_measurement *m, double producer_ns)
{
	return slowdown_to(m, producer_ns, m->alone_ns);
}

double live_mevents_per_s(const struct live_result *result)
{
	return result->ns_per_event.median > 0 ? 1e3 / result->ns_per_event.median : 0;
}
