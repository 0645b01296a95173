/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ringview.result/1: docs/result.md and docs/result.schema.json describe it.
 */
#include <jansson.h>

#include "cache.h"
#include "results/json_values.h"
#include "results/report.h"

static json_t *workload_json(const struct workload *workload)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:s}", "source",
		source_names[workload->source], "event", event_names[workload->event], "events",
		(json_int_t)workload->events, "ring_size", (json_int_t)workload->ring_size, "batch",
		(json_int_t)workload->batch, "read_timeout_ns",
		(json_int_t)workload->read_timeout_ns, "caches",
		cache_can_flush() ? "flushed" : "as left");
}

static json_t *counters_json(const struct path_result *result)
{
	const struct counters_values *counted = &result->counted;
	const double events = (double)result->events * (double)result->rounds;

	if (counted->cycles == 0)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:b}", "cycles_per_event",
		json_value_real((double)counted->cycles / events), "instructions_per_event",
		json_value_real((double)counted->instructions / events), "cache_misses_per_event",
		counted->cache_misses < 0 ? json_null()
					  : json_value_real((double)counted->cache_misses / events),
		"scaled", counted->scaled);
}

static json_t *path_json(const struct path_result *result)
{
	json_t *rounds = json_array();

	for (size_t i = 0; i < result->rounds; i++)
		json_array_append_new(rounds, json_integer((json_int_t)result->rounds_ns[i]));
	return json_pack("{s:s, s:I, s:s, s:I, s:o, s:o, s:o, s:o, s:b, s:o}", "path",
		result->path->name, "event_size", (json_int_t)result->event_size, "touch",
		touch_names[result->touch], "events", (json_int_t)result->events, "rounds_ns",
		rounds, "ns_per_event", json_value_summary(&result->ns_per_event), "mevents_per_s",
		json_value_real(result_mevents_per_s(result)), "checksum",
		json_value_decimal(result->checksum),
		/* A reading that differs from the walk fails the run: there is no other result. */
		"verified", 1, "counters", counters_json(result));
}

static json_t *ratio_json(const struct ratio_result *result)
{
	return json_value_joined(
		json_pack("{s:s, s:s, s:I, s:s}", "path", result->path->name, "baseline",
			result->baseline->name, "event_size", (json_int_t)result->event_size,
			"touch", touch_names[result->touch]),
		json_value_ratio(&result->ratio));
}

static json_t *noise_json(const struct noise_result *result)
{
	return json_pack("{s:s, s:I, s:s, s:o}", "path", result->path->name, "event_size",
		(json_int_t)result->event_size, "touch", touch_names[result->touch], "floor",
		json_value_real(result->floor));
}

int report_write_json(FILE *out, const struct report *report)
{
	const struct results *results = report->results;
	json_t *paths = json_array(), *ratios = json_array(), *noises = json_array(), *root;

	for (size_t i = 0; i < results->path_count; i++)
		json_array_append_new(paths, path_json(&results->paths[i]));
	for (size_t i = 0; i < results->ratio_count; i++)
		json_array_append_new(ratios, ratio_json(&results->ratios[i]));
	for (size_t i = 0; i < results->noise_count; i++)
		json_array_append_new(noises, noise_json(&results->noises[i]));
	root = json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:s?}",
		"schema", "ringview.result/1", "command", report->command, "command_line",
		report->command_line, "environment", machine_json(report->environment), "warnings",
		json_value_warnings(report->environment), "workload",
		workload_json(report->workload), "results", paths, "ratios", ratios, "noise",
		noises, "peers", json_value_peers(report->peers), "failed_peers",
		json_value_failed_peers(report->peers), "own_memory_bytes",
		(json_int_t)report->own_memory, "counters_unavailable", report->no_counters);
	return json_value_write(out, root);
}
