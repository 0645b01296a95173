/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ringview.result/1 of a preset: as that of live, in which each result, ratio and noise says of
 * which question it is.
 */
#include <jansson.h>

#include "live/live_json.h"
#include "live/live_writers.h"
#include "live/preset.h"
#include "live/preset_published.h"
#include "results/json_values.h"

/* What all parts share; the rest is in each result. */
static json_t *shared_json(const struct live_workload *workload)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:o}", "preset", live_preset_names[0], "source",
		source_names[workload->source], "duration_ns", (json_int_t)workload->duration_ns,
		"latency_budget_ns", (json_int_t)workload->latency_budget_ns, "timer_slack_ns",
		(json_int_t)workload->timer_slack_ns, "consumer_cpu",
		workload->consumer_cpu < 0 ? json_null() : json_integer(workload->consumer_cpu));
}

static json_t *of_question(const struct preset_part *part, json_t *object)
{
	char name[PRESET_NAME_SIZE];

	json_object_set_new(object, "question", json_string(preset_part_name(part, name)));
	return object;
}

struct arrays {
	json_t *results, *ratios, *noise;
};

static void append_part(struct arrays *arrays, const struct preset_part *part)
{
	const struct live_results *results = part->results;
	json_t *noise = live_json_noise(results), *element;
	size_t i;

	for (i = 0; i < results->result_count; i++) {
		json_t *result = of_question(part, live_json_result(results, i));

		json_object_set_new(result, "workload", live_json_workload(results->measurement));
		json_array_append_new(arrays->results, result);
	}
	for (i = 0; i < results->ratio_count; i++)
		json_array_append_new(arrays->ratios,
			of_question(part, live_json_ratio(results, &results->ratios[i])));
	json_array_foreach(noise, i, element)
		json_array_append(arrays->noise, of_question(part, element));
	json_decref(noise);
}

static json_t *published_json(void)
{
	json_t *figures = json_array();

	for (const struct preset_figure *figure = preset_published; figure->question; figure++) {
		const char *colon = figure->setting[0] ? ":" : "";

		json_array_append_new(figures,
			json_pack("{s:s++, s:s, s:f, s:f, s:f, s:f}", "question", figure->question,
				colon, figure->setting, "reader", figure->reader, "mevents_per_s",
				figure->consumed, "mevents_per_s_deviation",
				figure->consumed_deviation, "mlost_per_s", figure->lost,
				"mlost_per_s_deviation", figure->lost_deviation));
	}
	return json_pack("{s:s, s:s, s:o}", "source", PRESET_PUBLISHED_SOURCE, "machine",
		PRESET_PUBLISHED_MACHINE, "figures", figures);
}

static json_int_t own_memory(const struct preset *preset)
{
	uint64_t most = 0;

	for (size_t i = 0; i < preset->count; i++)
		if (preset->parts[i].measurement->own_memory > most)
			most = preset->parts[i].measurement->own_memory;
	return (json_int_t)most;
}

int preset_write_json(FILE *out, const struct preset_report *report)
{
	struct arrays arrays = { json_array(), json_array(), json_array() };
	json_t *root;

	for (size_t i = 0; i < report->preset->count; i++)
		append_part(&arrays, &report->preset->parts[i]);
	root = json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "schema",
		"ringview.result/1", "command", "live", "command_line", report->command_line,
		"environment", machine_json(report->environment), "warnings",
		json_value_warnings(report->environment), "workload", shared_json(report->workload),
		"results", arrays.results, "ratios", arrays.ratios, "noise", arrays.noise,
		"own_memory_bytes", own_memory(report->preset), "published", published_json());
	return json_value_write(out, root);
}
