/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The results of a run: by names, and in order.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/page.h"
#include "report/run.h"

double run_number(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return json_is_number(value) ? json_number_value(value) : NAN;
}

const char *run_text(const json_t *object, const char *name)
{
	const char *found = json_string_value(json_object_get(object, name));

	return found ? found : "?";
}

/* The member of a metric that has what its rounds amount to. */
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
	const json_t *cell = json_object_get(result, metric);

	return kind_of(cell) ? run_number(cell, kind_of(cell)) : NAN;
}

size_t run_round_count(const json_t *result)
{
	return json_array_size(json_object_get(json_object_get(result, "ns_per_event"), "rounds"));
}

size_t run_number_of(json_t *names, const char *name)
{
	const json_t *known = json_object_get(names, name);

	if (known)
		return (size_t)json_integer_value(known);
	json_object_set_new_nocheck(names, name, json_integer((json_int_t)json_object_size(names)));
	return json_object_size(names) - 1;
}

const char *run_combination(const char *path, const char *wait)
{
	if (strcmp(wait, "own") == 0)
		return path;
	return strncmp(wait, path, strlen(path)) == 0 ? wait : text("%s/%s", path, wait);
}

int style_of(const json_t *styles, const char *path)
{
	const json_t *number = json_object_get(styles, path);

	return number ? (int)json_integer_value(number) : STYLE_LIMIT;
}

static const char *way_of(const json_t *element)
{
	const char *caches = json_string_value(json_object_get(element, "caches"));

	if (json_object_get(element, "wait"))
		return run_text(element, "wait");
	return caches ? text("%s" ROW_CACHES "%s", run_text(element, "touch"), caches)
		      : run_text(element, "touch");
}

static const char *size_of(const json_t *element)
{
	const char *mix = json_string_value(json_object_get(element, "event_sizes"));

	return mix ? mix
		   : text("%" JSON_INTEGER_FORMAT,
			     json_integer_value(json_object_get(element, "event_size")));
}

/* What is unknown is last. */
static int less_first(double x, double y)
{
	if (isnan(x) || isnan(y))
		return isnan(x) - isnan(y);
	return (x > y) - (x < y);
}

static int by_size(const void *a, const void *b)
{
	const struct run_size *x = a, *y = b;
	const int order = less_first(x->at, y->at);

	return order ? order : strcmp(x->text, y->text);
}

static int by_keys(const void *a, const void *b)
{
	const struct result *x = a, *y = b;
	int order = 0;

	for (size_t i = 0; i < sizeof(x->keys) / sizeof(x->keys[0]) && order == 0; i++)
		order = less_first(x->keys[i], y->keys[i]);
	return order;
}

static void set_keys(struct result *r, const struct run *run)
{
	if (isfinite(run->rate)) {
		r->keys[0] = r->lost_percent;
		r->keys[1] = r->p99;
		r->keys[2] = run_amount(r->json, "consumer_cpu_percent");
		r->keys[3] = run_amount(r->json, "producer_ns_per_event");
	} else {
		r->keys[0] = r->limit;
		r->keys[1] = (double)r->size_number;
		r->keys[2] = run->live ? 0 : (double)r->way_number;
		r->keys[3] = -r->mevents_per_s;
	}
}

static struct run_size *size_named(const struct run *run, const char *text)
{
	for (size_t s = 0; s < run->size_count; s++)
		if (strcmp(run->sizes[s].text, text) == 0)
			return &run->sizes[s];
	return NULL;
}

static void add_result(struct runs *runs, struct run *run, const json_t *json)
{
	struct result *r = &run->results[run->result_count++];
	char *end;
	const double lost = run_amount(json, "lost"), consumed = run_amount(json, "consumed");

	*r = (struct result){
		.json = json,
		.path = run_text(json, "path"),
		.way = way_of(json),
		.size = size_of(json),
		.limit = json_is_true(json_object_get(json, "limit")),
		.mevents_per_s = run_number(json, "mevents_per_s"),
		.lost_percent = lost + consumed > 0 ? 100 * lost / (lost + consumed) : NAN,
		.p99 = run_number(json_object_get(json, "latency_ns"), "p99"),
	};
	r->path_number = run_number_of(run->paths, r->path);
	r->way_number = run_number_of(run->ways, r->way);
	r->dash = run->live ? (unsigned)r->way_number : 0;
	if (!size_named(run, r->size) && run->size_count <= PAGE_SIZES_MAX) {
		const double bytes = strtod(r->size, &end);

		run->sizes[run->size_count++] = (struct run_size){ r->size, *end ? NAN : bytes };
	}
	runs->result_count++;
	runs->round_count += run_round_count(json);
	if (!r->limit)
		run_number_of(runs->styles, r->path);
}

