/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "results/result_file.h"
#include "statistics/statistics.h"

#define SCHEMA "ringview.result/2"
#define SCHEMA_BEFORE "ringview.result/1"

static const json_t *rounds_of(const json_t *result, enum metric metric)
{
	return json_object_get(json_object_get(result, metrics[metric].name), "rounds");
}

static double median_of(double *values, size_t count)
{
	return count > 0 ? samples_median(values, count) : 0;
}

static int append(double **values, size_t count, double value)
{
	double *grown = realloc(*values, (count + 1) * sizeof(value));

	if (!grown)
		return -ENOMEM;
	*values = grown;
	grown[count] = value;
	return 0;
}

/* Reads a word that has room in a table; "" if the member is absent. False: it is not such a word. */
static bool read_word(const json_t *object, const char *name, char *text, size_t size)
{
	const json_t *value = json_object_get(object, name);
	const char *word = json_string_value(value);
	size_t length = 0;

	text[0] = '\0';
	if (!value)
		return true;
	while (word && word[length] > ' ' && word[length] <= '~')
		length++;
	if (!word || length == 0 || length >= size || word[length])
		return false;
	strcpy(text, word);
	return true;
}

/* Reads what an element of results[], noise[] or ratios[] names. False: it is not of the schema. */
static bool read_names(bool live, const json_t *element, struct row *row)
{
	const json_t *size = json_object_get(element, "event_size");
	char touch[ROW_NAME_SIZE], caches[ROW_NAME_SIZE];
	int length;

	*row = (struct row){ .rounds = 0 };
	if (!read_word(element, "path", row->path, ROW_NAME_SIZE) ||
		!read_word(element, "wait", row->wait, ROW_NAME_SIZE) ||
		!read_word(element, "question", row->question, ROW_NAME_SIZE) ||
		!read_word(element, "touch", touch, ROW_NAME_SIZE) ||
		!read_word(element, "caches", caches, ROW_NAME_SIZE) || !json_is_integer(size) ||
		json_integer_value(size) < 0 || json_integer_value(size) > UINT32_MAX)
		return false;
	row_set_size(row, (uint32_t)json_integer_value(size), NULL);
	if (json_object_get(element, "event_sizes") &&
		!read_word(element, "event_sizes", row->size_text, sizeof(row->size_text)))
		return false;
	if (live)
		return row->path[0] && row->wait[0];
	length = snprintf(
		row->touch, ROW_NAME_SIZE, "%s%s%s", touch, caches[0] ? ROW_CACHES : "", caches);
	return row->path[0] && touch[0] && length < ROW_NAME_SIZE && !row->wait[0];
}

/* The row of that name, added if there is none. NULL: out of memory. */
static struct row *row_like(struct table *table, const struct row *like, const json_t *result)
{
	struct row *row = (struct row *)table_find(table, like);
	const char *checksum = json_string_value(json_object_get(result, "checksum"));

	if (row)
		return row;
	row = table_add_row(table, like->path, 0);
	memcpy(row->wait, like->wait, sizeof(row->wait));
	memcpy(row->touch, like->touch, sizeof(row->touch));
	memcpy(row->question, like->question, sizeof(row->question));
	memcpy(row->size_text, like->size_text, sizeof(row->size_text));
	row->event_size = like->event_size;
	row->mean_size = json_number_value(
		json_object_get(result, like->event_size ? "event_size" : "event_size_mean"));
	row->limit = json_is_true(json_object_get(result, "limit"));
	snprintf(row->checksum, sizeof(row->checksum), "%s", checksum ? checksum : "");
	row->results = json_array();
	return row->results && !table->failed ? row : NULL;
}

/* Reads an element of results[] with the rounds of @runs runs. */
static int read_result(struct result_file *file, json_t *result, size_t runs)
{
	static double ns_per_event[STATISTICS_ROUNDS_MAX];
	const json_t *rounds = rounds_of(result, METRIC_NS);
	const size_t count = json_array_size(rounds);
	struct row like, *row;

	if (!read_names(file->live, result, &like) || count == 0 || count > STATISTICS_ROUNDS_MAX ||
		count % runs != 0)
		return -EINVAL;
	for (size_t i = 0; i < count; i++) {
		const json_t *round = json_array_get(rounds, i);

		/* null: no event was read. */
		ns_per_event[i] = json_is_null(round) ? INFINITY : json_number_value(round);
		if (!(ns_per_event[i] > 0))
			return -EINVAL;
	}
	row = row_like(&file->table, &like, result);
	if (!row || json_array_append(row->results, result))
		return -ENOMEM;
	row->rounds += count;
	for (size_t i = 0; i < runs; i++, row->runs++)
		if (append(&row->run_medians, row->runs,
			    median_of(&ns_per_event[count / runs * i], count / runs)))
			return -ENOMEM;
	return 0;
}

