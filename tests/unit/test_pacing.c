/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * When RINGVIEW_WAIT_PACED polls again: lib/pacing.c alone, with simulated producers and clocks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pacing.h"
#include "statistics/random.h"

#define US INT64_C(1000)
#define MS INT64_C(1000000)
#define BUDGET (200 * US)
#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define HOUR (3600000 * MS)
#define START (1000 * MS)

/* Returns the time until the next poll, right after the last one. */
static int64_t sleep_of(const struct pacing *p)
{
	return pacing_pause(p, p->looked_ns);
}

static bool is_silent(const struct pacing *p)
{
	return pacing_is_silent(p);
}

/* Polls @ns later and finds @bytes in many records. */
static void look_after(struct pacing *p, int64_t ns, uint64_t bytes, uint64_t size)
{
	pacing_looked(p, bytes, size, false, p->looked_ns + ns);
}

static void start(struct pacing *p)
{
	pacing_start(p, BUDGET, 0, START);
}

/* Polls @looks times, when due, a producer of @rate bytes/ns. Ends silence. */
static void run_steadily(struct pacing *p, double rate, uint64_t size, int looks)
{
	double carried = 0;

	if (is_silent(p))
		look_after(p, 10 * BUDGET, 64, size);
	while (looks-- > 0) {
		const int64_t ns = sleep_of(p);
		uint64_t bytes;

		carried += rate * (double)ns;
		bytes = (uint64_t)carried;
		carried -= (double)bytes;
		look_after(p, ns, bytes, size);
	}
}

static void it_begins_in_silence(void **state)
{
	struct pacing p;

	(void)state;
	start(&p);
	assert_true(is_silent(&p));
}

static void the_first_find_ends_silence(void **state)
{
	struct pacing p;

	(void)state;
	start(&p);
	look_after(&p, HOUR, 64, MIB);
	assert_false(is_silent(&p));
	assert_in_range(sleep_of(&p), 1, BUDGET);
}

/* The worst case: a burst that has just begun fills the ring at the highest rate. */
static void the_first_sleep_after_silence_is_bounded_by_the_fastest_producer(void **state)
{
	const uint64_t sizes[] = { 4 * KIB, 64 * KIB, MIB };
	struct pacing p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		start(&p);
		look_after(&p, HOUR, 64, sizes[i]);
		assert_int_equal(sleep_of(&p), sizes[i] / PACING_FILL_PART / PACING_FASTEST);
		/* The same after each further silence. */
		run_steadily(&p, 0.01, sizes[i], 100);
		while (!is_silent(&p))
			look_after(&p, BUDGET, 0, sizes[i]);
		look_after(&p, HOUR, 64, sizes[i]);
		assert_int_equal(sleep_of(&p), sizes[i] / PACING_FILL_PART / PACING_FASTEST);
	}
}

static void the_first_sleep_after_silence_is_the_budget_in_a_large_ring(void **state)
{
	struct pacing p;

	(void)state;
	start(&p);
	look_after(&p, HOUR, 64, 16 * MIB);
	assert_int_equal(sleep_of(&p), BUDGET);
}

static void a_slow_stream_is_looked_at_once_in_a_budget(void **state)
{
	struct pacing p;

	(void)state;
	start(&p);
	/* A producer that fills a tenth of the ring per budget. */
	run_steadily(&p, 0.1 * (double)MIB / (double)BUDGET, MIB, 100);
	assert_int_equal(sleep_of(&p), BUDGET);
}

static void a_stream_is_looked_at_when_a_part_of_the_ring_is_full(void **state)
{
	const double fractions[] = { 0.51, 0.75, 1, 3, 10, 100 }; /* of the ring, per budget */
	const uint64_t sizes[] = { 4 * KIB, 256 * KIB, 16 * MIB };
	struct pacing p;
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (k = 0; k < sizeof(fractions) / sizeof(fractions[0]); k++) {
			const double rate = fractions[k] * (double)sizes[i] / (double)BUDGET;
			const int64_t expected =
				(int64_t)((double)BUDGET / PACING_FILL_PART / fractions[k]);

			start(&p);
			run_steadily(&p, rate, sizes[i], 100);
			/* Bytes and nanoseconds are integers: tolerate 1 of 1024. */
			assert_in_range(sleep_of(&p), expected - expected / 500 - 2,
				expected + expected / 500 + 2);
		}
	}
}

