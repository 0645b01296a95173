/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "readers/peer_live.h"

int peer_answer_ready(const json_t *answer, struct complaint *why)
{
	int ready;

	if (json_unpack((json_t *)answer, "{s:b !}", "ready", &ready) < 0 || !ready)
		return peer_answer_refuse(answer, "has to say that it is ready", why);
	return 0;
}

/* A whole number that is not negative. */
static bool read_amount(const json_t *value, uint64_t *amount)
{
	const json_int_t number = json_integer_value(value);

	*amount = (uint64_t)number;
	return json_is_integer(value) && number >= 0;
}

/* One that the peer may not know. */
static bool read_known_amount(const json_t *value, uint64_t *amount)
{
	*amount = LIVE_UNKNOWN;
	return json_is_null(value) || read_amount(value, amount);
}

/* One for each producer; *@sum may be NULL. */
static bool read_amounts(const json_t *array, uint32_t producers, uint64_t *amounts, uint64_t *sum)
{
	if (json_array_size(array) != producers)
		return false;
	for (uint32_t i = 0; i < producers; i++)
		if (!read_amount(json_array_get(array, i), &amounts[i]) ||
			(sum && __builtin_add_overflow(*sum, amounts[i], sum)))
			return false;
	return true;
}

/* Buckets that are not empty, in order, and the extremes in the first and the last of them. */
static bool read_latency(
	const json_t *buckets, uint64_t least, uint64_t most, struct histogram *latency)
{
	const json_t *pair;
	uint64_t bucket, count, previous = 0;
	size_t i;

	histogram_clear(latency);
	json_array_foreach(buckets, i, pair)
	{
		if (json_array_size(pair) != 2 || !read_amount(json_array_get(pair, 0), &bucket) ||
			!read_amount(json_array_get(pair, 1), &count) ||
			bucket >= HISTOGRAM_BUCKETS || count == 0 || (i > 0 && bucket <= previous))
			return false;
		if (i == 0 && histogram_bucket(least) != bucket)
			return false;
		if (__builtin_add_overflow(latency->count, count, &latency->count))
			return false;
		latency->buckets[bucket] = count;
		previous = bucket;
	}
	if (latency->count == 0)
		return json_is_array(buckets);
	latency->min = least;
	latency->max = most;
	return least <= most && histogram_bucket(most) == previous;
}

int peer_answer_live(
	const json_t *answer, uint32_t producers, struct peer_live *live, struct complaint *why)
{
	json_t *read, *next, *sleeps, *wakeups, *latency;
	json_int_t consumed, last_ns, cpu_ns, least, most;
	uint64_t sum = 0;

	if (json_unpack((json_t *)answer, "{s:I, s:o, s:o, s:I, s:I, s:o, s:o, s:o, s:I, s:I !}",
		    "consumed", &consumed, "read", &read, "next", &next, "last_ns", &last_ns,
		    "cpu_ns", &cpu_ns, "sleeps", &sleeps, "wakeups", &wakeups, "latency", &latency,
		    "latency_max", &most, "latency_min", &least) < 0 ||
		consumed < 0 || last_ns < 0 || cpu_ns < 0 || least < 0 || most < 0 ||
		!read_amounts(read, producers, live->read, &sum) ||
		!read_amounts(next, producers, live->next, NULL) ||
		!read_known_amount(sleeps, &live->sleeps) ||
		!read_known_amount(wakeups, &live->wakeups) ||
		!read_latency(latency, (uint64_t)least, (uint64_t)most, &live->latency))
		return peer_answer_refuse(
			answer, "has to say what it read, when, and how late", why);
	live->consumed = (uint64_t)consumed;
	live->last_ns = last_ns;
	live->cpu_ns = cpu_ns;
	if (sum != live->consumed || live->latency.count > live->consumed)
		return peer_answer_refuse(
			answer, "has to say as many events in all as of each producer", why);
	return 0;
}
