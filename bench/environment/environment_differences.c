/* SPDX-License-Identifier: BSD-2-Clause */
#include "environment/environment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "environment/fields.h"

/* The value as malloc()ed text; NULL when memory ran out. */
static char *value_text(const json_t *value)
{
	if (!value || json_is_null(value))
		return strdup("unknown");
	/* Without the quotes that JSON would put around it. */
	if (json_is_string(value))
		return strdup(json_string_value(value));
	return json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(6));
}

static int report_difference(const struct environment_difference *found, const json_t *old_value,
	const json_t *new_value, environment_difference_fn *report, void *context)
{
	struct environment_difference difference = *found;
	char *old_text = value_text(old_value);
	char *new_text = value_text(new_value);
	int error = old_text && new_text ? 0 : -ENOMEM;

	if (!error) {
		difference.old_value = old_text;
		difference.new_value = new_text;
		report(context, &difference);
	}
	free(old_text);
	free(new_text);
	return error;
}

int environment_differences(const json_t *old_environment, const json_t *new_environment,
	environment_difference_fn *report, void *context)
{
	int not_comparable = 0;
	size_t i;

	if (!json_is_object(old_environment) || !json_is_object(new_environment))
		return -EINVAL;
	for (i = 0; i < environment_fields_count; i++) {
		const struct environment_field *field = &environment_fields[i];
		const json_t *old_value = json_object_get(old_environment, field->name);
		const json_t *new_value = json_object_get(new_environment, field->name);
		bool old_known = old_value && !json_is_null(old_value);
		bool new_known = new_value && !json_is_null(new_value);
		struct environment_difference found = { .name = field->name };
		int error = 0;

		if (!old_known && !new_known)
			continue;
		if (old_known && new_known && json_equal(old_value, new_value))
			continue;
		if (!field->decisive)
			found.kind = ENVIRONMENT_UNIMPORTANT;
		else if (!old_known || !new_known)
			found.kind = ENVIRONMENT_NOT_KNOWN;
		else
			found.kind = ENVIRONMENT_NOT_COMPARABLE;
		not_comparable += found.kind == ENVIRONMENT_NOT_COMPARABLE;
		if (report)
			error = report_difference(&found, old_value, new_value, report, context);
		if (error)
			return error;
	}
	return not_comparable;
}