static void a_burst_shortens_the_next_sleep_at_once(void **state)
{
	struct pacing p;

	(void)state;
	start(&p);
	run_steadily(&p, 0.01, MIB, 100);
	assert_int_equal(sleep_of(&p), BUDGET);
	/* Half of the allowed part in 50 us. */
	look_after(&p, 50 * US, MIB / PACING_FILL_PART / 2, MIB);
	assert_int_equal(sleep_of(&p), 100 * US);
	look_after(&p, 50 * US, MIB / PACING_FILL_PART, MIB);
	assert_int_equal(sleep_of(&p), 50 * US);
	look_after(&p, 1 * US, MIB / PACING_FILL_PART, MIB);
	assert_int_equal(sleep_of(&p), 1 * US);
}

static void a_lull_is_believed_half_with_each_look(void **state)
{
	struct pacing p;
	int64_t expected;

	(void)state;
	start(&p);
	run_steadily(&p, 0.01, MIB, 100);
	look_after(&p, US, MIB / PACING_FILL_PART, MIB);
	for (expected = 2 * US; expected < BUDGET; expected *= 2) {
		look_after(&p, US, 64, MIB);
		assert_int_equal(sleep_of(&p), expected);
	}
	look_after(&p, US, 64, MIB);
	assert_int_equal(sleep_of(&p), BUDGET);
}

static void a_lull_is_believed_no_further_than_it_goes(void **state)
{
	struct pacing p;

	(void)state;
	start(&p);
	run_steadily(&p, 0.01, MIB, 100);
	look_after(&p, 10 * US, MIB / PACING_FILL_PART, MIB);
	look_after(&p, 10 * US, 2 * MIB / 3 / PACING_FILL_PART, MIB);
	assert_in_range(sleep_of(&p), 15 * US - 1, 15 * US + 1);
}

static void empty_looks_are_a_lull_and_then_silence(void **state)
{
	struct pacing p;

	(void)state;
	start(&p);
	run_steadily(&p, 0.01, MIB, 100);
	look_after(&p, 10 * US, MIB / PACING_FILL_PART, MIB);
	assert_int_equal(sleep_of(&p), 10 * US);
	look_after(&p, 10 * US, 0, MIB);
	assert_int_equal(sleep_of(&p), 20 * US);
	look_after(&p, 20 * US, 0, MIB);
	assert_int_equal(sleep_of(&p), 40 * US);
	look_after(&p, 40 * US, 0, MIB);
	assert_int_equal(sleep_of(&p), 80 * US);
	look_after(&p, PACING_LINGER_BUDGETS * BUDGET - 70 * US - 1, 0, MIB);
	assert_int_equal(sleep_of(&p), 160 * US);
	look_after(&p, 1, 0, MIB);
	assert_true(is_silent(&p));
	look_after(&p, HOUR, 0, MIB);
	assert_true(is_silent(&p));
}

/* The number of polls, one per budget, after which a stream counts as over. */
static int looks_until_silence(struct pacing *p)
{
	int looks = 0;

	run_steadily(p, 0.01, MIB, 100);
	look_after(p, BUDGET, 64, MIB);
	for (; !is_silent(p) && looks < 100000; looks++)
		look_after(p, sleep_of(p), 0, MIB);
	return looks;
}

static void a_stream_is_over_when_nothing_has_come_for_as_long_as_the_reader_lingers(void **state)
{
	const struct {
		int64_t linger;
		int looks;
	} cases[] = {
		{ 0, PACING_LINGER_BUDGETS },
		{ 1, 1 },
		{ BUDGET, 1 },
		{ BUDGET + 1, 2 },
		{ 50 * BUDGET, 50 },
		{ 1000 * MS, 5000 },
	};
	struct pacing p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		pacing_start(&p, BUDGET, cases[i].linger, START);
		assert_int_equal(looks_until_silence(&p), cases[i].looks);
	}
}

