/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What peers may say, and what they may not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "readers/live_check.h"
#include "../support/parsed_answer.h"

#define HELLO                                                                  \
	"{\"peer\": \"a\", \"version\": \"v1.2, of b\", \"language\": \"C\", " \
	"\"paths\": [\"a\", \"a-n\"]}"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void assert_refused(const char *text, size_t length, const char *named)
{
	struct complaint why;

	assert_null(peer_answer_parse(text, length, &why));
	assert_null(strpbrk(why.text, "\n\r\x1b"));
	if (!strstr(why.text, named))
		fail_msg("\"%s\" does not say %s", why.text, named);
}

static void what_is_no_object_is_refused(void **state)
{
	static const char *const texts[] = { "", " ", "nonsense", "[]", "[1]", "1", "\"text\"",
		"null", "{", "{\"a\": 1", "{\"a\": 1} {}", "{\"a\": 1}x", "{\"a\": 1, \"a\": 2}",
		"{'a': 1}", "{\"a\": NaN}", "{\"a\": \"\xff\"}" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_refused(texts[i], strlen(texts[i]), "no object of JSON");
	assert_refused("{}\0{}", 5, "no object of JSON");
}

static void what_is_shown_of_nonsense_is_one_short_line(void **state)
{
	char text[4096];
	struct complaint why;

	(void)state;
	memset(text, '\n', sizeof(text));
	assert_null(peer_answer_parse(text, sizeof(text), &why));
	assert_true(strlen(why.text) < 200);
	assert_refused("\x1b[2J\r\n", 6, "?[2J??");
}

static void an_error_is_told(void **state)
{
	static const char said[] = "{\"error\": \"cannot\\nopen\"}";
	static const char other[] = "{\"error\": 5}";

	(void)state;
	assert_refused(said, sizeof(said) - 1, "reports an error: cannot?open");
	assert_refused(other, sizeof(other) - 1, "in words");
}

static void a_hello_is_read(void **state)
{
	struct peer_hello hello;
	struct complaint why;
	json_t *answer = parsed(HELLO);

	(void)state;
	assert_int_equal(peer_answer_hello(answer, &hello, &why), 0);
	assert_string_equal(hello.peer, "a");
	assert_string_equal(hello.version, "v1.2, of b");
	assert_string_equal(hello.language, "C");
	assert_int_equal(hello.path_count, 2);
	assert_true(peer_hello_has(&hello, "a"));
	assert_true(peer_hello_has(&hello, "a-n"));
	assert_false(peer_hello_has(&hello, "a-"));
	json_decref(answer);
}

#define LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void other_hellos_are_refused(void **state)
{
	static const char *const texts[] = {
		"{}",
		"{\"peer\": \"a\", \"version\": \"1\", \"language\": \"C\"}",
		"{\"version\": \"1\", \"language\": \"C\", \"paths\": [\"a\"]}",
		"{\"peer\": 1, \"version\": \"1\", \"language\": \"C\", \"paths\": [\"a\"]}",
		"{\"peer\": \"a\", \"version\": 1, \"language\": \"C\", \"paths\": [\"a\"]}",
		"{\"peer\": \"a\", \"version\": \"\", \"language\": \"C\", \"paths\": [\"a\"]}",
		"{\"peer\": \"a\", \"version\": null, \"language\": \"C\", \"paths\": [\"a\"]}",
		"{\"peer\": \"a\", \"version\": \"1\\n\", \"language\": \"C\", \"paths\": [\"a\"]}",
		"{\"peer\": \"" LONG
		"\", \"version\": \"1\", \"language\": \"C\", \"paths\": [\"a\"]}",
		"{\"peer\": \"a\", \"version\": \"1\", \"language\": \"C\", \"paths\": []}",
		"{\"peer\": \"a\", \"version\": \"1\", \"language\": \"C\", \"paths\": [\"a\"], \"protocol\": \"1\"}",
		"{\"peer\": \"a\", \"version\": \"1\", \"language\": \"C\", \"paths\": \"a\"}",
		"{\"peer\": \"a\", \"version\": \"1\", \"language\": \"C\", \"paths\": [1]}",
		"{\"peer\": \"a\", \"version\": \"1\", \"language\": \"C\", \"paths\": [\"1\", "
		"\"2\", "
		"\"3\", \"4\", \"5\", \"6\", \"7\", \"8\", \"9\"]}",
		"{\"peer\": \"a\", \"version\": \"1\", \"language\": \"C\", \"paths\": [\"a\"], "
		"\"more\": 1}",
	};
	struct peer_hello hello;
	struct complaint why;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		json_t *answer = parsed(texts[i]);

		if (peer_answer_hello(answer, &hello, &why) != -EPROTO)
			fail_msg("taken: %s", texts[i]);
		assert_non_null(strstr(why.text, "has to say its peer"));
		json_decref(answer);
	}
}

