/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The runs of result files: by names, and in order.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/report.h"

double number_in(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return json_is_number(value) ? json_number_value(value) : NAN;
}

const char *text_in(const json_t *object, const char *name)
{
	const char *found = json_string_value(json_object_get(object, name));

	return found ? found : "?";
}

/* @names->count: it is not there. */
static size_t find(const struct names *names, const char *name)
{
	size_t i = 0;

	while (i < names->count && strcmp(names->list[i], name) != 0)
		i++;
	return i;
}

size_t names_add(struct names *names, const char *name)
{
	const size_t number = find(names, name);

	if (number == names->count) {
		names->list = arena_grow(names->list, names->count, sizeof(name));
		names->list[names->count++] = name;
	}
	return number;
}

int style_of(const struct runs *runs, const char *path)
{
	const size_t number = find(&runs->readers, path);

	return number < runs->readers.count ? (int)number : STYLE_LIMIT;
}

double size_bytes(const char *size)
{
	char *end;
	const double bytes = strtod(size, &end);

	return *end ? NAN : bytes;
}

/* What is unknown is last. */
static int less_first(double x, double y)
{
	return isnan(x) || isnan(y) ? isnan(x) - isnan(y) : (x > y) - (x < y);
}

static int by_size(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;
	const int order = less_first(size_bytes(*x), size_bytes(*y));

	return order ? order : strcmp(*x, *y);
}

static int by_keys(const void *a, const void *b)
{
	const struct result *x = a, *y = b;
	int order = 0;

	for (size_t i = 0; i < sizeof(x->keys) / sizeof(x->keys[0]) && order == 0; i++)
		order = less_first(x->keys[i], y->keys[i]);
	return order;
}

/* The reciprocal of the time an event, in million events a second. */
static struct mark speed_mark(const struct row *row)
{
	const struct mark ns = mark_of(row, METRIC_NS);
	double *rounds = arena_allocate(ns.round_count * sizeof(*rounds));

	for (size_t i = 0; i < ns.round_count; i++)
		rounds[i] = isfinite(ns.rounds[i]) ? 1e3 / ns.rounds[i] : NAN;
	return (struct mark){ isnan(ns.value) ? NAN : row_mevents_per_s(row), 1e3 / ns.high,
		1e3 / ns.low, rounds, ns.round_count };
}

static void add_result(struct runs *runs, struct run *run, const struct row *row)
{
	const double lost = row_value(row, METRIC_LOST), consumed = row_value(row, METRIC_CONSUMED);
	struct result *r = &run->results[run->result_count++];

	*r = (struct result){
		.row = row,
		.json = json_array_get(row->results, 0),
		.drawn = { speed_mark(row), NO_MARK, NO_MARK },
		.style = row->limit ? STYLE_LIMIT : (int)names_add(&runs->readers, row->path),
		.path = names_add(&run->paths, row->path),
		.way = names_add(&run->ways, row_way(row)),
		.lost_percent = lost + consumed > 0 ? 100 * lost / (lost + consumed) : NAN,
	};
	names_add(&run->sizes, row->size_text);
	runs->result_count++;
	runs->round_count += row->rounds;
}

/* Fills what depends on the names of all results, and sorts. */
static void sort_results(struct run *run)
{
	const bool sizes = run->sizes.count > 1;

	qsort(run->sizes.list, run->sizes.count, sizeof(*run->sizes.list), by_size);
	for (size_t i = 0; i < run->result_count; i++) {
		struct result *r = &run->results[i];
		const struct row *row = r->row;
		const double by_rate[] = { r->lost_percent, row_latency(row, 2),
			row_value(row, METRIC_CPU_PERCENT), row_value(row, METRIC_PRODUCER_NS) };

		r->size = find(&run->sizes, row->size_text);
		r->dash = run->live ? (unsigned)r->way : 0;
		r->name = run->live ? row_name(row)
				    : TEXTS(row->path, TEXT_IF(sizes, ", %s B", row->size_text),
					      TEXT_IF(run->ways.count > 1, ", %s", row->touch));
		if (isfinite(run->rate)) {
			memcpy(r->keys, by_rate, sizeof(by_rate));
			continue;
		}
		r->keys[0] = row->limit;
		r->keys[1] = (double)r->size;
		r->keys[2] = run->live ? 0 : (double)r->way;
		r->keys[3] = -r->drawn[DRAWN_SPEED].value;
	}
	qsort(run->results, run->result_count, sizeof(*run->results), by_keys);
}