static void a_stream_never_ends_when_the_reader_lingers_for_ever(void **state)
{
	struct pacing p;
	int i;

	(void)state;
	pacing_start(&p, BUDGET, INT64_MAX, START);
	/* Silence lasts until a record comes, even a single one. */
	look_after(&p, HOUR, 0, 16 * MIB);
	assert_true(is_silent(&p));
	pacing_looked(&p, 64, 16 * MIB, true, p.looked_ns + HOUR);
	for (i = 0; i < 1000; i++) {
		assert_false(is_silent(&p));
		look_after(&p, HOUR, 0, 16 * MIB);
		assert_int_equal(sleep_of(&p), BUDGET);
	}
}

/* Silence. */

static int64_t longest_silence(int64_t budget)
{
	return budget > PACING_SILENCE_NS ? budget : PACING_SILENCE_NS;
}

static void silence_is_looked_at_at_times_that_back_off(void **state)
{
	const int64_t budgets[] = { 1, 10 * US, BUDGET, MS, PACING_SILENCE_NS, 1000 * MS };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(budgets) / sizeof(budgets[0]); i++) {
		const int64_t most = longest_silence(budgets[i]);
		int64_t expected = budgets[i];
		struct pacing p;

		pacing_start(&p, budgets[i], 0, START);
		while (expected < most) {
			assert_int_equal(sleep_of(&p), expected);
			look_after(&p, expected, 0, MIB);
			expected *= 2;
		}
		assert_int_equal(sleep_of(&p), most);
		look_after(&p, most, 0, MIB);
		assert_int_equal(sleep_of(&p), most);
	}
}

static void silence_after_a_stream_begins_with_a_budget(void **state)
{
	struct pacing p;

	(void)state;
	start(&p);
	look_after(&p, HOUR, 0, MIB);
	looks_until_silence(&p);
	assert_int_equal(sleep_of(&p), BUDGET);
}

static void a_single_record_in_silence_begins_it_anew(void **state)
{
	struct pacing p;

	(void)state;
	start(&p);
	look_after(&p, HOUR, 0, MIB);
	look_after(&p, HOUR, 0, MIB);
	assert_true(sleep_of(&p) > BUDGET);
	pacing_looked(&p, 64, MIB, true, p.looked_ns + HOUR);
	assert_int_equal(sleep_of(&p), BUDGET);
}

/* Polls by a caller that waits 0 ns, or after notifications of discarded records: they do not make
 * the silence longer. */
static void looks_sooner_than_asked_for_lengthen_no_sleep(void **state)
{
	struct pacing p;
	int i;

	(void)state;
	start(&p);
	for (i = 0; i < 1000; i++)
		look_after(&p, i % 2 ? 1 : BUDGET / 10, 0, MIB);
	assert_int_equal(sleep_of(&p), BUDGET);
	/* The timer slack is subtracted, so the sleep may end early. */
	look_after(&p, BUDGET - 50 * US, 0, MIB);
	assert_int_equal(sleep_of(&p), 2 * BUDGET);
}

/* A record without a notification waits at most as long as the silence before it lasted, or a
 * budget, and at most 50 ms. */
static void a_record_without_notification_waits_as_long_as_the_silence_has_lasted(void **state)
{
	const int64_t lingers[] = { 0, 1, BUDGET, 100 * BUDGET };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lingers) / sizeof(lingers[0]); i++) {
		struct pacing p;
		int64_t stopped;

		pacing_start(&p, BUDGET, lingers[i], START);
		run_steadily(&p, 0.01, MIB, 100);
		stopped = p.looked_ns;
		while (p.looked_ns - stopped < 1000 * MS) {
			const int64_t lasted = p.looked_ns - stopped, ns = sleep_of(&p);

			assert_in_range(ns, 1, longest_silence(BUDGET));
			assert_in_range(ns, 1, lasted > BUDGET ? lasted : BUDGET);
			look_after(&p, ns, 0, MIB);
		}
		assert_int_equal(sleep_of(&p), PACING_SILENCE_NS);
	}
}