/* One that says nothing of it speaks the first. */
static void another_version_of_the_protocol_is_refused(void **state)
{
	json_t *answer = parsed("{\"peer\": \"a\", \"version\": \"1\", \"language\": \"C\", "
				"\"paths\": [\"a\"], \"protocol\": 2}");
	struct peer_hello hello;
	struct complaint why;

	(void)state;
	assert_int_equal(peer_answer_hello(answer, &hello, &why), -EPROTO);
	assert_string_equal(
		why.text, "speaks version 2 of the protocol, and this program 1; build it anew");
	json_object_set_new(answer, "protocol", json_integer(PEER_PROTOCOL));
	assert_int_equal(peer_answer_hello(answer, &hello, &why), 0);
	json_decref(answer);
}

static void assert_drain(const char *text, uint64_t events, int64_t ns, uint64_t checksum)
{
	struct reading r;
	json_t *answer = parsed(text);

	assert_int_equal(peer_answer_drain(answer, &r), 0);
	assert_int_equal(r.found.events, events);
	assert_int_equal(r.own_ns, ns);
	assert_int_equal(r.found.checksum, checksum);
	json_decref(answer);
}

static void an_answer_to_drain_is_read(void **state)
{
	(void)state;
	assert_drain("{\"events\": 1999999, \"ns\": 15384601, \"checksum\": "
		     "\"13929935402925818438\"}",
		1999999, 15384601, UINT64_C(13929935402925818438));
	assert_drain("{\"checksum\": \"0\", \"ns\": 0, \"events\": 0}", 0, 0, 0);
	assert_drain("{\"events\": 1, \"ns\": 1, \"checksum\": \"18446744073709551615\"}", 1, 1,
		UINT64_MAX);
}

static void other_answers_to_drain_are_refused(void **state)
{
	static const char *const texts[] = {
		"{}",
		"{\"events\": 1, \"ns\": 1}",
		"{\"events\": 1, \"checksum\": \"1\"}",
		"{\"ns\": 1, \"checksum\": \"1\"}",
		"{\"events\": -1, \"ns\": 1, \"checksum\": \"1\"}",
		"{\"events\": 1, \"ns\": -1, \"checksum\": \"1\"}",
		"{\"events\": 1.0, \"ns\": 1, \"checksum\": \"1\"}",
		"{\"events\": 1, \"ns\": 1e3, \"checksum\": \"1\"}",
		"{\"events\": \"1\", \"ns\": 1, \"checksum\": \"1\"}",
		"{\"events\": 1, \"ns\": 1, \"checksum\": 1}",
		"{\"events\": 1, \"ns\": 1, \"checksum\": \"\"}",
		"{\"events\": 1, \"ns\": 1, \"checksum\": \"-1\"}",
		"{\"events\": 1, \"ns\": 1, \"checksum\": \" 1\"}",
		"{\"events\": 1, \"ns\": 1, \"checksum\": \"1x\"}",
		"{\"events\": 1, \"ns\": 1, \"checksum\": \"0x1\"}",
		"{\"events\": 1, \"ns\": 1, \"checksum\": \"18446744073709551616\"}",
		"{\"events\": 1, \"ns\": 1, \"checksum\": \"99999999999999999999999\"}",
		"{\"events\": 1, \"ns\": 1, \"checksum\": \"1\", \"more\": 1}",
	};
	struct reading r;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		json_t *answer = parsed(texts[i]);

		if (peer_answer_drain(answer, &r) != -EPROTO)
			fail_msg("taken: %s", texts[i]);
		assert_non_null(strstr(r.why.text, "has to say events"));
		json_decref(answer);
	}
}

