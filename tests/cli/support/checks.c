/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "checks.h"
#include "text.h"

void assert_complains(const struct outcome *outcome, int status, const char *named)
{
	if (outcome->status != status)
		fail_msg("exit status %d instead of %d: %s", outcome->status, status, outcome->err);
	assert_string_equal(outcome->out, "");
	if (count_lines(outcome->err) != 1 || outcome->err[strlen(outcome->err) - 1] != '\n')
		fail_msg("not one line: \"%s\"", outcome->err);
	assert_matches(outcome->err, "^bpf_ringbuf_zc_benchmark: .");
	if (!strstr(outcome->err, named))
		fail_msg("\"%s\" does not name %s", outcome->err, named);
}

void assert_command_complains(const struct command *command, int status, const char *named)
{
	struct outcome outcome = run_command(command);

	assert_complains(&outcome, status, named);
	outcome_free(&outcome);
}

void assert_done(const struct outcome *outcome)
{
	if (outcome->status != DONE)
		fail_msg("exit status %d: %s", outcome->status, outcome->err);
	assert_string_equal(outcome->err, "");
}

/* What a metric amounts to; NULL: @cell is none. */
static json_t *value_of(const json_t *cell)
{
	static const char *const kinds[] = { "median", "sum", "most", "whole" };

	for (size_t i = 0; i < COUNT(kinds); i++)
		if (json_object_get(cell, kinds[i]))
			return json_object_get(cell, kinds[i]);
	return NULL;
}

/* A row as tests ask for it: what its metrics amount to, by their names, and "rounds": the metrics of each
 * round. ns_per_event stays as it is. */
static void flatten(json_t *row)
{
	json_t *copy = json_copy(row), *cell, *value;
	json_t *rounds = json_array();
	const char *name;
	size_t i;

	json_object_foreach(copy, name, cell)
	{
		if (!value_of(cell))
			continue;
		json_array_foreach(json_object_get(cell, "rounds"), i, value)
		{
			if (json_array_size(rounds) == i)
				json_array_append_new(rounds, json_object());
			json_object_set(json_array_get(rounds, i), name, value);
		}
		if (strcmp(name, "ns_per_event") != 0)
			json_object_set(row, name, value_of(cell));
	}
	json_object_set_new(row, "rounds", rounds);
	json_decref(copy);
}

json_t *parsed_json(const struct outcome *outcome)
{
	json_t *root = parsed_raw_json(outcome), *row;
	size_t i;

	json_array_foreach(json_object_get(root, "results"), i, row)
		flatten(row);
	return root;
}

json_t *parsed_raw_json(const struct outcome *outcome)
{
	json_error_t error;
	json_t *root = json_loads(outcome->out, JSON_REJECT_DUPLICATES, &error);

	if (!root)
		fail_msg("not JSON: %s in line %d of\n%s%s", error.text, error.line, outcome->out,
			outcome->err);
	return root;
}

json_t *run_command_json(const struct command *command)
{
	struct outcome outcome = run_command(command);
	json_t *root;

	assert_done(&outcome);
	root = parsed_json(&outcome);
	outcome_free(&outcome);
	return root;
}

json_t *run_json(const char *const *arguments)
{
	return run_command_json(&(struct command){ .arguments = arguments });
}

static json_t *member(const json_t *object, const char *name, json_type type)
{
	json_t *value = json_object_get(object, name);

	if (!value)
		fail_msg("there is no %s", name);
	if (json_typeof(value) != type)
		fail_msg(
			"%s is of type %d instead of %d", name, (int)json_typeof(value), (int)type);
	return value;
}

json_int_t integer_in(const json_t *object, const char *name)
{
	return json_integer_value(member(object, name, JSON_INTEGER));
}

double real_in(const json_t *object, const char *name)
{
	/* One that happens to be whole is written without a point. */
	const json_t *value = json_object_get(object, name);

	if (!json_is_number(value))
		fail_msg("%s is no number", name);
	return json_number_value(value);
}

const char *text_in(const json_t *object, const char *name)
{
	return json_string_value(member(object, name, JSON_STRING));
}

json_t *object_in(const json_t *object, const char *name)
{
	return member(object, name, JSON_OBJECT);
}

json_t *array_in(const json_t *object, const char *name)
{
	return member(object, name, JSON_ARRAY);
}

json_t *result_of(const json_t *root, size_t index)
{
	json_t *result = json_array_get(array_in(root, "results"), index);

	assert_non_null(result);
	return result;
}

size_t rounds_of(const json_t *root)
{
	return json_array_size(array_in(result_of(root, 0), "rounds"));
}