/* Long passes. */

static void a_long_pass_is_followed_by_a_look_at_once(void **state)
{
	const int64_t part = BUDGET / PACING_CHASE_PART;
	struct pacing p;

	(void)state;
	start(&p);
	run_steadily(&p, 0.001, MIB, 100);
	assert_int_equal(pacing_pause(&p, p.looked_ns + part), BUDGET);
	assert_int_equal(pacing_pause(&p, p.looked_ns + part + 1), 0);
	assert_int_equal(pacing_pause(&p, p.looked_ns + HOUR), 0);
	/* The poll found nothing, so there was no pass. */
	look_after(&p, HOUR, 0, MIB);
	while (!is_silent(&p))
		look_after(&p, BUDGET, 0, MIB);
	/* In silence there is no deadline to miss. */
	assert_int_equal(pacing_pause(&p, p.looked_ns + HOUR), sleep_of(&p));
}

static void the_time_of_a_short_pass_is_a_part_of_that_in_which_the_ring_fills_up(void **state)
{
	struct pacing p;

	(void)state;
	start(&p);
	run_steadily(&p, 0.01, MIB, 100);
	look_after(&p, 50 * US, MIB / PACING_FILL_PART / 2, MIB);
	assert_int_equal(sleep_of(&p), 100 * US);
	assert_int_equal(pacing_pause(&p, p.looked_ns + 10 * US), 90 * US);
	look_after(&p, 5 * US, MIB / PACING_FILL_PART, MIB);
	assert_true(pacing_pause(&p, p.looked_ns + 5 * US) <= 0);
	assert_true(pacing_pause(&p, p.looked_ns + 6 * US) <= 0);
}

/* The first intervals after silence are shorter than this stream's gaps. */
static void a_stream_in_a_small_ring_is_no_silence(void **state)
{
	struct pacing p;
	int64_t at = START, next_record = START + HOUR;
	int silences = 0, i;

	(void)state;
	start(&p);
	for (i = 0; i < 1000; i++) {
		uint64_t records = 0;

		silences += is_silent(&p);
		at = is_silent(&p) ? next_record : at + sleep_of(&p);
		for (; next_record <= at; next_record += BUDGET / 3)
			records++;
		pacing_looked(&p, records * 24, 4 * KIB, records == 1, at);
	}
	/* The first record is single. */
	assert_in_range(silences, 1, 2);
}

static void a_find_between_empty_looks_is_no_silence(void **state)
{
	struct pacing p;
	int i;

	(void)state;
	start(&p);
	run_steadily(&p, 0.01, MIB, 100);
	for (i = 0; i < 100; i++) {
		look_after(&p, BUDGET, i % PACING_LINGER_BUDGETS == 0 ? 64 : 0, MIB);
		assert_false(is_silent(&p));
	}
}

/* Single records: a poll after @ns finds one. */
static void find_single_after(struct pacing *p, int64_t ns)
{
	pacing_looked(p, 64, MIB, true, p->looked_ns + ns);
}

#define LINGER (PACING_LINGER_BUDGETS * BUDGET)

static void single_records_as_far_apart_as_the_reader_lingers_stay_silent(void **state)
{
	struct pacing p;
	int i;

	(void)state;
	start(&p);
	for (i = 0; i < 10; i++) {
		find_single_after(&p, LINGER + i * US);
		assert_true(is_silent(&p));
	}
}

/* The time since the last found record counts, because in silence the caller polls too. */
static void single_records_stay_silent_whatever_empty_looks_lie_between(void **state)
{
	struct pacing p;
	int i;

	(void)state;
	start(&p);
	for (i = 0; i < 10; i++) {
		look_after(&p, LINGER, 0, MIB);
		assert_true(is_silent(&p));
		find_single_after(&p, BUDGET / 2);
		assert_true(is_silent(&p));
	}
}

