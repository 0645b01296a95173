/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What peers may say of reading live, and what they may not.
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

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

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

/* What it answers of so many producers. */
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
		cmocka_unit_test(ready_is_true_and_nothing_else),
		cmocka_unit_test(an_answer_is_read),
		cmocka_unit_test(what_is_not_known_is_null),
		cmocka_unit_test(other_answers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
