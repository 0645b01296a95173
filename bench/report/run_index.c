/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is in a run, by names, and in the order of its worth.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/page.h"
#include "report/run.h"

double run_throughput(const json_t *result)
{
	return run_number(result, "mevents_per_s");
}

/* What the value of a metric is called, by what its rounds amount to. */
static const char *kind_of(const json_t *cell)
{
	static const char *const kinds[] = { "median", "sum", "most", "whole" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (json_object_get(cell, kinds[i]))
			return kinds[i];
	return NULL;
}

bool run_is_metric(const json_t *value)
{
	return kind_of(value);
}

double run_amount(const json_t *result, const char *metric)
{
	const json_t *cell = run_object(result, metric);

	return kind_of(cell) ? run_number(cell, kind_of(cell)) : NAN;
}

size_t run_round_count(const json_t *result)
{
	return json_array_size(run_list(run_object(result, "ns_per_event"), "rounds"));
}

double run_round(const json_t *result, const char *metric, size_t round)
{
	const json_t *value = json_array_get(run_list(run_object(result, metric), "rounds"), round);

	return json_is_number(value) ? json_number_value(value) : NAN;
}

/* Of a mix a number that is no size of events, which its name leads to. */
json_int_t run_size(const json_t *element)
{
	const char *mix = json_string_value(json_object_get(element, "event_sizes"));
	json_int_t number = 0;

	if (!mix)
		return json_integer_value(json_object_get(element, "event_size"));
	while (*mix)
		number = (number * 31 + (unsigned char)*mix++) % RUN_MIX;
	return RUN_MIX + number;
}

const char *run_size_text(const struct run *run, json_int_t size)
{
	const json_t *result;
	size_t i;

	json_array_foreach(run->results, i, result)
	{
		if (size >= RUN_MIX && run_size(result) == size)
			return run_text(result, "event_sizes");
	}
	return text("%" JSON_INTEGER_FORMAT, size);
}

const char *run_way(const json_t *element)
{
	return run_text(element, json_object_get(element, "wait") ? "wait" : "touch");
}

bool run_is_limit(const json_t *result)
{
	return json_is_true(json_object_get(result, "limit"));
}

bool run_is_of_speed(const json_t *ratio)
{
	return strcmp(run_text(ratio, "metric"), "ns_per_event") == 0;
}

static const char *key_of(const char *path, json_int_t size, const char *way, const char *baseline)
{
	return text("%s\n%" JSON_INTEGER_FORMAT "\n%s\n%s", path, size, way, baseline);
}

static void put(struct run *run, const json_t *element, const char *baseline)
{
	json_object_set_nocheck(run->index,
		key_of(run_text(element, "path"), run_size(element), run_way(element), baseline),
		(json_t *)element);
}

static void put_name(json_t *names, const char *name)
{
	if (!json_object_get(names, name))
		json_object_set_new_nocheck(
			names, name, json_integer((json_int_t)json_object_size(names)));
}

static void put_size(struct run *run, json_int_t size)
{
	size_t at = run->size_count;

	while (at > 0 && run->sizes[at - 1] > size)
		at--;
	if ((at > 0 && run->sizes[at - 1] == size) || run->size_count > PAGE_SIZES_MAX)
		return;
	memmove(&run->sizes[at + 1], &run->sizes[at], (run->size_count - at) * sizeof(json_int_t));
	run->sizes[at] = size;
	run->size_count++;
}

int run_index(struct runs *runs, struct run *run, struct complaint *why)
{
	const json_t *element;
	const char *name;
	size_t i;

	run->styles = runs->styles;
	run->paths = runs_own(runs, json_object());
	run->ways = runs_own(runs, json_object());
	run->baselines = runs_own(runs, json_object());
	run->index = runs_own(runs, json_object());
	run->sizes = page_allocate((PAGE_SIZES_MAX + 2) * sizeof(json_int_t));
	json_array_foreach(run->results, i, element)
	{
		put_name(run->paths, run_text(element, "path"));
		put_name(run->ways, run_way(element));
		put_size(run, run_size(element));
		put(run, element, "");
		if (!run_is_limit(element))
			put_name(runs->styles, run_text(element, "path"));
	}
	json_array_foreach(run->ratios, i, element)
	{
		if (!run_is_of_speed(element))
			continue;
		put_name(run->baselines, run_text(element, "baseline"));
		put(run, element, run_text(element, "baseline"));
	}
	/* With what ran twice in each round the others are compared first. */
	name = run_text(json_array_get(run->noise, 0), "path");
	if (json_object_get(run->baselines, name))
		run->baseline = json_object_iter_key(json_object_iter_at(run->baselines, name));
	json_object_foreach(run->baselines, name, element)
	{
		if (!json_object_get(run->styles, name))
			run->floor = name;
		else if (!run->baseline)
			run->baseline = name;
	}
	if (json_object_size(run->paths) <= PAGE_PATHS_MAX &&
		json_object_size(run->ways) <= PAGE_WAYS_MAX &&
		json_object_size(run->baselines) <= PAGE_PATHS_MAX &&
		run->size_count <= PAGE_SIZES_MAX)
		return 0;
	return complain(why, -E2BIG,
		"%s has more than %d paths, %d sizes or %d touches or waits, which no run has",
		run->name, PAGE_PATHS_MAX, PAGE_SIZES_MAX, PAGE_WAYS_MAX);
}

const json_t *run_result(const struct run *run, const char *path, json_int_t size, const char *way)
{
	return json_object_get(run->index, key_of(path, size, way, ""));
}

const json_t *run_ratio(const struct run *run, const json_t *result, const char *baseline)
{
	return baseline ? json_object_get(
				  run->index, key_of(run_text(result, "path"), run_size(result),
						      run_way(result), baseline))
			: NULL;
}

double run_rate(const struct run *run)
{
	return run_number(run->workload, "rate");
}

double run_lost_percent(const json_t *result)
{
	const double lost = run_amount(result, "lost"), consumed = run_amount(result, "consumed");

	return lost + consumed > 0 ? 100 * lost / (lost + consumed) : NAN;
}

/* What is unknown is last. */
static int less_first(double x, double y)
{
	if (isnan(x) || isnan(y))
		return isnan(x) - isnan(y);
	return (x > y) - (x < y);
}

static int fastest_first(const void *a, const void *b)
{
	const json_t *x = *(const json_t *const *)a, *y = *(const json_t *const *)b;

	if (run_is_limit(x) != run_is_limit(y))
		return run_is_limit(x) - run_is_limit(y);
	if (run_size(x) != run_size(y))
		return run_size(x) < run_size(y) ? -1 : 1;
	if (strcmp(run_text(x, "touch"), run_text(y, "touch")) != 0)
		return strcmp(run_text(x, "touch"), run_text(y, "touch"));
	return less_first(-run_throughput(x), -run_throughput(y));
}

static int best_first(const void *a, const void *b)
{
	static const char *const costs[] = { "consumer_cpu_percent", "producer_ns_per_event" };
	const json_t *x = *(const json_t *const *)a, *y = *(const json_t *const *)b;
	int order = less_first(run_lost_percent(x), run_lost_percent(y));

	if (order == 0)
		order = less_first(run_number(run_object(x, "latency_ns"), "p99"),
			run_number(run_object(y, "latency_ns"), "p99"));
	for (size_t i = 0; order == 0 && i < sizeof(costs) / sizeof(costs[0]); i++)
		order = less_first(run_amount(x, costs[i]), run_amount(y, costs[i]));
	return order;
}

const json_t **run_sorted(const struct run *run)
{
	const json_t **sorted =
		page_allocate((json_array_size(run->results) + 1) * sizeof(const json_t *));
	const json_t *result;
	size_t i, count = 0;

	json_array_foreach(run->results, i, result) sorted[count++] = result;
	qsort(sorted, count, sizeof(const json_t *),
		isfinite(run_rate(run)) ? best_first : fastest_first);
	return sorted;
}

const char *run_combination(const char *path, const char *wait)
{
	if (strcmp(wait, "own") == 0)
		return path;
	return strncmp(wait, path, strlen(path)) == 0 ? wait : text("%s/%s", path, wait);
}

const char *run_result_name(const struct run *run, const json_t *result)
{
	const char *name = run_text(result, "path");

	if (run->live)
		return run_combination(name, run_way(result));
	if (run->size_count > 1)
		name = text("%s, %s B", name, run_size_text(run, run_size(result)));
	if (json_object_size(run->ways) > 1)
		name = text("%s, %s", name, run_way(result));
	return name;
}

int style_of(const json_t *styles, const char *path)
{
	const json_t *number = json_object_get(styles, path);

	return number ? (int)json_integer_value(number) : STYLE_LIMIT;
}

int run_style(const struct run *run, const json_t *result)
{
	return style_of(run->styles, run_text(result, "path"));
}

unsigned run_dash(const struct run *run, const json_t *result)
{
	return run->live ? (unsigned)json_integer_value(json_object_get(run->ways, run_way(result)))
			 : 0;
}
