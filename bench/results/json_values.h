/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_JSON_VALUES_H
#define BENCH_JSON_VALUES_H

#include <jansson.h>
#include <math.h>

/* null for infinity and NAN, which JSON does not have. */
static inline json_t *json_value_real(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

/* Returns @object with the members of @more appended. Takes both references. NULL if either is NULL. */
static inline json_t *json_value_joined(json_t *object, json_t *more)
{
	if (!object || !more || json_object_update(object, more) < 0) {
		json_decref(object);
		object = NULL;
	}
	json_decref(more);
	return object;
}

#endif
