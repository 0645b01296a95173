/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "results/result_file.h"
#include "statistics/statistics.h"

#define SCHEMA_BEFORE "ringview.result/1"

/* Of a name in a row. */
#define WORD_MOST 63

/* Ten times a sweep of all sizes and paths with a thousand rounds. */
#define SIZE_MOST (256 << 20)

/* Jansson reports a string that it has no memory for as a syntax error. */
static json_malloc_t allocate_before;
static bool out_of_memory;

static void *allocate(size_t size)
{
	void *memory = allocate_before(size);

	out_of_memory |= !memory;
	return memory;
}

/* The documents of a stream, and elements of arrays, in an array. NULL: @error, or out of memory. */
static json_t *read_documents(FILE *stream, json_error_t *error)
{
	json_t *runs = json_array(), *document;
	int next, err = runs ? 0 : -1;

	while (!err) {
		while ((next = getc(stream)) == ' ' || next == '\n' || next == '\t' || next == '\r')
			;
		if (next == EOF)
			return runs;
		ungetc(next, stream);
		document =
			json_loadf(stream, JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, error);
		err = json_is_array(document) ? json_array_extend(runs, document)
					      : json_array_append(runs, document);
		json_decref(document);
	}
	json_decref(runs);
	return NULL;
}

static json_t *load(FILE *stream, const char *name, struct complaint *why)
{
	json_error_t error = { .line = 0 }; /* not set if out of memory */
	json_free_t free_before;
	json_t *runs;
	int err;

	json_get_alloc_funcs(&allocate_before, &free_before);
	json_set_alloc_funcs(allocate, free_before);
	out_of_memory = false;
	errno = 0;
	runs = read_documents(stream, &error);
	err = ferror(stream) ? errno ? errno : EIO : 0;
	json_set_alloc_funcs(allocate_before, free_before);
	if (!err && runs && json_array_size(runs) > 0)
		return runs;
	if (err)
		complain(why, -err, "cannot read %s: %s", name, strerror(err));
	else if (!runs && out_of_memory)
		complain(why, -ENOMEM, "cannot read %s: out of memory", name);
	else if (!runs)
		complain(why, -EINVAL,
			"%s is not JSON: line %d: %s; results are, with -format json or -o FILE.json",
			name, error.line, error.text);
	else
		complain(why, -EINVAL, "%s is empty; make one with -format json -o %s", name, name);
	json_decref(runs);
	return NULL;
}

json_t *result_file_load(const char *name, struct complaint *why)
{
	FILE *stream = fopen(name, "re"); /* a pipe may let it wait */
	struct stat status;
	json_t *runs = NULL;

	if (!stream) {
		complain(why, -errno, "cannot open %s: %s", name, strerror(errno));
		return NULL;
	}
	if (fstat(fileno(stream), &status) == 0 && status.st_size > SIZE_MOST)
		complain(why, -EFBIG, "%s is larger than %d MiB, so it is not a result file", name,
			SIZE_MOST >> 20);
	else
		runs = load(stream, name, why);
	fclose(stream);
	return runs;
}

double median_in(const json_t *list, const char *object, const char *name)
{
	double values[TABLE_RUNS_MAX];
	const json_t *element;
	size_t count = 0, i;

	json_array_foreach(list, i, element)
	{
		const json_t *value = json_object_get(json_object_get(element, object), name);

		if (json_is_number(value) && count < TABLE_RUNS_MAX)
			values[count++] = json_number_value(value);
	}
	return count > 0 ? samples_median(values, count) : 0;
}

/* A member that is a word of at most WORD_MOST characters; "" if it is absent. NULL: no such word. */
static const char *word_in(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	const char *word = json_string_value(value);
	size_t length = 0;

	if (!value)
		return "";
	while (word && word[length] > ' ' && word[length] <= '~')
		length++;
	return length > 0 && length <= WORD_MOST && !word[length] ? text("%s", word) : NULL;
}

