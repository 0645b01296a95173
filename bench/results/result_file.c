/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "results/result_file.h"
#include "results/table.h"
#include "statistics/samples.h"

#define SCHEMA "ringview.result/2"
#define SCHEMA_BEFORE "ringview.result/1"
#define NAME_LENGTH_MAX 63

/* A sweep of all sizes and paths with a thousand rounds has a tenth of it. */
#define SIZE_MOST (256 << 20)

/* Of jansson, which takes a string that it has no memory for to be wrong. */
static json_malloc_t allocate_before;
static bool out_of_memory;

static void *allocate(size_t size)
{
	void *memory = allocate_before(size);

	out_of_memory |= !memory;
	return memory;
}

/* The documents of a stream, in one array; an array in it stands for its elements. NULL with
 * @error, or where no memory is left. */
static json_t *read_documents(FILE *stream, json_error_t *error)
{
	json_t *runs = json_array(), *document;
	int next, err;

	while (runs) {
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
		err = json_is_array(document) ? json_array_extend(runs, document)
					      : json_array_append(runs, document);
		json_decref(document);
		if (err) {
			json_decref(runs);
			return NULL;
		}
	}
	return NULL;
}

const struct series *result_file_find(const struct result_file *file, const struct series *like)
{
	for (size_t i = 0; i < file->series_count; i++) {
		const struct series *series = &file->series[i];

		if (strcmp(series->path, like->path) == 0 &&
			series->event_size == like->event_size &&
			strcmp(series->sizes, like->sizes) == 0 &&
			strcmp(series->way, like->way) == 0 &&
			strcmp(series->question, like->question) == 0)
			return series;
	}
	return NULL;
}

static struct series *find_or_add(struct result_file *file, const struct series *like)
{
	const struct series *found = result_file_find(file, like);
	struct series *grown;