#define RATIO_MOST 1e9 /* more is a mistake */

/* Whether it can be an element of ratios[]. Unknown limits of an interval are null. */
static bool is_ratio(const json_t *json)
{
	const double median = json_number_value(json_object_get(json, "median"));

	return median >= 0 && median < RATIO_MOST && !(number_in(json, "low") > median) &&
	       !(number_in(json, "high") < median);
}

/* The baseline is the reader that ran twice in each round, if it is compared with, or the first. */
static void read_ratios(struct run *run, const struct result_file *document)
{
	const json_t *list = json_object_get(run->json, "ratios"), *json;
	const char *speed = metrics[METRIC_NS].name;
	size_t i;

	run->ratios = arena_allocate((json_array_size(list) + 1) * sizeof(*run->ratios));
	json_array_foreach(list, i, json)
	{
		const struct row *row = result_file_row(document, json, false);
		const struct row *to = result_file_row(document, json, true);

		for (size_t r = 0; r < run->result_count && to && is_ratio(json); r++)
			if (run->results[r].row == row)
				run->ratios[run->ratio_count++] = (struct run_ratio){
					.result = &run->results[r],
					.to = to,
					.metric = text_in(json, "metric"),
					.verdict = text_in(json, "verdict"),
					.mark = MARK(number_in(json, "median"),
						number_in(json, "low"), number_in(json, "high")),
				};
	}
	for (i = 0; i < run->ratio_count; i++) {
		const struct row *to = run->ratios[i].to;

		if (strcmp(run->ratios[i].metric, speed) != 0)
			continue;
		if (to->limit)
			run->floor = to->path;
		else if (!run->baseline || to->twin)
			run->baseline = to;
	}
	for (i = 0; i < run->ratio_count; i++) {
		const struct run_ratio *ratio = &run->ratios[i];

		if (strcmp(ratio->metric, speed) != 0)
			continue;
		if (run->floor && strcmp(ratio->to->path, run->floor) == 0)
			ratio->result->drawn[DRAWN_FLOOR] = ratio->mark;
		if (run->baseline && strcmp(ratio->to->path, run->baseline->path) == 0) {
			ratio->result->drawn[DRAWN_RATIO] = ratio->mark;
			ratio->result->verdict = ratio->verdict;
		}
	}
}

static int add_run(struct runs *runs, const struct result_file *document, const char *name,
	struct complaint *why)
{
	const struct table *table = &document->table;
	struct run *run = &runs->runs[runs->run_count];
	const json_t *workload;

