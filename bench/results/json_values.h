/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_JSON_VALUES_H
#define BENCH_JSON_VALUES_H

#include <jansson.h>
#include <math.h>

/* JSON has no infinity: what is not a number is null. */
static inline json_t *json_value_real(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

/* @object with the members of @more at its end. Takes both references; NULL if either is. */
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