static bool is_of_speed(const json_t *ratio)
{
	return strcmp(run_text(ratio, "metric"), "ns_per_event") == 0;
}

/* The reader that ran twice in each round, if others are compared with it, or the first. */
static void choose_baselines(struct runs *runs, struct run *run)
{
	const char *twin = run_text(json_array_get(run->noise, 0), "path");
	const json_t *ratio;
	size_t i;

	json_array_foreach(run->ratios, i, ratio)
	{
		const char *name = run_text(ratio, "baseline");

		if (!is_of_speed(ratio))
			continue;
		if (!json_object_get(runs->styles, name))
			run->floor = name;
		else if (!run->baseline || strcmp(name, twin) == 0)
			run->baseline = name;
	}
}

const struct result *run_at(const struct run *run, size_t path, size_t way, size_t size)
{
	for (size_t i = 0; i < run->result_count; i++) {
		const struct result *r = &run->results[i];

		if (r->path_number == path && r->way_number == way && r->size_number == size)
			return r;
	}
	return NULL;
}

const struct result *run_find(const struct run *run, const json_t *element)
{
	const json_t *path = json_object_get(run->paths, run_text(element, "path"));
	const json_t *way = json_object_get(run->ways, way_of(element));
	const struct run_size *size = size_named(run, size_of(element));

	return path && way && size
		       ? run_at(run, (size_t)json_integer_value(path),
				 (size_t)json_integer_value(way), (size_t)(size - run->sizes))
		       : NULL;
}

static void add_ratio(const struct run *run, const json_t *ratio)
{
	struct result *r = (struct result *)run_find(run, ratio);
	const char *baseline = run_text(ratio, "baseline");

	if (!r || !is_of_speed(ratio))
		return;
	if (run->baseline && strcmp(baseline, run->baseline) == 0)
		r->ratio = ratio;
	if (run->floor && strcmp(baseline, run->floor) == 0)
		r->floor = ratio;
}

static const char *name_of(const struct run *run, const struct result *r)
{
	if (run->live)
		return run_combination(r->path, r->way);
	return text("%s%s%s%s%s%s", r->path, run->size_count > 1 ? ", " : "",
		run->size_count > 1 ? r->size : "", run->size_count > 1 ? " B" : "",
		json_object_size(run->ways) > 1 ? ", " : "",
		json_object_size(run->ways) > 1 ? r->way : "");
}

int run_index(struct runs *runs, struct run *run, struct complaint *why)
{
	const size_t count = json_array_size(run->json_results);
	const json_t *element;
	size_t i;

	run->paths = runs_own(runs, json_object());
	run->ways = runs_own(runs, json_object());
	run->results = page_allocate((count + 1) * sizeof(*run->results));
	run->sizes = page_allocate((PAGE_SIZES_MAX + 1) * sizeof(*run->sizes));
	json_array_foreach(run->json_results, i, element) add_result(runs, run, element);
	if (json_object_size(run->paths) > PAGE_PATHS_MAX ||
		json_object_size(run->ways) > PAGE_WAYS_MAX || run->size_count > PAGE_SIZES_MAX)
		return complain(why, -E2BIG,
			"%s has more than %d paths, %d sizes or %d touches or waits, which no run has",
			run->name, PAGE_PATHS_MAX, PAGE_SIZES_MAX, PAGE_WAYS_MAX);
	qsort(run->sizes, run->size_count, sizeof(*run->sizes), by_size);
	for (i = 0; i < count; i++) {
		struct result *r = &run->results[i];

		r->size_number = (size_t)(size_named(run, r->size) - run->sizes);
		r->style = style_of(runs->styles, r->path);
		r->name = name_of(run, r);
		set_keys(r, run);
	}
	qsort(run->results, count, sizeof(*run->results), by_keys);
	choose_baselines(runs, run);
	json_array_foreach(run->ratios, i, element) add_ratio(run, element);
	return 0;
}