static void read_noise(struct result_file *file, const json_t *element)
{
	const json_t *floor = json_object_get(element, "floor");
	struct row like, *row = NULL;

	if (read_names(file->live, element, &like))
		row = (struct row *)table_find(&file->table, &like);
	if (!row)
		return;
	row->twin = true;
	row->noise = fmax(row->noise, json_number_value(floor));
	row->noise_unknown |= !json_is_number(floor);
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

/* Whether its rows have waits. */
static bool is_live(const json_t *run)
{
	return json_object_get(json_array_get(json_object_get(run, "results"), 0), "wait");
}

static bool is_of(const json_t *run, const char *schema)
{
	const char *written = json_string_value(json_object_get(run, "schema"));

	return written && strcmp(written, schema) == 0;
}

static int read_run(struct result_file *file, const json_t *run)
{
	const json_t *results = json_object_get(run, "results");
	const json_int_t runs = json_integer_value(json_object_get(run, "runs"));
	json_t *element;
	size_t i;
	int err;

	if (!is_of(run, SCHEMA) || json_array_size(results) == 0 ||
		!json_is_object(json_object_get(run, "workload")) ||
		!json_is_object(json_object_get(run, "environment")) || !can_be_shown(run))
		return -EINVAL;
	json_array_foreach(results, i, element)
	{
		err = read_result(file, element, runs > 1 ? (size_t)runs : 1);
		if (err)
			return err;
	}
	json_array_foreach(json_object_get(run, "noise"), i, element)
	{
		read_noise(file, element);
	}
	return 0;
}

/* Fills the cell with the rounds of all documents. Nothing of @metric in the first: none. */
static void fill_cell(struct row *row, enum metric metric)
{
	const json_t *first = json_array_get(row->results, 0), *result;
	size_t i, done = 0;

	if (!rounds_of(first, metric)) {
		const json_t *whole =
			json_object_get(json_object_get(first, metrics[metric].name), "whole");

		row->cells[metric].value = json_is_number(whole) ? json_number_value(whole) : NAN;
		return;
	}
	json_array_foreach(row->results, i, result)
	{
		const size_t count = json_array_size(rounds_of(result, METRIC_NS));

		for (size_t r = 0; r < count; r++) {
			const json_t *round = json_array_get(rounds_of(result, metric), r);

			row_set(row, metric, done++,
				json_is_number(round)       ? json_number_value(round)
				: metric < METRICS_COMPARED ? INFINITY
							    : NAN);
		}
	}
}

static int finish_row(struct row *row)
{
	double *sorted = malloc(row->rounds * sizeof(*sorted));
	struct metric_cell *cell = &row->cells[METRIC_NS];

	fill_cell(row, METRIC_NS);
	if (sorted && cell->rounds) {
		memcpy(sorted, cell->rounds, row->rounds * sizeof(*sorted));
		cell->value = median_of(sorted, row->rounds);
	}
	free(sorted);
	return sorted && cell->rounds ? 0 : -ENOMEM;
}

int result_file_take(
	struct result_file *file, const char *name, json_t *runs, struct complaint *why)
{
	const json_t *run;
	size_t i;
	int err = 0;

	*file = (struct result_file){ .name = name, .runs = runs };
	table_add_group(&file->table, NULL);
	file->live = is_live(json_array_get(file->runs, 0));
	json_array_foreach(file->runs, i, run)
	{
		if (is_of(run, SCHEMA_BEFORE))
			return complain(why, -EINVAL,
				"%s: run %zu has schema " SCHEMA_BEFORE
				" of an older version; measure again",
				name, i + 1);
		if (is_live(run) != file->live)
			return complain(why, -EINVAL,
				"%s: run %zu is %s of live, the runs before it are%s; keep them "
				"in separate files",
				name, i + 1, file->live ? "not a result" : "a result",
				file->live ? "" : " not");
		err = read_run(file, run);
		if (err == -EINVAL)
			return complain(why, err,
				"%s: run %zu does not have schema " SCHEMA
				"; make one with -format json",
				name, i + 1);
		if (err)
			return complain(why, err, "out of memory");
	}
	for (i = 0; i < file->table.row_count && !err; i++)
		err = finish_row(&file->table.rows[i]);
	return err || file->table.failed ? complain(why, -ENOMEM, "out of memory") : 0;
}

int result_file_read(struct result_file *file, const char *name, struct complaint *why)
{
	json_t *runs = result_file_load(name, why);

	*file = (struct result_file){ .name = name };
	return runs ? result_file_take(file, name, runs, why) : -EINVAL;
}

void result_file_free(struct result_file *file)
{
	table_free(&file->table);
	json_decref(file->runs);
	*file = (struct result_file){ 0 };
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

/* Whether all of @runs runs have the row, with as many rounds. */
static bool is_in_all(const struct row *row, size_t runs)
{
	const json_t *result;
	size_t i;

	json_array_foreach(row->results, i, result)
	{
		if (json_array_size(rounds_of(result, METRIC_NS)) * runs != row->rounds)
			return false;
	}
	return i == runs;
}

/* Whether both rows were measured in the same rounds. */
static bool is_alike(const struct row *a, const struct row *b)
{
	return strcmp(a->touch, b->touch) == 0 && strcmp(a->size_text, b->size_text) == 0 &&
	       a->event_size == b->event_size;
}

static void fill_latencies(struct row *row)
{
	double values[LATENCIES][TABLE_RUNS_MAX];
	const json_t *result;
	size_t i;

	json_array_foreach(row->results, i, result)
	{
		const json_t *latency = json_object_get(result, "latency_ns");

		for (int q = 0; q < LATENCIES; q++)
			values[q][i] =
				json_number_value(json_object_get(latency, latency_names[q]));
		row->latency_count +=
			(uint64_t)json_integer_value(json_object_get(latency, "count"));
	}
	for (int q = 0; q < LATENCIES; q++)
		row->latencies[q] = (uint64_t)median_of(values[q], i);
}

/* Marks the rows that others were compared with in @run. */
static void mark_baselines(struct result_file *file, const json_t *run)
{
	const json_t *ratio;
	size_t i;

	json_array_foreach(json_object_get(run, "ratios"), i, ratio)
	{
		struct row like, *row;

		if (!read_names(file->live, ratio, &like) ||
			!read_word(ratio, "baseline", like.path, ROW_NAME_SIZE) ||
			!read_word(ratio, "baseline_wait", like.wait, ROW_NAME_SIZE))
			continue;
		row = (struct row *)table_find(&file->table, &like);
		if (row)
			row->baseline = true;
	}
}

/* Ends the group of rows like @like of @file, with the noise of the one that ran twice. */
static void end_group(struct table *table, const struct table *file, const struct row *like)
{
	struct row_group *group = &table->groups[table->group_count - 1];
	size_t reference = 0;
	double noise = 0;

	for (size_t i = 0; i < file->row_count; i++)
		if (file->rows[i].twin && is_alike(&file->rows[i], like))
			noise = file->rows[i].noise_unknown ? INFINITY : file->rows[i].noise;
	for (size_t i = 0; i < group->count; i++)
		if (table->rows[group->first + i].twin)
			reference = i;
	table_end_group(table, reference, false);
	group->twin = group->count > 1;
	for (int metric = 0; metric < METRICS_COMPARED; metric++)
		group->noise[metric] = (struct noise){ .own = noise };
}

/* Moves a row of a file to the last group of @table. */
static void move_row(struct table *table, struct row *from)
{
	struct row *row = table_add_row(table, from->path, from->rounds);
	const size_t group = row->group;

	for (int metric = 0; metric < METRIC_COUNT; metric++)
		if (metric != METRIC_NS)
			fill_cell(from, (enum metric)metric);
	if (from->wait[0])
		fill_latencies(from);
	*row = *from;
	row->group = group;
	/* What is shared is now the table's. */
	memset(from->cells, 0, sizeof(from->cells));
	from->results = NULL;
	from->run_medians = NULL;
}

int table_take_runs(struct table *table, json_t *runs)
{
	static const char *const more[] = { "peers", "failed_peers", "counters_unavailable" };
	const json_t *run = json_array_get(runs, 0);
	struct result_file file;
	struct complaint why;
	const struct row *last = NULL;
	int err = result_file_take(&file, "", json_incref(runs), &why);

	mark_baselines(&file, run);
	table->runs = json_array_size(runs);
	for (size_t i = 0; i < file.table.row_count && !err; i++) {
		struct row *row = &file.table.rows[i];
		const json_t *result = json_array_get(row->results, 0);

		if (!is_in_all(row, table->runs))
			continue;
		if (row->rounds > STATISTICS_ROUNDS_MAX)
			err = -EINVAL;
		if (last && !is_alike(last, row))
			end_group(table, &file.table, last);
		if (!last || !is_alike(last, row))
			table_add_group(table, json_deep_copy(json_object_get(result, "workload")));
		move_row(table, row);
		last = row;
	}
	if (last)
		end_group(table, &file.table, last);
	table->workload = json_deep_copy(json_object_get(run, "workload"));
	table->more = json_object();
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		if (json_object_get(run, more[i]))
			json_object_set(table->more, more[i], json_object_get(run, more[i]));
	result_file_free(&file);
	return err ? err : !last ? -EINVAL : table->failed ? -ENOMEM : 0;
}
