/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ringview.result/1: docs/result.md and docs/result.schema.json describe it.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>

#include "cache.h"
#include "results/report.h"

/* JSON has no infinity: what is not a number is null. */
static json_t *real(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

/* Checksums use all 64 bits, more than a JSON number keeps in most readers: a decimal string. */
static json_t *decimal(uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return json_string(text);
}

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
		real((double)counted->cycles / events), "instructions_per_event",
		real((double)counted->instructions / events), "cache_misses_per_event",
		counted->cache_misses < 0 ? json_null()
					  : real((double)counted->cache_misses / events),
		"scaled", counted->scaled);
}

static json_t *path_json(const struct path_result *result)
{
	const struct summary *ns = &result->ns_per_event;
	json_t *rounds = json_array();

	for (size_t i = 0; i < result->rounds; i++)
		json_array_append_new(rounds, json_integer((json_int_t)result->rounds_ns[i]));
	return json_pack(
		"{s:s, s:I, s:s, s:I, s:o, s:{s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:b}, s:o, s:o, "
		"s:b, s:o}",
		"path", result->path->name, "event_size", (json_int_t)result->event_size, "touch",
		touch_names[result->touch], "events", (json_int_t)result->events, "rounds_ns",
		rounds, "ns_per_event", "median", real(ns->median), "low",
		ns->has_interval ? real(ns->interval.low) : json_null(), "high",
		ns->has_interval ? real(ns->interval.high) : json_null(), "min", real(ns->min),
		"max", real(ns->max), "mad", real(ns->deviation), "outliers",
		(json_int_t)ns->outliers, "two_humped", ns->two_humped, "mevents_per_s",
		real(result_mevents_per_s(result)), "checksum", decimal(result->checksum),
		/* A reading that differs from the walk fails the run: there is no other result. */
		"verified", 1, "counters", counters_json(result));
}

static json_t *ratio_json(const struct ratio_result *result)
{
	const struct ratio *ratio = &result->ratio;

	return json_pack("{s:s, s:s, s:I, s:s, s:o, s:o, s:o, s:s}", "path", result->path->name,
		"baseline", result->baseline->name, "event_size", (json_int_t)result->event_size,
		"touch", touch_names[result->touch], "median",
		ratio->valid ? real(ratio->median) : json_null(), "low",
		ratio->has_interval ? real(ratio->interval.low) : json_null(), "high",
		ratio->has_interval ? real(ratio->interval.high) : json_null(), "verdict",
		verdict_name(ratio->verdict));
}

static json_t *noise_json(const struct noise_result *result)
{
	return json_pack("{s:s, s:I, s:s, s:o}", "path", result->path->name, "event_size",
		(json_int_t)result->event_size, "touch", touch_names[result->touch], "floor",
		real(result->floor));
}

static json_t *warnings_json(const struct environment *environment)
{
	static struct environment_warnings warnings;
	json_t *array = json_array();

	environment_warnings(environment, &warnings);
	for (size_t i = 0; i < warnings.count; i++)
		json_array_append_new(array, json_string(warnings.text[i]));
	return array;
}

int report_write_json(FILE *out, const struct report *report)
{
	const struct results *results = report->results;
	json_t *paths = json_array(), *ratios = json_array(), *noises = json_array(), *root;
	int err;

	for (size_t i = 0; i < results->path_count; i++)
		json_array_append_new(paths, path_json(&results->paths[i]));
	for (size_t i = 0; i < results->ratio_count; i++)
		json_array_append_new(ratios, ratio_json(&results->ratios[i]));
	for (size_t i = 0; i < results->noise_count; i++)
		json_array_append_new(noises, noise_json(&results->noises[i]));
	root = json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:s?}", "schema",
		"ringview.result/1", "command", report->command, "command_line",
		report->command_line, "environment", environment_json(report->environment),
		"warnings", warnings_json(report->environment), "workload",
		workload_json(report->workload), "results", paths, "ratios", ratios, "noise",
		noises, "own_memory_bytes", (json_int_t)report->own_memory, "counters_unavailable",
		report->no_counters);
	if (!root)
		return -ENOMEM;
	err = json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	fputc('\n', out);
	json_decref(root);
	/* A stream's error is found by the caller, who knows its name. */
	return err && !ferror(out) ? -ENOMEM : 0;
}
