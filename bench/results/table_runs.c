/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "results/table_runs.h"
#include "statistics/samples.h"

static const char *text_in(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static bool is_same_text(const json_t *a, const json_t *b, const char *name, const char *name_in_b)
{
	return strcmp(text_in(a, name), text_in(b, name_in_b)) == 0;
}

/* Whether both are of one row, or of rows that were compared. */
static bool is_alike(const json_t *a, const json_t *b)
{
	return is_same_text(a, b, "touch", "touch") && is_same_text(a, b, "caches", "caches") &&
	       is_same_text(a, b, "event_sizes", "event_sizes") &&
	       json_integer_value(json_object_get(a, "event_size")) ==
		       json_integer_value(json_object_get(b, "event_size"));
}

static const json_t *find_in(const json_t *array, const json_t *like)
{
	const json_t *element;
	size_t i;

	json_array_foreach(array, i, element)
	{
		if (is_alike(element, like) && is_same_text(element, like, "path", "path") &&
			is_same_text(element, like, "wait", "wait"))
			return element;
	}
	return NULL;
}

static double median_of(double *values, size_t count)
{
	samples_sort(values, count);
	return count > 0 ? sorted_median(values, count) : 0;
}

double table_runs_setting(const json_t *runs, const char *name)
{
	double values[TABLE_RUNS_MAX];
	size_t count = 0, i;
	const json_t *run;

	json_array_foreach(runs, i, run)
	{
		const json_t *value = json_object_get(json_object_get(run, "workload"), name);

		if (json_is_number(value) && count < TABLE_RUNS_MAX)
			values[count++] = json_number_value(value);
	}
	return median_of(values, count);
}

static const json_t *rounds_of(const json_t *result, enum metric metric)
{
	return json_object_get(json_object_get(result, metrics[metric].name), "rounds");
}

/* The results of one row in all runs; false where one lacks it, or has other rounds. */
static bool find_results(
	const json_t *runs, const json_t *like, const json_t *results[TABLE_RUNS_MAX])
{
	const size_t rounds = json_array_size(rounds_of(like, METRIC_NS));
	const json_t *run;
	size_t i;

	json_array_foreach(runs, i, run)
	{
		results[i] = find_in(json_object_get(run, "results"), like);
		if (!results[i] || json_array_size(rounds_of(results[i], METRIC_NS)) != rounds)
			return false;
	}
	return rounds > 0;
}

static void take_metric(
	struct row *row, enum metric metric, const json_t *const *results, size_t runs)
{
	const size_t each = row->rounds / runs;

	if (!rounds_of(results[0], metric)) {
		const json_t *whole =
			json_object_get(json_object_get(results[0], metrics[metric].name), "whole");

		if (json_is_number(whole))
			row->cells[metric].value = json_number_value(whole);
		return;
	}
	for (size_t i = 0; i < row->rounds; i++) {
		const json_t *round =
			json_array_get(rounds_of(results[i / each], metric), i % each);

		/* A time that is not there is endless: nothing was consumed. */
		row_set(row, metric, i,
			json_is_number(round)       ? json_number_value(round)
			: metric < METRICS_COMPARED ? INFINITY
						    : NAN);
	}
}

static void take_latencies(struct row *row, const json_t *const *results, size_t runs)
{
	for (int q = 0; q < LATENCIES; q++) {
		double values[TABLE_RUNS_MAX];

		for (size_t i = 0; i < runs; i++)
			values[i] = json_number_value(json_object_get(
				json_object_get(results[i], "latency_ns"), latency_names[q]));
		row->latencies[q] = (uint64_t)median_of(values, runs);
	}
	for (size_t i = 0; i < runs; i++)
		row->latency_count += (uint64_t)json_integer_value(
			json_object_get(json_object_get(results[i], "latency_ns"), "count"));
}

/* Whether other rows were compared with it. */
static bool is_baseline(const json_t *run, const json_t *result)
{
	const json_t *ratio;
	size_t i;

	json_array_foreach(json_object_get(run, "ratios"), i, ratio)
	{
		if (is_alike(result, ratio) && is_same_text(result, ratio, "path", "baseline") &&
			is_same_text(result, ratio, "wait", "baseline_wait"))
			return true;
	}
	return false;
}

static void take_row(
	struct table *table, const json_t *run, const json_t *const *results, size_t runs)
{
	const json_t *first = results[0];
	struct row *row = table_add_row(
		table, text_in(first, "path"), runs * json_array_size(rounds_of(first, METRIC_NS)));

	snprintf(row->wait, sizeof(row->wait), "%s", text_in(first, "wait"));
	snprintf(row->touch, sizeof(row->touch), "%s%s%s", text_in(first, "touch"),
		text_in(first, "caches")[0] ? ROW_CACHES : "", text_in(first, "caches"));
	snprintf(row->checksum, sizeof(row->checksum), "%s", text_in(first, "checksum"));
	row_set_size(row, (uint32_t)json_integer_value(json_object_get(first, "event_size")), NULL);
	if (row->event_size == 0) {
		snprintf(row->size_text, sizeof(row->size_text), "%s",
			text_in(first, "event_sizes"));
		row->mean_size = json_number_value(json_object_get(first, "event_size_mean"));
	}
	row->limit = json_is_true(json_object_get(first, "limit"));
	row->baseline = is_baseline(run, first);
	for (int metric = 0; metric < METRIC_COUNT; metric++)
		take_metric(row, (enum metric)metric, results, runs);
	if (row->wait[0])
		take_latencies(row, results, runs);
}

/* Ends the group of rows like @result: what ran twice, and the most that it was from itself. */
static void end_group(struct table *table, const json_t *runs, const json_t *result)
{
	struct row_group *group = &table->groups[table->group_count - 1];
	size_t reference = 0, i;
	const json_t *run;
	double noise = 0;

	json_array_foreach(runs, i, run)
	{
		const json_t *element;
		size_t j;

		json_array_foreach(json_object_get(run, "noise"), j, element)
		{
			if (!is_alike(element, result))
				continue;
			noise = fmax(noise,
				json_is_number(json_object_get(element, "floor"))
					? json_number_value(json_object_get(element, "floor"))
					: INFINITY);
			for (size_t r = 0; r < group->count; r++)
				if (strcmp(table->rows[group->first + r].path,
					    text_in(element, "path")) == 0 &&
					strcmp(table->rows[group->first + r].wait,
						text_in(element, "wait")) == 0)
					reference = r;
		}
	}
	table_end_group(table, reference, false);
	group->twin = group->count > 1;
	for (int metric = 0; metric < METRICS_COMPARED; metric++)
		group->noise[metric] = (struct noise){ .own = noise };
}

int table_take_runs(struct table *table, const json_t *runs)
{
	static const char *const more[] = { "peers", "failed_peers", "counters_unavailable" };
	const json_t *run = json_array_get(runs, 0), *result, *last = NULL;
	const size_t count = json_array_size(runs);
	const json_t *results[TABLE_RUNS_MAX];
	size_t i;

	table->runs = count;
	json_array_foreach(json_object_get(run, "results"), i, result)
	{
		if (!find_results(runs, result, results))
			continue;
		if (count * json_array_size(rounds_of(result, METRIC_NS)) > STATISTICS_ROUNDS_MAX)
			return -EINVAL;
		if (!last || !is_alike(last, result)) {
			if (last)
				end_group(table, runs, last);
			table_add_group(table, json_deep_copy(json_object_get(result, "workload")));
		}
		take_row(table, run, results, count);
		last = result;
	}
	if (!last)
		return -EINVAL;
	end_group(table, runs, last);
	table->workload = json_deep_copy(json_object_get(run, "workload"));
	table->more = json_object();
	for (i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		if (json_object_get(run, more[i]))
			json_object_set(table->more, more[i], json_object_get(run, more[i]));
	return table->failed ? -ENOMEM : 0;
}
