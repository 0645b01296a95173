/* SPDX-License-Identifier: BSD-2-Clause */
#include "checks.h"
#include "live_runs.h"

/* So many that of whatever is one in twenty there is one. */
#define EVENTS_LEAST 200

#define ARGUMENTS_MAX 60

static bool has_few_events(const char *text)
{
	json_t *root = json_loads(text, 0, NULL);
	const json_t *result;
	bool few = false;
	size_t i;

	json_array_foreach(json_object_get(root, "results"), i, result)
	{
		const json_t *consumed =
			json_object_get(json_object_get(result, "consumed"), "sum");

		few |= consumed && json_integer_value(consumed) < EVENTS_LEAST;
	}
	json_decref(root);
	return few;
}

struct outcome run_command_for_events(const struct command *command)
{
	static const char *const longer[] = { "100ms", "500ms" };
	const char *arguments[ARGUMENTS_MAX + 3];
	struct command again = *command;
	struct outcome outcome = run_command(command);
	size_t count = 0;

	while (command->arguments[count]) {
		assert_true(count < ARGUMENTS_MAX);
		arguments[count] = command->arguments[count];
		count++;
	}
	arguments[count] = "-duration";
	arguments[count + 2] = NULL;
	again.arguments = arguments;
	for (size_t i = 0; i < COUNT(longer) && has_few_events(outcome.out); i++) {
		outcome_free(&outcome);
		arguments[count + 1] = longer[i];
		outcome = run_command(&again);
	}
	return outcome;
}

json_t *run_live_json(const char *const *arguments)
{
	struct outcome outcome =
		run_command_for_events(&(struct command){ .arguments = arguments });
	json_t *root;

	assert_done(&outcome);
	root = parsed_json(&outcome);
	outcome_free(&outcome);
	return root;
}