/* Reads what an element of results[], noise[] or ratios[] names. False: it is not of the schema. */
static bool read_names(bool live, const json_t *element, struct row *row)
{
	const json_t *size = json_object_get(element, "event_size");
	const char *touch = word_in(element, "touch"), *caches = word_in(element, "caches");

	*row = (struct row){ .path = word_in(element, "path"),
		.wait = word_in(element, "wait"),
		.touch = "",
		.benchmark = "" };
	/* A question is of live -preset, which 0.1 had: one file for many workloads. */
	if (json_object_get(element, "question") || !row->path || !row->wait || !touch || !caches ||
		!json_is_integer(size) || json_integer_value(size) < 0 ||
		json_integer_value(size) > UINT32_MAX)
		return false;
	row_set_size(row, (uint32_t)json_integer_value(size), NULL);
	if (json_object_get(element, "event_sizes"))
		row->size_text = word_in(element, "event_sizes");
	if (!live)
		row->touch = text("%s%s%s", touch, caches[0] ? ROW_CACHES : "", caches);
	return row->size_text && row->path[0] && (live ? row->wait[0] : touch[0] && !row->wait[0]);
}

struct row *result_file_row(const struct result_file *file, const json_t *element, bool baseline)
{
	struct row like;

	if (!read_names(file->live, element, &like))
		return NULL;
	if (baseline) {
		like.path = word_in(element, "baseline");
		like.wait = word_in(element, "baseline_wait");
	}
	return like.path && like.wait ? (struct row *)table_find(&file->table, &like) : NULL;
}

/* Adds the row that @result is the first of. */
static struct row *add_row(struct table *table, struct row *names, const json_t *result)
{
	struct row *row = table_add_row(table, names->path, 0);
	const char *checksum = json_string_value(json_object_get(result, "checksum"));

	memcpy(names->cells, row->cells, sizeof(row->cells)); /* nothing is known */
	*row = *names;
	row->mean_size = json_number_value(
		json_object_get(result, row->event_size ? "event_size" : "event_size_mean"));
	row->digest = (uint32_t)json_integer_value(json_object_get(result, "event_sizes_digest"));
	row->limit = json_is_true(json_object_get(result, "limit"));
	row->checksum = text("%s", checksum ? checksum : "");
	row->results = need(json_array());
	return row;
}

/* Appends @count rounds of @result to a cell. Nothing of @metric in the first document: none. */
static void add_rounds(struct row *row, enum metric metric, const json_t *result, size_t count)
{
	const json_t *of = json_object_get(result, metrics[metric].name);
	const json_t *rounds = json_object_get(of, "rounds");
	struct metric_cell *cell = &row->cells[metric];

	if (row->rounds > 0 ? !cell->rounds : !rounds) {
		of = json_object_get(of, "whole");
		if (json_is_number(of) && isnan(cell->value))
			cell->value = json_number_value(of);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const json_t *round = json_array_get(rounds, i);

		cell->rounds = arena_grow(cell->rounds, row->rounds + i, sizeof(double));
		/* null: no event was read. */
		cell->rounds[row->rounds + i] = json_is_number(round) ? json_number_value(round)
						: json_is_null(round) && metric < METRICS_COMPARED
							? INFINITY
							: NAN;
	}
}

/* Reads an element of results[] with the rounds of @runs runs. False: it is not of the schema. */
static bool read_result(struct result_file *file, json_t *result, size_t runs)
{
	const size_t count = json_array_size(
		json_object_get(json_object_get(result, metrics[METRIC_NS].name), "rounds"));
	double part[STATISTICS_ROUNDS_MAX], *ns;
	struct row names, *row;

	/* A run with a reading that was not verified writes nothing. */
	if (!read_names(file->live, result, &names) || count == 0 ||
		json_is_false(json_object_get(result, "verified")) ||
		count > STATISTICS_ROUNDS_MAX || count % runs != 0)
		return false;
	row = (struct row *)table_find(&file->table, &names);
	if (!row)
		row = add_row(&file->table, &names, result);
	if (json_array_append(row->results, result))
		need(NULL);
	for (int metric = 0; metric < METRIC_COUNT; metric++)
		add_rounds(row, (enum metric)metric, result, count);
	ns = row->cells[METRIC_NS].rounds + row->rounds;
	for (size_t i = 0; i < count; i++)
		if (!(ns[i] > 0))
			return false;
	for (size_t i = 0; i < runs; i++) {
		row->run_medians = arena_grow(row->run_medians, row->runs + i, sizeof(*ns));
		memcpy(part, &ns[count / runs * i], count / runs * sizeof(*ns));
		row->run_medians[row->runs + i] = samples_median(part, count / runs);
	}
	row->uneven |= row->runs > 0 && row->rounds / row->runs != count / runs;
	row->rounds += count;
	row->runs += runs;
	return true;
}