static void a_second_single_record_sooner_than_the_reader_lingers_paces(void **state)
{
	struct pacing p;

	(void)state;
	start(&p);
	find_single_after(&p, BUDGET);
	assert_true(is_silent(&p));
	find_single_after(&p, LINGER - 1);
	assert_false(is_silent(&p));
}

static void single_records_stay_silent_when_the_reader_does_not_linger(void **state)
{
	struct pacing p;
	int i;

	(void)state;
	pacing_start(&p, BUDGET, 1, START);
	for (i = 1; i < 100; i++) {
		find_single_after(&p, i);
		assert_true(is_silent(&p));
	}
}

static void two_records_pace_however_late(void **state)
{
	struct pacing p;

	(void)state;
	start(&p);
	find_single_after(&p, BUDGET);
	look_after(&p, HOUR, 64, MIB);
	assert_false(is_silent(&p));
}

static void a_stream_that_becomes_single_records_ends_in_silence(void **state)
{
	struct pacing p;

	(void)state;
	start(&p);
	run_steadily(&p, 0.01, MIB, 100);
	find_single_after(&p, LINGER - 1);
	assert_false(is_silent(&p));
	find_single_after(&p, LINGER);
	assert_true(is_silent(&p));
}

/* Clocks and sizes at their limits. */

static void a_clock_that_does_not_advance_is_a_nanosecond(void **state)
{
	struct pacing p;

	(void)state;
	start(&p);
	run_steadily(&p, 0.01, MIB, 100);
	look_after(&p, 0, 64, MIB);
	assert_int_equal(sleep_of(&p), MIB / PACING_FILL_PART / 64);
	look_after(&p, 0, MIB, MIB);
	assert_int_equal(sleep_of(&p), 1);
}

static void a_clock_that_goes_backwards_is_a_nanosecond(void **state)
{
	struct pacing p;

	(void)state;
	start(&p);
	run_steadily(&p, 0.01, MIB, 100);
	look_after(&p, -MS, 64, MIB);
	assert_int_equal(sleep_of(&p), MIB / PACING_FILL_PART / 64);
}

static void the_largest_ring_and_hours_do_not_overflow(void **state)
{
	struct pacing p;
	int i;

	(void)state;
	pacing_start(&p, 1000 * MS, 0, START);
	for (i = 0; i < 100; i++) {
		look_after(&p, 100 * HOUR, 8, 2 * GIB);
		assert_in_range(sleep_of(&p), 1, 1000 * MS);
	}
	assert_int_equal(sleep_of(&p), 1000 * MS);
	look_after(&p, 1, 2 * GIB, 2 * GIB);
	assert_int_equal(sleep_of(&p), 1);
	look_after(&p, HOUR, 2 * GIB, 2 * GIB);
	assert_int_equal(sleep_of(&p), 2);
}

static void the_first_sleep_in_the_largest_ring_does_not_overflow(void **state)
{
	struct pacing p;

	(void)state;
	pacing_start(&p, 1000 * MS, 0, START);
	look_after(&p, HOUR, 64, 2 * GIB);
	assert_int_equal(sleep_of(&p), 2 * GIB / PACING_FILL_PART / PACING_FASTEST);
}

/* A producer and a reader, simulated. */

static struct random_stream noise;

static uint64_t below(uint64_t limit)
{
	return random_bits(&noise) % limit;
}

struct scene {
	struct pacing pacing;
	uint64_t size;
	int64_t budget;
	int64_t oversleep; /* at most; also the latency of a wakeup by a notification */
	int64_t now;
	uint64_t waiting; /* bytes in the ring */
	unsigned records; /* of them */
	int64_t oldest;   /* when the first of them came */
};

static void look(struct scene *s)
{
	pacing_looked(&s->pacing, s->waiting, s->size, s->records == 1, s->now);
	s->waiting = s->records = 0;
}

static void put_at(struct scene *s, int64_t at, uint64_t bytes)
{
	if (s->records == 0)
		s->oldest = at;
	s->waiting += bytes;
	s->records++;
}

