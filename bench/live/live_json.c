/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ringview.result/1 of command live: docs/result.md and docs/result.schema.json describe it.
 */
#include <math.h>
#include <jansson.h>

#include "cli/values.h"
#include "live/live_json.h"
#include "live/live_writers.h"
#include "results/json_values.h"

static json_t *median_json(const struct summary *summary)
{
	return summary->valid ? json_value_real(summary->median) : json_null();
}

static json_t *known_json(uint64_t amount)
{
	return amount == LIVE_UNKNOWN ? json_null() : json_integer((json_int_t)amount);
}

static json_t *rate_json(const struct live_workload *workload)
{
	if (workload->rate == PARSE_RATE_MAX)
		return json_string("max");
	return json_integer((json_int_t)workload->rate);
}

json_t *live_json_workload(const struct live_measurement *measurement)
{
	const struct live_workload *workload = &measurement->workload;
	char notify[LIVE_NOTIFY_SIZE];
	json_t *producing, *consuming;

	producing = json_pack("{s:s, s:s, s:s, s:I, s:b, s:I, s:o, s:I, s:I, s:o}", "source",
		source_names[workload->source], "producer", live_producer_names[workload->producer],
		"write", live_write_names[workload->write], "back_to_back",
		(json_int_t)workload->back_to_back, "same_cpu", workload->same_cpu, "producers",
		(json_int_t)workload->producers, "rate", rate_json(workload), "duration_ns",
		(json_int_t)workload->duration_ns, "event_size", (json_int_t)workload->event_size,
		"discard", json_value_real(workload->discard));
	consuming = json_pack("{s:I, s:I, s:s, s:I, s:I, s:I, s:o, s:o, s:o}", "ring_size",
		(json_int_t)workload->ring_size, "rings", (json_int_t)workload->rings, "notify",
		live_notify_text(workload, notify, sizeof(notify)), "latency_budget_ns",
		(json_int_t)workload->latency_budget_ns, "timer_slack_ns",
		(json_int_t)workload->timer_slack_ns, "work_ns", (json_int_t)workload->work_ns,
		"consumer_cpu",
		workload->consumer_cpu < 0 ? json_null() : json_integer(workload->consumer_cpu),
		"producer_alone_ns_per_event",
		measurement->alone_ns > 0 ? json_value_real(measurement->alone_ns) : json_null(),
		"producer_unattached_ns_per_event",
		measurement->unattached_ns > 0 ? json_value_real(measurement->unattached_ns)
					       : json_null());
	return json_value_joined(producing, consuming);
}

static json_t *quantile_json(const struct histogram *latency, double quantile)
{
	if (latency->count == 0)
		return json_null();
	return json_integer((json_int_t)histogram_quantile(latency, quantile));
}

static json_t *latency_json(const struct histogram *latency)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:I}", "p50", quantile_json(latency, 0.5),
		"p90", quantile_json(latency, 0.9), "p99", quantile_json(latency, 0.99), "p999",
		quantile_json(latency, 0.999), "max", quantile_json(latency, 1), "count",
		(json_int_t)latency->count);
}

static json_t *round_json(const struct live_round *round)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:o, s:I, s:o, s:o, s:o}", "elapsed_ns",
		(json_int_t)round->elapsed_ns, "produced", (json_int_t)round->produced, "consumed",
		(json_int_t)round->consumed, "lost", (json_int_t)round->lost, "discarded",
		(json_int_t)round->discarded, "producer_ns_per_event",
		json_value_real(round->producer_ns_per_event), "consumer_cpu_ns",
		(json_int_t)round->consumer_cpu_ns, "sleeps", known_json(round->sleeps), "wakeups",
		known_json(round->wakeups), "high_water", known_json(round->high_water));
}

static json_t *rounds_json(const struct live_result *result)
{
	json_t *rounds = json_array();

	for (size_t i = 0; i < result->round_count; i++)
		json_array_append_new(rounds, round_json(&result->rounds[i]));
	return rounds;
}

static json_t *combination_json(struct live_combination combination)
{
	return json_pack("{s:s, s:s}", "path", live_mode_names[combination.mode], "wait",
		live_wait_name(combination.wait));
}

static json_t *speed_json(const struct live_result *result, const struct live_workload *workload)
{
	char notify[LIVE_NOTIFY_SIZE];

	return json_pack("{s:s, s:I, s:o, s:I, s:o, s:o}", "notify",
		live_notify_text(workload, notify, sizeof(notify)), "producers",
		(json_int_t)workload->producers, "rate", rate_json(workload), "event_size",
		(json_int_t)workload->event_size, "mevents_per_s",
		result->ns_per_event.valid ? json_value_real(live_mevents_per_s(result))
					   : json_null(),
		"ns_per_event", json_value_summary(&result->ns_per_event));
}