static bool has_controls(const char *text)
{
	for (; *text; text++)
		if (control_length(text) > 0)
			return true;
	return false;
}

/* Whether all text is free of controls, but for the command line, which is never shown. Jansson reads
 * documents up to a depth of 2048. */
/* NOLINTNEXTLINE(misc-no-recursion): the depth is limited */
static bool can_be_shown(const json_t *value)
{
	const char *key;
	json_t *element;
	size_t i;

	if (json_is_string(value))
		return !has_controls(json_string_value(value));
	json_array_foreach(value, i, element)
	{
		if (!can_be_shown(element))
			return false;
	}
	json_object_foreach((json_t *)value, key, element)
	{
		if (has_controls(key))
			return false;
		if (strcmp(key, "command_line") != 0 && !can_be_shown(element))
			return false;
	}
	return true;
}

static bool has(const json_t *run, const char *name, const char *text)
{
	const char *written = json_string_value(json_object_get(run, name));

	return written && strcmp(written, text) == 0;
}

static bool read_run(struct result_file *file, const json_t *run)
{
	const json_t *results = json_object_get(run, "results");
	const json_int_t runs = json_integer_value(json_object_get(run, "runs"));
	bool of_schema = true;
	json_t *element;
	size_t i;

	/* Advice of live that no ring was large enough has no results. */
	if (!has(run, "schema", RESULT_SCHEMA) ||
		(json_array_size(results) == 0 &&
			!(file->live && json_is_object(json_object_get(run, "advice")))) ||
		!json_is_object(json_object_get(run, "workload")) ||
		!json_is_object(json_object_get(run, "environment")) || !can_be_shown(run))
		return false;
	json_array_foreach(results, i, element)
	{
		of_schema = of_schema && read_result(file, element, runs > 1 ? (size_t)runs : 1);
	}
	json_array_foreach(json_object_get(run, "noise"), i, element)
	{
		const json_t *floor = json_object_get(element, "floor");
		struct row *row = result_file_row(file, element, false);

		if (!row)
			continue;
		row->twin = true;
		row->noise = fmax(
			row->noise, json_is_number(floor) ? json_number_value(floor) : INFINITY);
	}
	return of_schema;
}

static void finish_row(struct row *row)
{
	struct metric_cell *ns = &row->cells[METRIC_NS];
	double *sorted = arena_allocate(row->rounds * sizeof(*sorted));
	const json_t *result;
	size_t i;

	memcpy(sorted, ns->rounds, row->rounds * sizeof(*sorted));
	row_sum_up(row, row->uneven ? 1 : row->runs);
	ns->value = samples_median(sorted, row->rounds);
	for (int q = 0; q < LATENCIES; q++)
		row->latencies[q] = (uint64_t)fmin(
			1e18, fmax(0, median_in(row->results, "latency_ns", latency_names[q])));
	json_array_foreach(row->results, i, result)
	{
		result = json_object_get(result, "latency_ns");
		row->latency_count +=
			(uint64_t)json_integer_value(json_object_get(result, "count"));
	}
}

int result_file_take(struct result_file *file, const char *name, json_t *runs, size_t first,
	struct complaint *why)
{
	const json_t *run;
	size_t i;

