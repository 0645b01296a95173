/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <math.h>

#include "results/json_values.h"

json_t *json_value_real(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

json_t *json_value_decimal(uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return json_string(text);
}

static json_t *real_if(bool known, double value)
{
	return known ? json_value_real(value) : json_null();
}

json_t *json_value_summary(const struct summary *summary)
{
	const bool valid = summary->valid, interval = summary->has_interval;

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:b}", "median",
		real_if(valid, summary->median), "low", real_if(interval, summary->interval.low),
		"high", real_if(interval, summary->interval.high), "min",
		real_if(valid, summary->min), "max", real_if(valid, summary->max), "mad",
		real_if(valid, summary->deviation), "outliers", (json_int_t)summary->outliers,
		"two_humped", summary->two_humped);
}

json_t *json_value_ratio(const struct ratio *ratio)
{
	return json_pack("{s:o, s:o, s:o, s:s}", "median", real_if(ratio->valid, ratio->median),
		"low", real_if(ratio->has_interval, ratio->interval.low), "high",
		real_if(ratio->has_interval, ratio->interval.high), "verdict",
		verdict_name(ratio->verdict));
}

json_t *json_value_peers(const struct peers *peers)
{
	json_t *array = json_array();

	for (size_t i = 0; i < peers->count; i++) {
		const struct peer *peer = &peers->peers[i];

		if (peer->err == 0)
			json_array_append_new(
				array, json_pack("{s:s, s:s, s:s}", "name", peer_program_name(peer),
					       "version", peer->hello.version, "language",
					       peer->hello.language));
	}
	return array;
}

json_t *json_value_failed_peers(const struct peers *peers)
{
	json_t *array = json_array();

	for (size_t i = 0; i < peers->failure_count; i++) {
		const struct peer_failure *failure = &peers->failures[i];

		json_array_append_new(array, json_pack("{s:s, s:s}", "name", failure->path,
						     "reason", failure->reason.text));
	}
	return array;
}

json_t *json_value_warnings(const struct machine *environment)
{
	static struct machine_warnings warnings;
	json_t *array = json_array();

	machine_warnings(environment, &warnings);
	for (size_t i = 0; i < warnings.count; i++)
		json_array_append_new(array, json_string(warnings.text[i]));
	return array;
}

json_t *json_value_joined(json_t *object, json_t *more)
{
	if (!object || !more || json_object_update(object, more) < 0) {
		json_decref(object);
		object = NULL;
	}
	json_decref(more);
	return object;
}

int json_value_write(FILE *out, json_t *root)
{
	int err;

	if (!root)
		return -ENOMEM;
	err = json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	fputc('\n', out);
	json_decref(root);
	return err && !ferror(out) ? -ENOMEM : 0;
}