static int ready(const char *text)
{
	struct reading r;
	json_t *answer = parsed(text);
	int err = peer_answer_ready(answer, &r);

	json_decref(answer);
	return err;
}

static void ready_is_true_and_nothing_else(void **state)
{
	static const char *const texts[] = { "{}", "{\"ready\": false}", "{\"ready\": 1}",
		"{\"ready\": \"true\"}", "{\"ready\": true, \"more\": 1}", "{\"red\": true}" };

	(void)state;
	assert_int_equal(ready("{\"ready\": true}"), 0);
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_int_equal(ready(texts[i]), -EPROTO);
}

/* An answer of two producers, with these parts. */
#define ANSWER(consumed, read, next, times, sleeps, latency)                                      \
	"{\"consumed\": " consumed ", \"read\": " read ", \"next\": " next ", " times ", " sleeps \
	", " latency "}"

#define TIMES "\"last_ns\": 77, \"cpu_ns\": 5"
#define SLEEPS "\"sleeps\": 3, \"wakeups\": 2"
#define LATENCY "\"latency\": [[17, 3], [70, 1]], \"latency_max\": 70, \"latency_min\": 17"

static struct workload workload;
static struct histogram latency;
static struct live_check check = { .workload = &workload, .latency = &latency };
static struct reading r = { .live = &check };

/* Reads @answer as that of a peer in live with @producers producers. */
static int live(const json_t *answer, uint32_t producers)
{
	workload.producers = producers;
	histogram_clear(&latency);
	return peer_answer_live(answer, &r);
}

static void an_answer_is_read(void **state)
{
	json_t *answer = parsed(ANSWER("5", "[2, 3]", "[9, 4]", TIMES, SLEEPS, LATENCY));

	(void)state;
	assert_int_equal(live(answer, 2), 0);
	assert_int_equal(check.consumed, 5);
	assert_int_equal(check.streams[1].read, 3);
	assert_int_equal(check.streams[0].next, 9);
	assert_int_equal(check.last_ns, 77);
	assert_int_equal(check.cpu_ns, 5);
	assert_int_equal(r.statistics.sleeps, 3);
	assert_int_equal(r.statistics.wakeups, 2);
	assert_int_equal(latency.count, 4);
	assert_int_equal(latency.buckets[17], 3);
	assert_int_equal(histogram_quantile(&latency, 1), 70);
	assert_int_equal(latency.min, 17);
	/* One for each producer: not more, not fewer. */
	assert_int_equal(live(answer, 1), -EPROTO);
	assert_int_equal(live(answer, 3), -EPROTO);
	json_decref(answer);
}

static void what_is_not_known_is_null(void **state)
{
	json_t *answer = parsed(ANSWER("0", "[0, 0]", "[0, 0]", "\"last_ns\": 0, \"cpu_ns\": 0",
		"\"sleeps\": null, \"wakeups\": null",
		"\"latency\": [], \"latency_max\": 0, \"latency_min\": 0"));

	(void)state;
	assert_int_equal(live(answer, 2), 0);
	assert_true(r.statistics.sleeps == LIVE_UNKNOWN);
	assert_true(r.statistics.wakeups == LIVE_UNKNOWN);
	assert_int_equal(latency.count, 0);
	json_decref(answer);
}

#define GOOD(what) ANSWER("5", "[2, 3]", "[9, 4]", TIMES, SLEEPS, what)