	*file = (struct result_file){ .name = name, .runs = runs };
	table_add_group(&file->table, NULL);
	file->live = has(json_array_get(file->runs, 0), "command", "live");
	json_array_foreach(file->runs, i, run)
	{
		if (has(run, "schema", SCHEMA_BEFORE))
			return complain(why, -EINVAL,
				"%s: run %zu has schema " SCHEMA_BEFORE
				" of an older version; measure again",
				name, first + i);
		if (has(run, "command", "live") != file->live)
			return complain(why, -EINVAL,
				"%s: run %zu is %s of live, the runs before it are%s; keep them "
				"in separate files",
				name, first + i, file->live ? "not a result" : "a result",
				file->live ? "" : " not");
		if (!read_run(file, run))
			return complain(why, -EINVAL,
				"%s: run %zu does not have schema " RESULT_SCHEMA
				"; make one with -format json",
				name, first + i);
	}
	for (i = 0; i < file->table.row_count; i++)
		finish_row(&file->table.rows[i]);
	return 0;
}

int result_file_read(struct result_file *file, const char *name, struct complaint *why)
{
	json_t *runs = result_file_load(name, why);

	*file = (struct result_file){ .name = name };
	return runs ? result_file_take(file, name, runs, 1, why) : -EINVAL;
}

void result_file_free(struct result_file *file)
{
	table_free(&file->table);
	json_decref(file->runs);
	*file = (struct result_file){ 0 };
}

/* The noise of rows is that of the one that ran twice, which may be left out later. */
static void share_noise(struct table *table)
{
	for (size_t i = 0; i < table->row_count; i++)
		for (size_t j = 0; j < table->row_count && table->rows[i].twin; j++)
			if (row_is_alike(&table->rows[i], &table->rows[j]))
				table->rows[j].noise = table->rows[i].noise;
}

/* Makes groups of successive rows that are alike. */
static void group_rows(struct table *table)
{
	struct row_group *group = NULL;

	table->group_count = 0;
	for (size_t i = 0; i < table->row_count; i++) {
		struct row *row = &table->rows[i];

		if (i == 0 || !row_is_alike(row, &table->rows[i - 1])) {
			table_add_group(
				table, json_incref(json_object_get(
					       json_array_get(row->results, 0), "workload")));
			group = &table->groups[table->group_count - 1];
			group->first = group->reference = i;
			for (int metric = 0; metric < METRICS_COMPARED; metric++)
				group->noise[metric].own = row->noise;
		}
		row->group = table->group_count - 1;
		group->twin = ++group->count > 1;
		group->reference = row->twin ? i : group->reference;
	}
	for (size_t i = 0; i < table->group_count; i++)
		table->rows[table->groups[i].reference].baseline = true;
}

int table_take_runs(struct table *table, json_t *runs)
{
	const json_t *run = json_array_get(runs, 0);
	struct result_file file;
	struct complaint why;
	const json_t *ratio;
	size_t i;
	int err = result_file_take(&file, "", json_incref(runs), 1, &why);

	json_array_foreach(json_object_get(run, "ratios"), i, ratio)
	{
		struct row *to = result_file_row(&file, ratio, true);

		if (to)
			to->baseline = true;
	}
	table->rows = file.table.rows;
	table->row_count = file.table.row_count;
	table->groups = file.table.groups;
	table->group_count = file.table.group_count;
	table->runs = json_array_size(runs);
	for (i = 0; i < table->row_count && !err; i++) {
		struct row *row = &table->rows[i];

		if (row->runs != table->runs || row->uneven)
			row->path = "";
		else if (row->rounds > STATISTICS_ROUNDS_MAX)
			err = -EINVAL;
		else /* a median with rounds without events is unknown here */
			row_sum_up(row, table->runs);
	}
	share_noise(table);
	table_remove(table, "");
	group_rows(table);
	table->workload = json_incref(json_object_get(run, "workload"));
	table->more = json_pack("{s:O*, s:O*, s:O*}", "peers", json_object_get(run, "peers"),
		"failed_peers", json_object_get(run, "failed_peers"), "counters_unavailable",
		json_object_get(run, "counters_unavailable"));
	json_decref(file.runs);
	return err ? err : table->row_count == 0 ? -EINVAL : 0;
}
