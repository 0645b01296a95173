/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What peers answer (bench/readers/peer_answer.c), one line that may be anything.
 * What is accepted has to be what was said, and what is said of the rest is one line for people.
 */
#include <inttypes.h>
#include <string.h>

#include "demand.h"
#include "readers/live_check.h"
#include "readers/peers.h"

static void check_complaint(const struct complaint *why)
{
	const size_t length = strnlen(why->text, sizeof(why->text));

	demand(length > 0 && length < sizeof(why->text), "a complaint of %zu bytes", length);
	for (size_t i = 0; i < length; i++)
		demand(why->text[i] >= ' ' && why->text[i] <= '~', "a complaint with byte %d",
			why->text[i]);
}

static void check_word(const char word[PEER_WORD_SIZE], const json_t *said)
{
	demand(json_string_length(said) < PEER_WORD_SIZE && word[0] != '\0' &&
			strcmp(word, json_string_value(said)) == 0,
		"a word is another");
	for (; *word; word++)
		demand(*word >= ' ' && *word <= '~', "a word with byte %d", *word);
}

static void check_hello(const json_t *answer)
{
	const json_t *paths = json_object_get(answer, "paths");
	struct peer_hello hello;
	struct complaint why = { "" };

	if (peer_answer_hello(answer, &hello, &why)) {
		check_complaint(&why);
		return;
	}
	check_word(hello.peer, json_object_get(answer, "peer"));
	check_word(hello.version, json_object_get(answer, "version"));
	check_word(hello.language, json_object_get(answer, "language"));
	demand(hello.path_count > 0 && hello.path_count <= PEER_PATHS_MAX &&
			hello.path_count == json_array_size(paths),
		"%zu paths", hello.path_count);
	for (size_t i = 0; i < hello.path_count; i++) {
		check_word(hello.paths[i], json_array_get(paths, i));
		demand(peer_hello_has(&hello, hello.paths[i]), "a path is not found");
	}
	demand(!peer_hello_has(&hello, ""), "a path without a name is found");
}

/* Except leading zeros. */
static void check_decimal(uint64_t number, const char *said)
{
	char text[24];

	while (*said == '0' && said[1] != '\0')
		said++;
	snprintf(text, sizeof(text), "%" PRIu64, number);
	demand(strcmp(text, said) == 0, "\"%s\" is read as %s", said, text);
}

static void check_drain(const json_t *answer)
{
	struct reading r = { .why = { "" } };

	if (peer_answer_drain(answer, &r)) {
		check_complaint(&r.why);
		return;
	}
	demand(r.found.events <= INT64_MAX && r.own_ns >= 0 &&
			(json_int_t)r.found.events ==
				json_integer_value(json_object_get(answer, "events")) &&
			r.own_ns == json_integer_value(json_object_get(answer, "ns")),
		"the numbers are others");
	check_decimal(r.found.checksum, json_string_value(json_object_get(answer, "checksum")));
}

static void check_latency(const struct histogram *latency)
{
	uint64_t count = 0;

	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		count += latency->buckets[i];
	demand(count == latency->count, "%" PRIu64 " latencies are %" PRIu64, count,
		latency->count);
	if (count == 0)
		return;
	for (int percent = 0; percent <= 100; percent += 50) {
		const uint64_t value = histogram_quantile(latency, percent / 100.0);

		demand(value >= latency->min && value <= latency->max, "a latency of %" PRIu64,
			value);
	}
}

static void check_live(const json_t *answer)
{
	static struct histogram latency;
	static struct live_check check;
	const size_t said = json_array_size(json_object_get(answer, "read"));
	const struct workload workload = {
		.producers = said > 0 && said <= LIVE_PRODUCERS_MAX ? (uint32_t)said : 2,
	};
	struct reading r = { .live = &check, .why = { "" } };
	uint64_t sum = 0;

	if (peer_answer_ready(answer, &r))
		check_complaint(&r.why);
	histogram_clear(&latency);
	check = (struct live_check){ .workload = &workload, .latency = &latency };
	if (peer_answer_live(answer, &r)) {
		check_complaint(&r.why);
		return;
	}
	for (uint32_t i = 0; i < workload.producers; i++)
		sum += check.streams[i].read;
	demand(sum == check.consumed && latency.count <= sum && check.last_ns >= 0 &&
			check.cpu_ns >= 0,
		"the numbers do not agree");
	check_latency(&latency);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct complaint why = { "" };
	json_t *answer = peer_answer_parse((const char *)data, size, &why);

	if (!answer) {
		check_complaint(&why);
		return 0;
	}
	demand(json_is_object(answer) && !json_object_get(answer, "error"), "an error is taken");
	check_hello(answer);
	check_drain(answer);
	check_live(answer);
	json_decref(answer);
	return 0;
}
