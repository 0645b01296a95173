/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/run.h"

double run_number(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return json_is_number(value) ? json_number_value(value) : NAN;
}

const char *run_text(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "?";
}

const json_t *run_list(const json_t *object, const char *name)
{
	const json_t *list = json_object_get(object, name);

	return json_is_array(list) ? list : NULL;
}

const json_t *run_object(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return json_is_object(value) ? value : NULL;
}

double run_throughput(const json_t *result)
{
	return run_number(result, "mevents_per_s");
}

double run_amount(const json_t *result, const char *metric)
{
	static const char *const kinds[] = { "median", "sum", "most", "whole" };
	const json_t *cell = run_object(result, metric);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (json_object_get(cell, kinds[i]))
			return run_number(cell, kinds[i]);
	return NAN;
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

const char *run_way(const json_t *element)
{
	return run_text(element, json_object_get(element, "wait") ? "wait" : "touch");
}

bool run_is_of_speed(const json_t *ratio)
{
	return strcmp(run_text(ratio, "metric"), "ns_per_event") == 0;
}

bool ends_with(const char *text, const char *end)
{
	const size_t length = strlen(text), behind = strlen(end);

	return length >= behind && strcasecmp(text + length - behind, end) == 0;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* Without its folder, if that is enough to tell it from the others. */
static const char *name_of_file(const struct runs *runs, size_t file)
{
	const char *base = base_name(runs->names[file]);

	for (size_t f = 0; f < runs->file_count; f++)
		if (f != file && strcmp(base_name(runs->names[f]), base) == 0)
			return runs->names[file];
	return base;
}

/* Figures of the workload that are measured, not asked for. */
static bool is_measured(const char *name)
{
	return strcmp(name, "producer_alone_ns_per_event") == 0 ||
	       strcmp(name, "producer_unattached_ns_per_event") == 0;
}

static bool same_members(const json_t *a, const json_t *b)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)a, name, value)
	{
		if (!is_measured(name) && !json_equal(value, json_object_get(b, name)))
			return false;
	}
	return true;
}

static bool same_workload(const struct run *a, const struct run *b)
{
	const json_t *x = run_object(a->json, "workload"), *y = run_object(b->json, "workload");

	return a->file == b->file && a->live == b->live && a->sweep == b->sweep &&
	       strcmp(a->question, b->question) == 0 && same_members(x, y) && same_members(y, x);
}

static bool has_results(const struct run *run)
{
	return json_array_size(run_list(run->json, "results")) > 0;
}

/* What live advises when no ring was large enough comes without results. */
static bool is_run(const struct run *run)
{
	if (strcmp(run_text(run->json, "schema"), "ringview.result/2") != 0 ||
		!run_object(run->json, "workload") || !run_object(run->json, "environment"))
		return false;
	return has_results(run) || (run->live && run_object(run->json, "advice"));
}

static int add_run(struct runs *runs, size_t file, size_t number, json_t *json,
	const char *question, struct complaint *why)
{
	const char *command = run_text(json, "command"), *name = name_of_file(runs, file);
	char part[16] = "";
	struct run *run;

	if (runs->run_count == RUNS_MAX)
		return complain(why, -E2BIG,
			"more than %d runs, up to those in %s; make several pages of them",
			RUNS_MAX, runs->names[file]);
	run = &runs->runs[runs->run_count];
	*run = (struct run){
		.json = json,
		.whole = json_array_get(runs->files[file], number),
		.file = file,
		.question = question,
		.live = strcmp(command, "live") == 0,
		.sweep = strcmp(command, "sweep") == 0,
	};
	if (!is_run(run))
		return complain(why, -EINVAL,
			"%s: run %zu in it is not of schema ringview.result/2; make one with "
			"-format json",
			runs->names[file], number + 1);
	if (json_array_size(runs->files[file]) > 1)
		snprintf(part, sizeof(part), ", run %u", (unsigned)number + 1);
	snprintf(run->name, sizeof(run->name), "%.70s%s%s%.60s", name, part,
		question[0] ? ", " : "", question);
	runs->run_count++;
	return 0;
}

/* Those of a list that are of a question; a new reference. */
static json_t *of_question(const json_t *list, const char *question)
{
	json_t *found = json_array(), *element;
	size_t i;

	json_array_foreach((json_t *)list, i, element)
	{
		if (strcmp(run_text(element, "question"), question) == 0)
			json_array_append(found, element);
	}
	return found;
}

/* A preset of live has the answers to several questions in one run, each with a workload of its
 * own: for a page they are runs. */
static int add_questions(
	struct runs *runs, size_t file, size_t number, json_t *run, struct complaint *why)
{
	static const char *const lists[] = { "results", "ratios", "noise" };
	json_t *results = json_object_get(run, "results"), *result;
	size_t i;
	int err = 0;