	if (runs->run_count == RUNS_MAX)
		return complain(why, -E2BIG,
			"more than %d runs, up to those in %s; make several pages", RUNS_MAX, name);
	runs->run_count++;
	*run = (struct run){
		.json = json_array_get(document->runs, 0),
		.name = name,
		.table = table,
		.live = document->live,
		.results = arena_allocate((table->row_count + 1) * sizeof(*run->results)),
	};
	for (size_t i = 0; i < table->row_count; i++)
		add_result(runs, run, &table->rows[i]);
	if (runs->result_count > RESULTS_MAX || runs->round_count > READINGS_MAX)
		return complain(why, -E2BIG,
			"%zu results with %zu rounds are more than a page can show (%d and %d); "
			"make several pages",
			runs->result_count, runs->round_count, RESULTS_MAX, READINGS_MAX);
	if (run->paths.count > PAGE_PATHS_MAX || run->ways.count > PAGE_WAYS_MAX ||
		run->sizes.count > PAGE_SIZES_MAX)
		return complain(why, -E2BIG,
			"%s has more than %d paths, %d sizes or %d touches or waits, which no run has",
			run->name, PAGE_PATHS_MAX, PAGE_SIZES_MAX, PAGE_WAYS_MAX);
	workload = json_object_get(run->results[0].json, "workload");
	run->workload =
		json_is_object(workload) ? workload : json_object_get(run->json, "workload");
	run->rate = number_in(run->workload, "rate");
	if (run->result_count > 0)
		sort_results(run);
	read_ratios(run, document);
	return 0;
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
	task = text("%s %s", text_in(json, "command"), dumped ? dumped : "");
	free(dumped);
	json_decref(workload);
	return task;
}

static void put_into_group(struct runs *runs, size_t file, json_t *json, const char *name)
{
	const char *task = task_of(json);
	size_t g = 0;

	while (g < runs->group_count &&
		(runs->groups[g].file != file || strcmp(runs->groups[g].task, task) != 0))
		g++;
	if (g == runs->group_count)
		runs->groups[runs->group_count++] = (struct run_group){
			.file = file, .name = name, .task = task, .results.runs = json_array()
		};
	json_array_append(runs->groups[g].results.runs, json);
}

static int add(
	struct runs *runs, size_t file, size_t number, const char *name, struct complaint *why)
{
	struct result_file *document = &runs->documents[runs->document_count++];
	json_t *json = json_array_get(runs->files[file], number);
	int err = result_file_take(
		document, runs->names[file], json_pack("[O]", json), number + 1, why);

	if (err)
		return err;
	if (json_array_size(runs->files[file]) > 1)
		name = text("%s, run %zu", name, number + 1);
	err = add_run(runs, document, name, why);
	if (!err && document->table.row_count > 0) /* not only advice */
		put_into_group(runs, file, json, name);
	return err;
}

/* Without its folder, unless two files have that name. */
static const char *name_of_file(const struct runs *runs, size_t file)
{
	const char *base = basename(runs->names[file]);

	for (size_t f = 0; f < runs->file_count; f++)
		if (f != file && strcmp(basename(runs->names[f]), base) == 0)
			return runs->names[file];
	return base;
}

int runs_read(struct runs *runs, const char *const *names, size_t count, struct complaint *why)
{
	int err = 0;

	*runs = (struct runs){
		.names = names,
		.file_count = count,
		.files = arena_allocate(count * sizeof(json_t *)),
		.documents = arena_allocate((RUNS_MAX + 1) * sizeof(struct result_file)),
		.runs = arena_allocate(RUNS_MAX * sizeof(struct run)),
		.groups = arena_allocate(RUNS_MAX * sizeof(struct run_group)),
	};
	for (size_t f = 0; f < count && !err; f++) {
		runs->files[f] = result_file_load(names[f], why);
		if (!runs->files[f])
			return -EINVAL;
		for (size_t i = 0; i < json_array_size(runs->files[f]) && !err; i++)
			err = add(runs, f, i, name_of_file(runs, f), why);
	}
	for (size_t g = 0; g < runs->group_count && !err; g++) {
		struct run_group *group = &runs->groups[g];

		err = result_file_take(
			&group->results, names[group->file], group->results.runs, 1, why);
	}
	return err;
}

void runs_free(struct runs *runs)
{
	for (size_t i = 0; i < runs->document_count; i++)
		result_file_free(&runs->documents[i]);
	for (size_t g = 0; g < runs->group_count; g++)
		result_file_free(&runs->groups[g].results);
	for (size_t f = 0; f < runs->file_count; f++)
		json_decref(runs->files[f]);
}
