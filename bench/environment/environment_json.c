/* SPDX-License-Identifier: BSD-2-Clause */
#include "environment/environment.h"

#include "environment/fields.h"

/* A new reference; NULL when memory ran out. */
static json_t *field_json(const struct environment *e, const struct environment_field *field)
{
	const void *place = (const char *)e + field->offset;

	switch (field->type) {
	case FIELD_TEXT:
		return *(const char *)place ? json_string(place) : json_null();
	case FIELD_NUMBER: {
		int64_t number = *(const int64_t *)place;

		return number >= 0 ? json_integer(number) : json_null();
	}
	case FIELD_FLAG: {
		int flag = *(const int *)place;

		return flag >= 0 ? json_boolean(flag) : json_null();
	}
	case FIELD_REAL: {
		double real = *(const double *)place;

		return real >= 0 ? json_real(real) : json_null();
	}
	}
	return NULL;
}

json_t *environment_json(const struct environment *e)
{
	json_t *object = json_object();
	size_t i;

	for (i = 0; object && i < environment_fields_count; i++) {
		const struct environment_field *field = &environment_fields[i];

		if (json_object_set_new(object, field->name, field_json(e, field))) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}