/* Makes the poll that is due before @until, as late as a sleep may end. */
static bool look_before(struct scene *s, int64_t until)
{
	const int64_t late = s->oversleep ? (int64_t)below((uint64_t)s->oversleep + 1) : 0;
	int64_t next = s->pacing.looked_ns + sleep_of(&s->pacing);

	/* The notification. */
	if (is_silent(&s->pacing) && s->records > 0)
		next = s->oldest;
	next += late;
	if (next < s->now)
		next = s->now;
	if (next > until)
		return false;
	s->now = next;
	if (s->records > 0 && s->now - s->oldest > s->budget + s->oversleep)
		fail_msg("an event of %lld ns was looked at at %lld: budget %lld, oversleep %lld",
			(long long)s->oldest, (long long)s->now, (long long)s->budget,
			(long long)s->oversleep);
	look(s);
	return true;
}

static void every_event_is_looked_at_within_the_budget(void **state)
{
	int round;

	(void)state;
	noise.state = 1;
	for (round = 0; round < 400; round++) {
		struct scene s = { .size = (4 * KIB) << below(15), .now = START };
		int64_t at = START, gap = 1;
		int event;

		s.budget = 1 + (int64_t)below(1u << below(31)) % 1000000000;
		s.oversleep = below(2) ? 0 : (int64_t)below(60 * US);
		/* At most 1,000 budgets: each takes a poll. */
		pacing_start(
			&s.pacing, s.budget, (int64_t)(below(2) * below(1000)) * s.budget, START);
		for (event = 0; event < 2000; event++) {
			/* Bursts of random gaps, and silences of up to 1 s between them. */
			if (below(50) == 0)
				gap = (int64_t)1 << below(20);
			at += below(100) == 0 ? (int64_t)below(1ull << below(31)) : gap;
			while (look_before(&s, at - 1))
				;
			if (s.now < at)
				s.now = at;
			put_at(&s, at, 8 + 8 * below(64));
		}
	}
}

/* Returns the bytes that the first poll after @ns of @rate finds. */
static uint64_t fill(double rate, int64_t ns)
{
	return (uint64_t)(rate * (double)ns);
}

static void a_ring_at_a_rate_that_was_seen_is_never_fuller_than_that_part(void **state)
{
	int round;

	(void)state;
	noise.state = 2;
	for (round = 0; round < 1000; round++) {
		const uint64_t size = (4 * KIB) << below(20);
		const double rate = PACING_FASTEST / (double)(1 + below(1u << below(16)));
		const int64_t budget = (int64_t)(1 + below(1000 * US));
		struct pacing p;
		int looks;

		pacing_start(&p, budget, 0, START);
		/* Silence ends with the stream's first record. */
		look_after(&p, (int64_t)(1 + below(1000 * US)), 16 + below(64), size);
		for (looks = 0; looks < 200; looks++) {
			const int64_t ns = sleep_of(&p);
			const uint64_t bytes = fill(rate, ns);

			if (is_silent(&p))
				break; /* so slow that polls find nothing */
			assert_in_range(ns, 1, budget);
			/* Bytes are integers: at least a thousandth of what a poll finds. */
			if (bytes > size / PACING_FILL_PART + size / 500 + (uint64_t)rate + 1)
				fail_msg("%llu of %llu bytes after %lld ns of %f bytes each",
					(unsigned long long)bytes, (unsigned long long)size,
					(long long)ns, rate);
			look_after(&p, ns, bytes, size);
		}
	}
}

