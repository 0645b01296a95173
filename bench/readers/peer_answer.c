/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "readers/live_check.h"
#include "readers/peers.h"

#define SHOWN_MOST 120 /* bytes of an answer that a complaint quotes */

/* Quotes what a peer wrote in a line for people. */
static char *shown(char text[SHOWN_MOST + 4], const char *said, size_t length)
{
	const size_t count = length < SHOWN_MOST ? length : SHOWN_MOST;

	for (size_t i = 0; i < count; i++)
		text[i] = said[i] < ' ' || said[i] > '~' ? '?' : said[i];
	strcpy(text + count, length > SHOWN_MOST ? "..." : "");
	return text;
}

/* Says in @why that the peer @what ("has to say this"), and what it answered. Returns -EPROTO. */
static int refuse(const json_t *answer, const char *what, struct complaint *why)
{
	char text[SHOWN_MOST + 4];
	char *said = json_dumps(answer, JSON_COMPACT | JSON_ENSURE_ASCII);

	complain(why, -EPROTO, "%s, but answered %s", what,
		shown(text, said ? said : "", said ? strlen(said) : 0));
	free(said);
	return -EPROTO;
}

json_t *peer_answer_parse(const char *line, size_t length, struct complaint *why)
{
	json_auto_t *answer = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
	const json_t *error = json_object_get(answer, "error");
	char text[SHOWN_MOST + 4];

	if (json_is_object(answer) && !error)
		return json_incref(answer);
	if (!error)
		complain(why, -EPROTO, "answered what is no object of JSON: %s",
			shown(text, line, length));
	else if (json_string_length(error) > 0)
		complain(why, -EPROTO, "reports an error: %s",
			shown(text, json_string_value(error), json_string_length(error)));
	else
		refuse(answer, "has to report an error in words", why);
	return NULL;
}

