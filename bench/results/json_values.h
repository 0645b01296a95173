/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the JSON of every command is made of. Each returns a new reference, NULL when out of memory.
 */
#ifndef BENCH_JSON_VALUES_H
#define BENCH_JSON_VALUES_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#include "machine/machine.h"
#include "peers/peers.h"
#include "statistics/ratio.h"
#include "statistics/summary.h"

/* JSON has no infinity: what is not a number is null. */
json_t *json_value_real(double value);

/* For what uses all 64 bits, more than a JSON number keeps in most readers: a decimal string. */
json_t *json_value_decimal(uint64_t value);

/* {median, low, high, min, max, mad, outliers, two_humped}; nulls where there is no such number. */
json_t *json_value_summary(const struct summary *summary);

/* {median, low, high, verdict} */
json_t *json_value_ratio(const struct ratio *ratio);

/* Who the peers of a run are, and which paths of peers failed. */
json_t *json_value_peers(const struct peers *peers);
json_t *json_value_failed_peers(const struct peers *peers);

json_t *json_value_warnings(const struct machine *environment);

/* @object with the members of @more at its end. Takes both references; NULL if either is. */
json_t *json_value_joined(json_t *object, json_t *more);

/* Writes @root and releases it. 0 or -ENOMEM, also when it is NULL; errors of the stream are for
 * the caller to find. */
int json_value_write(FILE *out, json_t *root);

#endif