	json_array_foreach(results, i, result)
	{
		const char *question = run_text(result, "question");
		json_t *part = of_question(results, question);
		const bool first = json_array_get(part, 0) == result;

		json_decref(part);
		if (!first)
			continue;
		part = json_copy(run);
		json_array_append_new(runs->parts, part);
		for (size_t l = 0; l < sizeof(lists) / sizeof(lists[0]); l++)
			json_object_set_new(
				part, lists[l], of_question(run_list(run, lists[l]), question));
		if (run_object(result, "workload"))
			json_object_set(part, "workload", json_object_get(result, "workload"));
		err = add_run(runs, file, number, part, question, why);
		if (err)
			break;
	}
	return err;
}

static int add(struct runs *runs, size_t file, size_t number, struct complaint *why)
{
	json_t *run = json_array_get(runs->files[file], number);
	const json_t *first = json_array_get(run_list(run, "results"), 0);

	if (json_is_string(json_object_get(first, "question")))
		return add_questions(runs, file, number, run, why);
	return add_run(runs, file, number, run, "", why);
}

static void put_into_group(struct runs *runs, struct run *run)
{
	for (size_t i = 0; &runs->runs[i] != run; i++)
		if (same_workload(&runs->runs[i], run)) {
			run->group = runs->runs[i].group;
			return;
		}
	run->group = runs->group_count++;
	runs->groups[run->group] =
		(struct run_group){ .file = run->file, .question = run->question };
	snprintf(runs->groups[run->group].name, sizeof(run->name), "%s", run->name);
}

/* Reads, and so checks, the rounds of the runs in a group. */
static int read_group(struct runs *runs, size_t group, struct complaint *why)
{
	struct run_group *g = &runs->groups[group];
	json_t *list = json_array();

	for (size_t i = 0; i < runs->run_count; i++)
		if (runs->runs[i].group == group && has_results(&runs->runs[i]))
			json_array_append(list, (json_t *)runs->runs[i].json);
	if (json_array_size(list) == 0) {
		json_decref(list);
		return 0;
	}
	return result_file_take(&g->results, runs->names[g->file], list, why);
}

static int check_size(const struct runs *runs, struct complaint *why)
{
	size_t results = 0, readings = 0, i;
	const json_t *result;

	for (size_t r = 0; r < runs->run_count; r++)
		json_array_foreach(run_list(runs->runs[r].json, "results"), i, result)
		{
			results++;
			readings += run_round_count(result);
		}
	if (results <= RESULTS_MAX && readings <= READINGS_MAX)
		return 0;
	return complain(why, -E2BIG,
		"%zu results with %zu rounds are more than a page can show (%d and %d); make "
		"several pages of them",
		results, readings, RESULTS_MAX, READINGS_MAX);
}

int runs_read(struct runs *runs, const char *const *names, size_t count, struct complaint *why)
{
	int err = 0;

	*runs = (struct runs){ .names = names, .file_count = count };
	runs->parts = json_array();
	runs->files = calloc(count, sizeof(json_t *));
	runs->runs = calloc(RUNS_MAX, sizeof(*runs->runs));
	runs->groups = calloc(RUNS_MAX, sizeof(*runs->groups));
	if (!runs->parts || !runs->files || !runs->runs || !runs->groups)
		return complain(why, -ENOMEM, "out of memory");
	for (size_t f = 0; f < count && !err; f++) {
		runs->files[f] = result_file_load(names[f], why);
		if (!runs->files[f])
			return -EINVAL;
		for (size_t i = 0; i < json_array_size(runs->files[f]) && !err; i++)
			err = add(runs, f, i, why);
	}
	for (size_t i = 0; i < runs->run_count && !err; i++)
		put_into_group(runs, &runs->runs[i]);
	for (size_t g = 0; g < runs->group_count && !err; g++)
		err = read_group(runs, g, why);
	return err ? err : check_size(runs, why);
}

void runs_free(struct runs *runs)
{
	for (size_t g = 0; g < runs->group_count; g++)
		result_file_free(&runs->groups[g].results);
	for (size_t f = 0; runs->files && f < runs->file_count; f++)
		json_decref(runs->files[f]);
	json_decref(runs->parts);
	free(runs->groups);
	free(runs->runs);
	free(runs->files);
	*runs = (struct runs){ 0 };
}

const char *run_combination(const char *path, const char *wait, char text[RUN_COMBINATION_SIZE])
{
	if (strcmp(wait, "own") == 0)
		snprintf(text, RUN_COMBINATION_SIZE, "%.64s", path);
	else if (strncmp(wait, path, strlen(path)) == 0)
		snprintf(text, RUN_COMBINATION_SIZE, "%.64s", wait);
	else
		snprintf(text, RUN_COMBINATION_SIZE, "%.46s/%.46s", path, wait);
	return text;
}

unsigned run_wait_style(const char *wait)
{
	static const char *const waits[] = { "event", "paced", "busy", "libbpf-poll", "libbpf-spin",
		"own", "libbpf-sleep" };
	unsigned i = 0;

	while (i < sizeof(waits) / sizeof(waits[0]) && strcmp(waits[i], wait) != 0)
		i++;
	return i;
}
