/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/page.h"
#include "report/run.h"

/* Without its folder, unless two files have that name. */
static const char *name_of_file(const struct runs *runs, size_t file)
{
	const char *base = basename(runs->names[file]);

	for (size_t f = 0; f < runs->file_count; f++)
		if (f != file && strcmp(basename(runs->names[f]), base) == 0)
			return runs->names[file];
	return base;
}

/* Equal for runs with the same settings: the workload without what is measured. */
static const char *task_of(const json_t *json)
{
	json_t *workload = json_copy(json_object_get(json, "workload"));
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

/* With results, or with advice of live that no ring was large enough. */
static bool is_run(const json_t *json)
{
	return strcmp(run_text(json, "schema"), "ringview.result/2") == 0 &&
	       json_is_object(json_object_get(json, "workload")) &&
	       json_is_object(json_object_get(json, "environment")) &&
	       (json_array_size(json_object_get(json, "results")) > 0 ||
		       (strcmp(run_text(json, "command"), "live") == 0 &&
			       json_is_object(json_object_get(json, "advice"))));
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

/* The elements of a list that belong to a question. */
static json_t *of_question(
	struct runs *runs, const json_t *json, const char *name, const char *question)
{
	json_t *found = runs_own(runs, json_array()), *element;
	size_t i;

	json_array_foreach(json_object_get(json, name), i, element)
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
	const json_t *workload;

	if (runs->run_count == RUNS_MAX)
		return complain(why, -E2BIG,
			"more than %d runs, up to those in %s; make several pages", RUNS_MAX, name);
	runs->run_count++;
	*run = (struct run){
		.whole = json,
		.name = question[0] ? text("%s, %s", name, question) : name,
		.question = question,
		.live = strcmp(run_text(json, "command"), "live") == 0,
		.json_results = of_question(runs, json, "results", question),
		.ratios = of_question(runs, json, "ratios", question),
		.noise = of_question(runs, json, "noise", question),
	};
	workload = json_object_get(json_array_get(run->json_results, 0), "workload");
	run->workload = json_is_object(workload) ? workload : json_object_get(json, "workload");
	run->rate = run_number(run->workload, "rate");
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

/* A preset of live answers several questions in one run; on a page each is a run. */
static int add(struct runs *runs, size_t file, size_t number, struct complaint *why)
{
	json_t *json = json_array_get(runs->files[file], number);
	const json_t *results = json_object_get(json, "results"), *result;
	const char *name = name_of_file(runs, file);
	int err = 0;
	size_t i;

	if (!is_run(json))
		return complain(why, -EINVAL,
			"%s: run %zu does not have schema ringview.result/2; make one with "
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
	/* This checks all rounds. */
	for (size_t g = 0; g < runs->group_count && !err; g++) {
		struct run_group *group = &runs->groups[g];

		err = result_file_take(
			&group->results, names[group->file], json_incref(group->runs), why);
	}
	if (!err && (runs->result_count > RESULTS_MAX || runs->round_count > READINGS_MAX))
		err = complain(why, -E2BIG,
			"%zu results with %zu rounds are more than a page can show (%d and %d); "
			"make several pages",
			runs->result_count, runs->round_count, RESULTS_MAX, READINGS_MAX);
	return err;
}

void runs_free(struct runs *runs)
{
	for (size_t g = 0; g < runs->group_count; g++)
		result_file_free(&runs->groups[g].results);
	json_decref(runs->owned);
	page_free();
}