/* A short text, printable and not empty. */
static bool copy_word(char word[PEER_WORD_SIZE], const json_t *value)
{
	const char *text = json_string_value(value);
	const size_t length = json_string_length(value);

	if (!text || length == 0 || length >= PEER_WORD_SIZE)
		return false;
	for (size_t i = 0; i < length; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	memcpy(word, text, length + 1);
	return true;
}

int peer_answer_hello(const json_t *answer, struct peer_hello *hello, struct complaint *why)
{
	const char *const what = "has to say its peer, version, language and paths";
	int protocol = PEER_PROTOCOL;
	json_t *peer, *version, *language, *paths, *path;
	size_t i;

	*hello = (struct peer_hello){ .path_count = 0 };
	if (json_unpack((json_t *)answer, "{s:o, s:o, s:o, s:o, s?i !}", "peer", &peer, "version",
		    &version, "language", &language, "paths", &paths, "protocol", &protocol) < 0 ||
		!copy_word(hello->peer, peer) || !copy_word(hello->version, version) ||
		!copy_word(hello->language, language) || json_array_size(paths) == 0 ||
		json_array_size(paths) > PEER_PATHS_MAX)
		return refuse(answer, what, why);
	json_array_foreach(paths, i, path)
	{
		if (!copy_word(hello->paths[i], path))
			return refuse(answer, what, why);
	}
	if (protocol != PEER_PROTOCOL)
		return complain(why, -EPROTO,
			"speaks version %d of the protocol, and this program %d; build it anew",
			protocol, PEER_PROTOCOL);
	hello->path_count = i;
	return 0;
}

bool peer_hello_has(const struct peer_hello *hello, const char *path)
{
	for (size_t i = 0; i < hello->path_count; i++)
		if (strcmp(hello->paths[i], path) == 0)
			return true;
	return false;
}

/* 64 bits as decimal digits: a number in JSON may have fewer. */
static bool read_decimal(const json_t *value, uint64_t *number)
{
	const char *text = json_string_value(value);

	if (!text || !*text || text[strspn(text, "0123456789")])
		return false;
	errno = 0;
	*number = strtoull(text, NULL, 10);
	return errno == 0;
}

int peer_answer_drain(const json_t *answer, struct reading *r)
{
	json_int_t events, ns;
	json_t *checksum;

	if (json_unpack((json_t *)answer, "{s:I, s:I, s:o !}", "events", &events, "ns", &ns,
		    "checksum", &checksum) < 0 ||
		events < 0 || ns < 0 || !read_decimal(checksum, &r->found.checksum))
		return refuse(answer, "has to say events, ns and checksum", &r->why);
	r->found.events = (uint64_t)events;
	r->own_ns = ns;
	return 0;
}

int peer_answer_ready(const json_t *answer, struct reading *r)
{
	int ready;

	if (json_unpack((json_t *)answer, "{s:b !}", "ready", &ready) < 0 || !ready)
		return refuse(answer, "has to say that it is ready", &r->why);
	return 0;
}

/* A nonnegative integer. */
static bool read_amount(const json_t *value, uint64_t *amount)
{
	const json_int_t number = json_integer_value(value);

	*amount = (uint64_t)number;
	return json_is_integer(value) && number >= 0;
}

/* The same, or null if the peer does not count it. */
static bool read_known_amount(const json_t *value, uint64_t *amount)
{
	*amount = LIVE_UNKNOWN;
	return json_is_null(value) || read_amount(value, amount);
}

/* Two numbers for each producer; sets c->consumed to the sum of the events read. */
static bool read_streams(const json_t *read, const json_t *next, struct live_check *c)
{
	c->consumed = 0;
	for (uint32_t i = 0; i < c->workload->producers; i++) {
		struct consumer_stream *stream = &c->streams[i];

		if (!read_amount(json_array_get(read, i), &stream->read) ||
			!read_amount(json_array_get(next, i), &stream->next) ||
			__builtin_add_overflow(c->consumed, stream->read, &c->consumed))
			return false;
	}
	return json_array_size(read) == c->workload->producers &&
	       json_array_size(next) == c->workload->producers;
}

/* Nonempty buckets in ascending order; the extremes lie in the first and the last one. */
static bool read_latency(
	const json_t *buckets, uint64_t least, uint64_t most, struct histogram *latency)
{
	json_int_t bucket, count, previous = -1;
	json_t *pair;
	size_t i;

	histogram_clear(latency);
	json_array_foreach(buckets, i, pair)
	{
		if (json_unpack(pair, "[I, I!]", &bucket, &count) < 0 || count <= 0 ||
			bucket <= previous || bucket >= HISTOGRAM_BUCKETS ||
			(i == 0 && bucket != histogram_bucket(least)) ||
			__builtin_add_overflow(latency->count, (uint64_t)count, &latency->count))
			return false;
		latency->buckets[bucket] = (uint64_t)count;
		previous = bucket;
	}
	if (latency->count == 0)
		return json_is_array(buckets);
	latency->min = least;
	latency->max = most;
	return least <= most && histogram_bucket(most) == previous;
}

int peer_answer_live(const json_t *answer, struct reading *r)
{
	struct live_check *c = r->live;
	json_t *read, *next, *sleeps, *wakeups, *latency;
	json_int_t consumed, last_ns, cpu_ns, least, most;
	struct histogram values;

	if (json_unpack((json_t *)answer, "{s:I, s:o, s:o, s:I, s:I, s:o, s:o, s:o, s:I, s:I !}",
		    "consumed", &consumed, "read", &read, "next", &next, "last_ns", &last_ns,
		    "cpu_ns", &cpu_ns, "sleeps", &sleeps, "wakeups", &wakeups, "latency", &latency,
		    "latency_max", &most, "latency_min", &least) < 0 ||
		consumed < 0 || last_ns < 0 || cpu_ns < 0 || least < 0 || most < 0 ||
		!read_streams(read, next, c) || !read_known_amount(sleeps, &r->statistics.sleeps) ||
		!read_known_amount(wakeups, &r->statistics.wakeups) ||
		!read_latency(latency, (uint64_t)least, (uint64_t)most, &values))
		return refuse(answer, "has to say what it read, when, and how late", &r->why);
	if (c->consumed != (uint64_t)consumed || values.count > c->consumed)
		return refuse(
			answer, "has to say as many events in all as of each producer", &r->why);
	c->last_ns = last_ns;
	c->cpu_ns = cpu_ns;
	histogram_merge(c->latency, &values);
	return 0;
}