	if (found)
		return &file->series[found - file->series];
	grown = realloc(file->series, (file->series_count + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	file->series = grown;
	grown += file->series_count++;
	*grown = *like;
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

static int add_run(struct series *series, double *ns_per_event, size_t count)
{
	int err = 0;

	for (size_t i = 0; i < count && !err; i++) {
		err = append(&series->ns_per_event, series->rounds, ns_per_event[i]);
		series->rounds += !err;
	}
	if (err)
		return err;
	samples_sort(ns_per_event, count);
	err = append(&series->run_medians, series->runs, sorted_median(ns_per_event, count));
	series->runs += !err;
	return err;
}

/* The name of a path, a touch, a wait or a question: a word that has room in a table. NULL where it
 * is none. */
static const char *read_name(const json_t *value)
{
	const char *name = json_string_value(value);
	size_t length = 0;

	if (!name)
		return NULL;
	while (name[length] > ' ' && name[length] <= '~')
		length++;
	return length > 0 && length <= NAME_LENGTH_MAX && name[length] == '\0' ? name : NULL;
}

/* What an element of results[], or of noise[], is of. False: that is not said, or not as by the
 * schema. The ways of live are its waits. */
static bool read_names(const struct result_file *file, const json_t *element, struct series *like)
{
	const json_t *wait = json_object_get(element, "wait");
	const json_t *question = json_object_get(element, "question");
	const json_t *size = json_object_get(element, "event_size");
	const json_t *sizes = json_object_get(element, "event_sizes");

	*like = (struct series){
		.sizes = sizes ? read_name(sizes) : "",
		.path = read_name(json_object_get(element, "path")),
		.way = read_name(wait ? wait : json_object_get(element, "touch")),
		.question = question ? read_name(question) : "",
		.limit = json_is_true(json_object_get(element, "limit")),
		.event_size = json_integer_value(size),
	};
	return like->path && like->way && like->question && like->sizes && json_is_integer(size) &&
	       !wait != file->live;
}

static void add_noise(struct result_file *file, const json_t *element)
{
	const double floor = json_number_value(json_object_get(element, "floor"));
	struct series like, *series;

	if (!read_names(file, element, &like))
		return;
	series = (struct series *)result_file_find(file, &like);
	if (series && floor > series->noise_floor)
		series->noise_floor = floor;
}

/* Adds a run, or as many as the rounds are of. */
static int add_runs(struct series *series, double *ns_per_event, size_t count, size_t runs)
{
	int err = 0;

	for (size_t i = 0; i < runs && !err; i++)
		err = add_run(series, &ns_per_event[count / runs * i], count / runs);
	return err;
}

/* One element of results[]. -EINVAL: it is not of the schema. */
static int read_result(struct result_file *file, const json_t *result, size_t runs)
{
	static double ns_per_event[STATISTICS_ROUNDS_MAX];
	const json_t *rounds = json_object_get(json_object_get(result, "ns_per_event"), "rounds");
	const size_t count = json_array_size(rounds);
	struct series like, *series;

	if (!read_names(file, result, &like) || count == 0 || count > STATISTICS_ROUNDS_MAX ||
		count % runs != 0)
		return -EINVAL;
	for (size_t i = 0; i < count; i++) {
		const json_t *round = json_array_get(rounds, i);

		/* null: nothing was consumed. */
		ns_per_event[i] = json_is_null(round) ? INFINITY : json_number_value(round);
		if (!(ns_per_event[i] > 0))
			return -EINVAL;
	}
	file->has_questions |= like.question[0] != '\0';
	series = find_or_add(file, &like);
	return series ? add_runs(series, ns_per_event, count, runs) : -ENOMEM;
}

static bool has_controls(const char *text)
{
	for (; *text; text++)
		if (control_length(text) > 0)
			return true;
	return false;
}

/* Whether anything in it that may be shown has. The command line, which may, is not. No document is
 * deeper than jansson reads, which is 2048. */
/* NOLINTNEXTLINE(misc-no-recursion): for that */
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
	const json_t *results = json_object_get(run, "results"), *element;
	const json_int_t runs = json_integer_value(json_object_get(run, "runs"));
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
		add_noise(file, element);
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

/* What is touched, and where the ring was, are one way of reading: "fields/own". */
static void join_caches(json_t *runs)
{
	static const char *const lists[] = { "results", "ratios", "noise" };
	json_t *run, *element;
	size_t i, j;

	json_array_foreach(runs, i, run) for (size_t l = 0; l < sizeof(lists) / sizeof(lists[0]);
					      l++)
		json_array_foreach(json_object_get(run, lists[l]), j, element)
	{
		const json_t *touch = json_object_get(element, "touch");
		const json_t *caches = json_object_get(element, "caches");

		if (json_is_string(touch) && json_is_string(caches))
			json_object_set_new(element, "touch",
				json_sprintf("%s" ROW_CACHES "%s", json_string_value(touch),
					json_string_value(caches)));
	}
}

json_t *result_file_load(const char *name, struct complaint *why)
{
	json_error_t error = { .line = 0 }; /* not set where no memory is left */
	json_free_t free_before;
	struct stat status;
	FILE *stream;
	json_t *runs;
	int err;

	stream = fopen(name, "re"); /* a pipe may let it wait */
	if (!stream) {
		complain(why, -errno, "cannot open %s: %s", name, strerror(errno));
		return NULL;
	}
	err = fstat(fileno(stream), &status) < 0 ? errno : S_ISDIR(status.st_mode) ? EISDIR : 0;
	if (err) {
		fclose(stream);
		complain(why, -err, "cannot read %s: %s", name, strerror(err));
		return NULL;
	}
	if (status.st_size > SIZE_MOST) {
		fclose(stream);
		complain(why, -EFBIG, "%s has more than %d MiB, so it is no result file", name,
			SIZE_MOST >> 20);
		return NULL;
	}
	json_get_alloc_funcs(&allocate_before, &free_before);
	json_set_alloc_funcs(allocate, free_before);
	out_of_memory = false;
	errno = 0;
	runs = read_documents(stream, &error);
	err = ferror(stream) ? errno ? errno : EIO : 0;
	json_set_alloc_funcs(allocate_before, free_before);
	fclose(stream);
	if (!err && runs && json_array_size(runs) > 0) {
		join_caches(runs);
		return runs;
	}
	if (err)
		complain(why, -err, "cannot read %s: %s", name, strerror(err));
	else if (!runs && out_of_memory)
		complain(why, -ENOMEM, "cannot read %s: out of memory", name);
	else if (!runs)
		complain(why, -EINVAL, "%s is not JSON: line %d: %s", name, error.line, error.text);
	else
		complain(why, -EINVAL, "%s is empty; make one with -format json -o %s", name, name);
	json_decref(runs);
	return NULL;
}

int result_file_take(
	struct result_file *file, const char *name, json_t *runs, struct complaint *why)
{
	const json_t *run;
	size_t i;
	int err;

	*file = (struct result_file){ .name = name, .runs = runs };
	file->live = is_live(json_array_get(file->runs, 0));
	json_array_foreach(file->runs, i, run)
	{
		if (is_of(run, SCHEMA_BEFORE))
			return complain(why, -EINVAL,
				"%s: run %zu in it is of schema " SCHEMA_BEFORE
				", which an older version wrote; measure again",
				name, i + 1);
		if (is_live(run) != file->live)
			return complain(why, -EINVAL,
				"%s: run %zu in it is %s live, the runs before are%s; keep them in "
				"files of their own",
				name, i + 1, file->live ? "not of" : "of",
				file->live ? "" : " not");
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

int result_file_read(struct result_file *file, const char *name, struct complaint *why)
{
	json_t *runs = result_file_load(name, why);

	*file = (struct result_file){ .name = name };
	return runs ? result_file_take(file, name, runs, why) : -EINVAL;
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