static void other_answers_are_refused(void **state)
{
	static const char *const texts[] = {
		"{}",
		ANSWER("6", "[2, 3]", "[9, 4]", TIMES, SLEEPS, LATENCY),
		ANSWER("-5", "[2, 3]", "[9, 4]", TIMES, SLEEPS, LATENCY),
		ANSWER("5.0", "[2, 3]", "[9, 4]", TIMES, SLEEPS, LATENCY),
		ANSWER("5", "[-1, 6]", "[9, 4]", TIMES, SLEEPS, LATENCY),
		ANSWER("5", "[2, \"3\"]", "[9, 4]", TIMES, SLEEPS, LATENCY),
		ANSWER("5", "[2, 3]", "[9, -4]", TIMES, SLEEPS, LATENCY),
		ANSWER("5", "[2, 3]", "[9]", TIMES, SLEEPS, LATENCY),
		ANSWER("5", "[2, 3]", "{}", TIMES, SLEEPS, LATENCY),
		ANSWER("5", "5", "[9, 4]", TIMES, SLEEPS, LATENCY),
		/* The sum of these is 4, cut to 64 bits. */
		ANSWER("4", "[9223372036854775807, 9223372036854775807, 6]", "[9, 4, 1]", TIMES,
			SLEEPS, LATENCY),
		ANSWER("5", "[2, 3]", "[9, 4]", "\"last_ns\": -1, \"cpu_ns\": 5", SLEEPS, LATENCY),
		ANSWER("5", "[2, 3]", "[9, 4]", "\"last_ns\": 1, \"cpu_ns\": -5", SLEEPS, LATENCY),
		ANSWER("5", "[2, 3]", "[9, 4]", "\"last_ns\": 1", SLEEPS, LATENCY),
		ANSWER("5", "[2, 3]", "[9, 4]", TIMES, "\"sleeps\": -3, \"wakeups\": 2", LATENCY),
		ANSWER("5", "[2, 3]", "[9, 4]", TIMES, "\"sleeps\": 3, \"wakeups\": \"2\"",
			LATENCY),
		ANSWER("5", "[2, 3]", "[9, 4]", TIMES, "\"sleeps\": 3", LATENCY),
		GOOD("\"latency\": {}, \"latency_max\": 0, \"latency_min\": 0"),
		GOOD("\"latency\": [17, 3], \"latency_max\": 17, \"latency_min\": 17"),
		GOOD("\"latency\": [[17]], \"latency_max\": 17, \"latency_min\": 17"),
		GOOD("\"latency\": [[17, 0]], \"latency_max\": 17, \"latency_min\": 17"),
		GOOD("\"latency\": [[17, 6]], \"latency_max\": 17, \"latency_min\": 17"),
		GOOD("\"latency\": [[17, -1]], \"latency_max\": 17, \"latency_min\": 17"),
		GOOD("\"latency\": [[-1, 1]], \"latency_max\": 17, \"latency_min\": 17"),
		GOOD("\"latency\": [[2240, 1]], \"latency_max\": 17, \"latency_min\": 17"),
		GOOD("\"latency\": [[17, 1], [17, 1]], \"latency_max\": 17, \"latency_min\": 17"),
		GOOD("\"latency\": [[17, 1], [9, 1]], \"latency_max\": 9, \"latency_min\": 17"),
		GOOD("\"latency\": [[17, 1]], \"latency_max\": 18, \"latency_min\": 17"),
		GOOD("\"latency\": [[17, 1]], \"latency_max\": 17, \"latency_min\": 16"),
		GOOD("\"latency\": [[17, 1]], \"latency_max\": 17"),
		GOOD(LATENCY ", \"more\": 1"),
	};

	(void)state;
	assert_int_equal(HISTOGRAM_BUCKETS, 2240);
	for (size_t i = 0; i < COUNT(texts); i++) {
		json_t *answer = parsed(texts[i]);
		const uint32_t producers = strstr(texts[i], ", 6]") ? 3 : 2;

		if (live(answer, producers) != -EPROTO)
			fail_msg("taken: %s", texts[i]);
		assert_non_null(strstr(r.why.text, "has to say "));
		json_decref(answer);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_object_is_refused),
		cmocka_unit_test(what_is_shown_of_nonsense_is_one_short_line),
		cmocka_unit_test(an_error_is_told),
		cmocka_unit_test(a_hello_is_read),
		cmocka_unit_test(other_hellos_are_refused),
		cmocka_unit_test(another_version_of_the_protocol_is_refused),
		cmocka_unit_test(an_answer_to_drain_is_read),
		cmocka_unit_test(other_answers_to_drain_are_refused),
		cmocka_unit_test(ready_is_true_and_nothing_else),
		cmocka_unit_test(an_answer_is_read),
		cmocka_unit_test(what_is_not_known_is_null),
		cmocka_unit_test(other_answers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