static void no_ring_overflows_while_the_rate_at_most_doubles(void **state)
{
	int round;

	(void)state;
	noise.state = 3;
	for (round = 0; round < 1000; round++) {
		const uint64_t size = (4 * KIB) << below(20);
		const int64_t budget = (int64_t)(1 + below(1000 * US));
		double rate = PACING_FASTEST / (double)(1 + below(1000));
		struct pacing p;
		int looks;

		pacing_start(&p, budget, 0, START);
		look_after(&p, HOUR, 64, size);
		for (looks = 0; looks < 500; looks++) {
			const int64_t ns = sleep_of(&p);
			uint64_t bytes;

			if (is_silent(&p)) {
				rate = PACING_FASTEST / (double)(1 + below(1000));
				look_after(&p, HOUR, 64, size);
				continue;
			}
			bytes = fill(rate, ns);
			if (bytes > size)
				fail_msg("%llu of %llu bytes after %lld ns of %f bytes each",
					(unsigned long long)bytes, (unsigned long long)size,
					(long long)ns, rate);
			look_after(&p, ns, bytes, size);
			/* Lower rates by any factor; higher ones by less than twice, because bytes
			 * are integers. */
			rate *= below(3) == 0 ? 1 / (double)(1 + below(100))
					      : 1 + (double)below(950) / 1000;
			/* A slow stream: a ring that seemed empty counts as silence. */
			if (rate * (double)sleep_of(&p) < 100)
				rate = 100 / (double)sleep_of(&p);
			if (rate > PACING_FASTEST)
				rate = PACING_FASTEST;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_begins_in_silence),
		cmocka_unit_test(the_first_find_ends_silence),
		cmocka_unit_test(the_first_sleep_after_silence_is_bounded_by_the_fastest_producer),
		cmocka_unit_test(the_first_sleep_after_silence_is_the_budget_in_a_large_ring),
		cmocka_unit_test(a_slow_stream_is_looked_at_once_in_a_budget),
		cmocka_unit_test(a_stream_is_looked_at_when_a_part_of_the_ring_is_full),
		cmocka_unit_test(a_burst_shortens_the_next_sleep_at_once),
		cmocka_unit_test(a_lull_is_believed_half_with_each_look),
		cmocka_unit_test(a_lull_is_believed_no_further_than_it_goes),
		cmocka_unit_test(empty_looks_are_a_lull_and_then_silence),
		cmocka_unit_test(
			a_stream_is_over_when_nothing_has_come_for_as_long_as_the_reader_lingers),
		cmocka_unit_test(a_stream_never_ends_when_the_reader_lingers_for_ever),
		cmocka_unit_test(silence_is_looked_at_at_times_that_back_off),
		cmocka_unit_test(silence_after_a_stream_begins_with_a_budget),
		cmocka_unit_test(a_single_record_in_silence_begins_it_anew),
		cmocka_unit_test(looks_sooner_than_asked_for_lengthen_no_sleep),
		cmocka_unit_test(
			a_record_without_notification_waits_as_long_as_the_silence_has_lasted),
		cmocka_unit_test(a_long_pass_is_followed_by_a_look_at_once),
		cmocka_unit_test(
			the_time_of_a_short_pass_is_a_part_of_that_in_which_the_ring_fills_up),
		cmocka_unit_test(a_stream_in_a_small_ring_is_no_silence),
		cmocka_unit_test(a_find_between_empty_looks_is_no_silence),
		cmocka_unit_test(single_records_as_far_apart_as_the_reader_lingers_stay_silent),
		cmocka_unit_test(single_records_stay_silent_whatever_empty_looks_lie_between),
		cmocka_unit_test(a_second_single_record_sooner_than_the_reader_lingers_paces),
		cmocka_unit_test(single_records_stay_silent_when_the_reader_does_not_linger),
		cmocka_unit_test(two_records_pace_however_late),
		cmocka_unit_test(a_stream_that_becomes_single_records_ends_in_silence),
		cmocka_unit_test(a_clock_that_does_not_advance_is_a_nanosecond),
		cmocka_unit_test(a_clock_that_goes_backwards_is_a_nanosecond),
		cmocka_unit_test(the_largest_ring_and_hours_do_not_overflow),
		cmocka_unit_test(the_first_sleep_in_the_largest_ring_does_not_overflow),
		cmocka_unit_test(every_event_is_looked_at_within_the_budget),
		cmocka_unit_test(a_ring_at_a_rate_that_was_seen_is_never_fuller_than_that_part),
		cmocka_unit_test(no_ring_overflows_while_the_rate_at_most_doubles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
