/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "results/result_file.h"
#include "statistics/samples.h"
#include "statistics/scratch.h"

#define SCHEMA "ringview.result/1"

/* The documents of a stream, in one array; an array in it stands for its elements. */
static json_t *read_documents(FILE *stream, json_error_t *error)
{
	json_t *runs = json_array(), *document;
	int next;

	for (;;) {
		while ((next = getc(stream)) == ' ' || next == '\n' || next == '\t' || next == '\r')
			;
		if (next == EOF)
			return runs;
		ungetc(next, stream);
		document =
			json_loadf(stream, JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, error);
		if (!document) {
			json_decref(runs);
			return NULL;
		}
		if (json_is_array(document)) {
			json_array_extend(runs, document);
			json_decref(document);
		} else {
			json_array_append_new(runs, document);
		}
	}
}

const struct series *result_file_find(
	const struct result_file *file, const char *path, json_int_t event_size, const char *touch)
{
	for (size_t i = 0; i < file->series_count; i++) {
		const struct series *series = &file->series[i];

		if (strcmp(series->path, path) == 0 && series->event_size == event_size &&
			strcmp(series->touch, touch) == 0)
			return series;
	}
	return NULL;
}

static struct series *find_or_add(
	struct result_file *file, const char *path, json_int_t event_size, const char *touch)
{
	const struct series *found = result_file_find(file, path, event_size, touch);
	struct series *grown;

	if (found)
		return &file->series[found - file->series];
	grown = realloc(file->series, (file->series_count + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	file->series = grown;
	grown += file->series_count++;
	*grown = (struct series){ .path = path, .touch = touch, .event_size = event_size };
	return grown;
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

static int add_run(struct series *series, const json_t *rounds, json_int_t events)
{
	static double sorted[STATISTICS_ROUNDS_MAX];
	size_t count = json_array_size(rounds);
	int err = 0;

	for (size_t i = 0; i < count && !err; i++) {
		sorted[i] = json_number_value(json_array_get(rounds, i)) / (double)events;
		err = append(&series->ns_per_event, series->rounds, sorted[i]);
		series->rounds += !err;
	}
	if (err)
		return err;
	samples_sort(sorted, count);
	err = append(&series->run_medians, series->runs, sorted_median(sorted, count));
	series->runs += !err;
	return err;
}

/* One element of results[]. -EINVAL: it is not of the schema. */
static int read_result(struct result_file *file, const json_t *result)
{
	const char *path = json_string_value(json_object_get(result, "path"));
	const char *touch = json_string_value(json_object_get(result, "touch"));
	const json_t *size = json_object_get(result, "event_size");
	const json_t *rounds = json_object_get(result, "rounds_ns");
	json_int_t events = json_integer_value(json_object_get(result, "events"));
	struct series *series;

	if (!path || !touch || !json_is_integer(size) || events <= 0 || !json_is_array(rounds) ||
		json_array_size(rounds) == 0 || json_array_size(rounds) > STATISTICS_ROUNDS_MAX)
		return -EINVAL;
	for (size_t i = 0; i < json_array_size(rounds); i++) {
		const json_t *ns = json_array_get(rounds, i);

		if (!json_is_number(ns) || !(json_number_value(ns) > 0))
			return -EINVAL;
	}
	series = find_or_add(file, path, json_integer_value(size), touch);
	return series ? add_run(series, rounds, events) : -ENOMEM;
}

static int read_run(struct result_file *file, const json_t *run)
{
	const char *schema = json_string_value(json_object_get(run, "schema"));
	const json_t *results = json_object_get(run, "results"), *element;
	size_t i;
	int err;

	if (!schema || strcmp(schema, SCHEMA) != 0 || json_array_size(results) == 0 ||
		!json_is_object(json_object_get(run, "workload")) ||
		!json_is_object(json_object_get(run, "environment")))
		return -EINVAL;
	json_array_foreach(results, i, element)
	{
		err = read_result(file, element);
		if (err)
			return err;
	}
	json_array_foreach(json_object_get(run, "noise"), i, element)
	{
		double floor = json_number_value(json_object_get(element, "floor"));

		if (floor > file->noise_floor)
			file->noise_floor = floor;
	}
	return 0;
}

static int add_median(struct series *series)
{
	double *sorted = malloc(series->rounds * sizeof(*sorted));

	if (!sorted)
		return -ENOMEM;
	memcpy(sorted, series->ns_per_event, series->rounds * sizeof(*sorted));
	samples_sort(sorted, series->rounds);
	series->median = sorted_median(sorted, series->rounds);
	free(sorted);
	return 0;
}

int result_file_read(struct result_file *file, const char *name, struct complaint *why)
{
	json_error_t error;
	const json_t *run;
	FILE *stream;
	size_t i;
	int err;

	*file = (struct result_file){ .name = name };
	stream = fopen(name, "re");
	if (!stream)
		return complain(why, -errno, "cannot open %s: %s", name, strerror(errno));
	file->runs = read_documents(stream, &error);
	err = ferror(stream) ? EIO : 0;
	fclose(stream);
	if (err)
		return complain(why, -err, "cannot read %s: %s", name, strerror(err));
	if (!file->runs)
		return complain(
			why, -EINVAL, "%s is not JSON: line %d: %s", name, error.line, error.text);
	if (json_array_size(file->runs) == 0)
		return complain(
			why, -EINVAL, "%s is empty; make one with -format json -o %s", name, name);
	json_array_foreach(file->runs, i, run)
	{
		err = read_run(file, run);
		if (err == -EINVAL)
			return complain(why, err,
				"%s: run %zu in it is not of schema " SCHEMA
				"; make one with -format json",
				name, i + 1);
		if (err)
			return complain(why, err, "out of memory");
	}
	for (i = 0; i < file->series_count; i++)
		if (add_median(&file->series[i]))
			return complain(why, -ENOMEM, "out of memory");
	return 0;
}

void result_file_free(struct result_file *file)
{
	for (size_t i = 0; i < file->series_count; i++) {
		free(file->series[i].run_medians);
		free(file->series[i].ns_per_event);
	}
	free(file->series);
	json_decref(file->runs);
	*file = (struct result_file){ 0 };
}
