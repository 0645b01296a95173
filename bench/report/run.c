/* SPDX-License-Identifier: BSD-2-Clause */
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

/* Without its folder, if that is enough to tell it from the others. */
static const char *name_of_file(const struct runs *runs, size_t file)
{
	const char *base = basename(runs->names[file]);

	for (size_t f = 0; f < runs->file_count; f++)
		if (f != file && strcmp(basename(runs->names[f]), base) == 0)
			return runs->names[file];
	return base;
}

/* The same of runs that were asked for the same: all of the workload but what is measured. */
static const char *task_of(const json_t *json)
{
	json_t *workload = json_copy((json_t *)run_object(json, "workload"));
	const char *task;
	char *dumped;

	json_object_del(workload, "producer_alone_ns_per_event");
	json_object_del(workload, "producer_unattached_ns_per_event");
	dumped = json_dumps(workload, JSON_SORT_KEYS);
	task = text("%s %s", run_text(json, "command"), dumped ? dumped : "");
	free(dumped);
	json_decref(workload);
	return task;
}

/* What live advises when no ring was large enough comes without results. */
static bool is_run(const json_t *json)
{
	return strcmp(run_text(json, "schema"), "ringview.result/2") == 0 &&
	       run_object(json, "workload") && run_object(json, "environment") &&
	       (json_array_size(run_list(json, "results")) > 0 ||
		       (strcmp(run_text(json, "command"), "live") == 0 &&
			       run_object(json, "advice")));
}

static const char *question_of(const json_t *element)
{
	const char *question = json_string_value(json_object_get(element, "question"));

	return question ? question : "";
}

json_t *runs_own(struct runs *runs, json_t *json)
{
	json_array_append_new(runs->owned, json);
	return json;
}

/* Those of a list that are of a question. */
static json_t *of_question(
	struct runs *runs, const json_t *json, const char *name, const char *question)
{
	json_t *found = runs_own(runs, json_array()), *element;
	size_t i;

	json_array_foreach((json_t *)run_list(json, name), i, element)
	{
		if (strcmp(question_of(element), question) == 0)
			json_array_append(found, element);
	}
	return found;
}

static int add_run(struct runs *runs, const json_t *json, const char *name, const char *question,
	struct complaint *why)
{
	struct run *run = &runs->runs[runs->run_count];
	const json_t *first;

	if (runs->run_count == RUNS_MAX)
		return complain(why, -E2BIG,
			"more than %d runs, up to those in %s; make several pages of them",
			RUNS_MAX, name);
	runs->run_count++;
	*run = (struct run){
		.whole = json,
		.name = question[0] ? text("%s, %s", name, question) : name,
		.question = question,
		.live = strcmp(run_text(json, "command"), "live") == 0,
		.workload = run_object(json, "workload"),
		.results = of_question(runs, json, "results", question),
		.ratios = of_question(runs, json, "ratios", question),
		.noise = of_question(runs, json, "noise", question),
	};
	first = json_array_get(run->results, 0);
	if (run_object(first, "workload"))
		run->workload = run_object(first, "workload");
	return run_index(runs, run, why);
}

static void put_into_group(struct runs *runs, size_t file, json_t *json, const char *name)
{
	const char *task = task_of(json);
	size_t g = 0;

	while (g < runs->group_count &&
		(runs->groups[g].file != file || strcmp(runs->groups[g].task, task) != 0))
		g++;
	if (g == runs->group_count)
		runs->groups[runs->group_count++] = (struct run_group){ .file = file,
			.name = name,
			.task = task,
			.runs = runs_own(runs, json_array()) };
	json_array_append(runs->groups[g].runs, json);
}

/* A preset of live has the answers to several questions in one run: for a page they are runs. */
static int add(struct runs *runs, size_t file, size_t number, struct complaint *why)
{
	json_t *json = json_array_get(runs->files[file], number);
	const json_t *results = run_list(json, "results"), *result;
	const char *name = name_of_file(runs, file);
	int err = 0;
	size_t i;

	if (!is_run(json))
		return complain(why, -EINVAL,
			"%s: run %zu in it is not of schema ringview.result/2; make one with "
			"-format json",
			runs->names[file], number + 1);
	if (json_array_size(runs->files[file]) > 1)
		name = text("%s, run %zu", name, number + 1);
	if (json_array_size(results) == 0)
		return add_run(runs, json, name, "", why);
	json_array_foreach(results, i, result)
	{
		bool known = false;

		for (size_t r = runs->run_count; r-- > 0 && runs->runs[r].whole == json;)
			known |= strcmp(runs->runs[r].question, question_of(result)) == 0;
		if (!known && !err)
			err = add_run(runs, json, name, question_of(result), why);
	}
	if (!err)
		put_into_group(runs, file, json, name);
	return err;
}

static int check_size(const struct runs *runs, struct complaint *why)
{
	size_t results = 0, readings = 0, i;
	const json_t *result;

	for (size_t r = 0; r < runs->run_count; r++)
		json_array_foreach(runs->runs[r].results, i, result)
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

	*runs = (struct runs){
		.names = names,
		.file_count = count,
		.files = page_allocate(count * sizeof(json_t *)),
		.runs = page_allocate((RUNS_MAX + 1) * sizeof(struct run)),
		.groups = page_allocate((RUNS_MAX + 1) * sizeof(struct run_group)),
		.owned = json_array(),
	};
	runs->styles = runs_own(runs, json_object());
	for (size_t f = 0; f < count && !err; f++) {
		runs->files[f] = result_file_load(names[f], why);
		if (!runs->files[f])
			return -EINVAL;
		runs_own(runs, runs->files[f]);
		for (size_t i = 0; i < json_array_size(runs->files[f]) && !err; i++)
			err = add(runs, f, i, why);
	}
	/* Which checks all rounds. */
	for (size_t g = 0; g < runs->group_count && !err; g++) {
		struct run_group *group = &runs->groups[g];

		err = result_file_take(
			&group->results, names[group->file], json_incref(group->runs), why);
	}
	return err ? err : check_size(runs, why);
}

void runs_free(struct runs *runs)
{
	for (size_t g = 0; g < runs->group_count; g++)
		result_file_free(&runs->groups[g].results);
	json_decref(runs->owned);
	page_free();
}