static json_t *totals_json(const struct live_result *result)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "produced",
		(json_int_t)result->produced, "consumed", (json_int_t)result->consumed, "lost",
		(json_int_t)result->lost, "discarded", (json_int_t)result->discarded,
		"producer_ns_per_event", median_json(&result->producer_ns), "consumer_cpu_percent",
		median_json(&result->cpu_percent), "consumer_cpu_ns_per_event",
		median_json(&result->cpu_ns), "sleeps", known_json(result->sleeps), "wakeups",
		known_json(result->wakeups), "high_water", known_json(result->high_water));
}

static json_t *slowdown_json(
	const struct live_measurement *measurement, const struct live_result *result)
{
	const double ns = result->producer_ns.valid ? result->producer_ns.median : NAN;

	return json_pack("{s:o, s:o}", "slowdown_unattached",
		json_value_real(live_slowdown_unattached(measurement, ns)), "slowdown_alone",
		json_value_real(live_slowdown_alone(measurement, ns)));
}

json_t *live_json_result(const struct live_results *results, size_t index)
{
	const struct live_result *result = &results->results[index];
	char verdict[LIVE_VERDICT_SIZE];
	json_t *object, *end;

	object = json_value_joined(combination_json(result->combination),
		speed_json(result, &results->measurement->workload));
	object = json_value_joined(object, totals_json(result));
	if (results->measurement->unattached_ns > 0)
		object = json_value_joined(object, slowdown_json(results->measurement, result));
	end = json_pack("{s:o, s:s, s:b, s:o}", "latency_ns", latency_json(result->latency),
		"verdict", live_verdict(results, index, verdict, sizeof(verdict)),
		/* What was not read as it was written fails the run: there is no other result. */
		"verified", 1, "rounds", rounds_json(result));
	return json_value_joined(object, end);
}

json_t *live_json_ratio(const struct live_results *results, const struct live_ratio *ratio)
{
	const struct live_combination of = results->results[ratio->result].combination;
	const struct live_combination to = results->results[ratio->baseline].combination;
	json_t *object, *costs;

	object = json_pack("{s:s, s:s, s:I}", "baseline", live_mode_names[to.mode], "baseline_wait",
		live_wait_name(to.wait), "event_size",
		(json_int_t)results->measurement->workload.event_size);
	object = json_value_joined(combination_json(of), object);
	object = json_value_joined(object, json_value_ratio(&ratio->ratio));
	costs = json_pack("{s:o, s:o}", "consumer_cpu", json_value_ratio(&ratio->cpu), "producer",
		json_value_ratio(&ratio->producer));
	return json_value_joined(object, costs);
}

/* None where nothing ran twice. */
json_t *live_json_noise(const struct live_results *results)
{
	const struct live_measurement *measurement = results->measurement;
	json_t *noise;

	if (measurement->twin_of >= measurement->count)
		return json_array();
	noise = json_pack("{s:I, s:o}", "event_size", (json_int_t)measurement->workload.event_size,
		"floor", json_value_real(results->noise_floor));
	noise = json_value_joined(
		combination_json(measurement->samples[measurement->twin_of].combination), noise);
	return json_pack("[o]", noise);
}

static json_t *try_json(const struct live_try *try)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "ring_size", (json_int_t)try->ring_size,
		"runs", (json_int_t)try->runs, "produced", (json_int_t)try->produced, "lost",
		(json_int_t)try->lost, "high_water", (json_int_t)try->high_water);
}

/* A member for the root, or none. */
static json_t *advice_json(const struct live_advice *advice)
{
	json_t *tries, *ring_size;

	if (!advice)
		return json_object();
	tries = json_array();
	for (size_t i = 0; i < advice->try_count; i++)
		json_array_append_new(tries, try_json(&advice->tries[i]));
	ring_size =
		advice->ring_size > 0 ? json_integer((json_int_t)advice->ring_size) : json_null();
	return json_pack("{s:{s:o, s:b, s:o}}", "advice", "ring_size", ring_size, "saturated",
		advice->saturated, "tries", tries);
}

int live_write_json(FILE *out, const struct live_report *report)
{
	const struct live_results *results = report->results;
	json_t *combinations = json_array(), *ratios = json_array(), *root;

	for (size_t i = 0; i < results->result_count; i++)
		json_array_append_new(combinations, live_json_result(results, i));
	for (size_t i = 0; i < results->ratio_count; i++)
		json_array_append_new(ratios, live_json_ratio(results, &results->ratios[i]));
	root = json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I}", "schema",
		"ringview.result/1", "command", "live", "command_line", report->command_line,
		"environment", machine_json(report->environment), "warnings",
		json_value_warnings(report->environment), "workload",
		live_json_workload(results->measurement), "results", combinations, "ratios", ratios,
		"noise", live_json_noise(results), "peers", json_value_peers(report->peers),
		"failed_peers", json_value_failed_peers(report->peers), "own_memory_bytes",
		(json_int_t)results->measurement->own_memory);
	return json_value_write(out, json_value_joined(root, advice_json(report->advice)));
}
