/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pieces of a live run's JSON, each a new object or array, for those that put them together.
 */
#ifndef BENCH_LIVE_JSON_H
#define BENCH_LIVE_JSON_H

#include <jansson.h>

#include "live/live_report.h"

json_t *live_json_workload(const struct live_measurement *measurement);
json_t *live_json_result(const struct live_results *results, size_t index);
json_t *live_json_ratio(const struct live_results *results, const struct live_ratio *ratio);
json_t *live_json_noise(const struct live_results *results); /* an array */

#endif
