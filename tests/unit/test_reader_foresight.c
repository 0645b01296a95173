/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the reader learns of a stream: expected lengths, and whether to prefetch cache lines. None
 * of it changes which records are shown (test_reader_walk.c).
 */
#include "reader.h"
#include "statistics/random.h"
#include "support/fixture.h"
#include "support/virtual_time.h"

#define RING_SIZE (1u << 22)

struct stream {
	struct memory_ring ring;
	struct ringview *rv;
	struct random_stream noise;
};

static struct ringview *stream_reader(struct stream *s)
{
	const struct ringview_memory memory = memory_ring_view(&s->ring);
	struct ringview *rv = NULL;

	assert_int_equal(ringview_open_memory(&rv, &memory, NULL), 0);
	return rv;
}

static int stream_open(void **state)
{
	static struct stream s;

	s.noise = (struct random_stream){ 1 };
	if (memory_ring_open(&s.ring, RING_SIZE))
		return -1;
	virtual_time_begin(NULL, NULL, VIRTUAL_NEVER);
	*state = &s;
	s.rv = stream_reader(&s);
	return 0;
}

static int stream_close(void **state)
{
	struct stream *s = *state;

	virtual_time_end();
	ringview_close(s->rv);
	memory_ring_close(&s->ring);
	return 0;
}

static const struct foresight *foresight_of(const struct stream *s)
{
	return &const_reader_of(s->rv)->foresight;
}

/* What the reader prefetches now. */
static enum fetch fetching(const struct stream *s)
{
	return s->rv->expected[0] == UINT32_MAX ? foresight_fetch(foresight_of(s)) : FETCH_NOTHING;
}

static bool is_fetching(const struct stream *s)
{
	return fetching(s) != FETCH_NOTHING;
}

static uint32_t pick(struct stream *s, const uint32_t *lengths, uint32_t count)
{
	return lengths[random_below(&s->noise, count)];
}

/* Puts records of random lengths, @bytes in total. */
static void put_mixed(struct stream *s, const uint32_t *lengths, uint32_t count, uint64_t bytes)
{
	while (bytes > 0) {
		uint32_t length = pick(s, lengths, count);
		void *data = memory_ring_reserve(&s->ring, length);

		assert_non_null(data);
		memory_ring_submit(&s->ring, data, 0);
		bytes -= less(bytes, stride_of(length));
	}
}

/* Reads all records; each takes costs[FETCH_...] ns a byte. */
static void read_at_costs(struct stream *s, const int64_t costs[3])
{
	struct ringview_record record;

	while (ringview_peek(s->rv, &record) > 0) {
		virtual_time_pass((int64_t)stride_of(record.length) * costs[fetching(s)]);
		assert_true((int64_t)(foresight_of(s)->fetched - *s->ring.producer) <= 0);
	}
	ringview_release(s->rv);
}

static void read_all(struct stream *s, int64_t fetching_ns, int64_t otherwise_ns)
{
	read_at_costs(s, (const int64_t[3]){ otherwise_ns, fetching_ns, fetching_ns });
}

static void read_mixed(struct stream *s, const uint32_t *lengths, uint32_t count, uint64_t bytes)
{
	put_mixed(s, lengths, count, bytes);
	read_all(s, 1, 1);
}

static void assert_expects(const struct stream *s, uint32_t first, uint32_t second)
{
	assert_int_equal(s->rv->expected[0], first);
	assert_int_equal(s->rv->expected[1], second);
}

static const uint32_t equal[] = { 24 };
static const uint32_t two[] = { 48, 80 };
static const uint32_t mostly[] = { 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
	1024 };
static const uint32_t mixed[] = { 24, 40, 56, 80, 120, 200, 260, 16, 96 };

static void equal_lengths_are_expected(void **state)
{
	assert_expects(*state, UINT32_MAX, UINT32_MAX);
	read_mixed(*state, equal, COUNT(equal), 4096);
	assert_expects(*state, 24, UINT32_MAX);
}

static void two_lengths_in_turn_are_expected(void **state)
{
	for (int i = 0; i < 20; i++) {
		put_mixed(*state, &two[0], 1, 1);
		put_mixed(*state, &two[1], 1, 1);
	}
	read_all(*state, 1, 1);
	assert_expects(*state, 48, 80);
}

static void a_length_with_exceptions_is_expected(void **state)
{
	struct stream *s = *state;

	read_mixed(s, mostly, COUNT(mostly), 200000);
	assert_true(s->rv->expected[0] == 64 || s->rv->expected[1] == 64);
}

/* The branch predictor is wrong half of the time. */
static void two_lengths_at_random_are_not_expected(void **state)
{
	read_mixed(*state, two, COUNT(two), 4096);
	assert_expects(*state, UINT32_MAX, UINT32_MAX);
}

static void many_lengths_are_not_expected(void **state)
{
	read_mixed(*state, mixed, COUNT(mixed), 4096);
	assert_expects(*state, UINT32_MAX, UINT32_MAX);
}

static void a_stream_that_changes_is_followed(void **state)
{
	struct stream *s = *state;

	for (int i = 0; i < 3; i++) {
		read_mixed(s, equal, COUNT(equal), 300000);
		assert_expects(s, 24, UINT32_MAX);
		read_mixed(s, mixed, COUNT(mixed), 2000000);
		assert_expects(s, UINT32_MAX, UINT32_MAX);
	}
}

static void what_was_learnt_survives_a_restart(void **state)
{
	struct stream *s = *state;

	read_mixed(s, equal, COUNT(equal), 4096);
	assert_int_equal(ringview_restart(s->rv), 0);
	assert_expects(s, 24, UINT32_MAX);
	put_mixed(s, mixed, COUNT(mixed), 4000000);
	read_all(s, 1, 2);
	assert_true(is_fetching(s));
	assert_int_equal(ringview_restart(s->rv), 0);
	put_mixed(s, mixed, COUNT(mixed), 1000);
	read_all(s, 1, 2);
	assert_true(is_fetching(s));
}

static void lines_are_fetched_where_that_is_faster(void **state)
{
	put_mixed(*state, mixed, COUNT(mixed), 4000000);
	read_all(*state, 5, 6);
	assert_true(is_fetching(*state));
}

static void lines_are_not_fetched_where_it_makes_little_difference(void **state)
{
	put_mixed(*state, mixed, COUNT(mixed), 4000000);
	read_all(*state, 9, 10);
	assert_false(is_fetching(*state));
}

static void lines_are_not_fetched_in_the_first_mebibyte(void **state)
{
	struct stream *s = *state;
	struct ringview_record record;

	put_mixed(s, mixed, COUNT(mixed), 4000000);
	while (reader_position(reader_of(s->rv)) < 1048576) {
		assert_int_equal(ringview_peek(s->rv, &record), 1);
		assert_false(is_fetching(s));
	}
}

static void a_choice_that_has_become_wrong_is_taken_back(void **state)
{
	put_mixed(*state, mixed, COUNT(mixed), 4000000);
	read_all(*state, 1, 2);
	assert_true(is_fetching(*state));
	for (int i = 0; i < 2; i++) {
		put_mixed(*state, mixed, COUNT(mixed), 4000000);
		read_all(*state, 2, 1);
	}
	assert_false(is_fetching(*state));
}

/* Whichever it is: the processors differ. */
static void lines_are_fetched_into_the_cache_that_is_faster(void **state)
{
	static const int64_t costs[][3] = { { 9, 2, 6 }, { 9, 6, 2 }, { 9, 2, 9 }, { 9, 9, 2 } };
	struct stream *s = *state;

	for (size_t i = 0; i < COUNT(costs); i++) {
		ringview_close(s->rv);
		s->rv = stream_reader(s);
		for (int j = 0; j < 2; j++) {
			put_mixed(s, mixed, COUNT(mixed), 4000000);
			read_at_costs(s, costs[i]);
		}
		assert_int_equal(fetching(s), costs[i][FETCH_NEAR] == 2 ? FETCH_NEAR : FETCH_FAR);
	}
}

/* The first part takes longer for another reason. */
static void a_disturbance_decides_nothing(void **state)
{
	struct stream *s = *state;
	const struct foresight *f = foresight_of(s);
	struct ringview_record record;
	bool disturbed = false;

	put_mixed(s, mixed, COUNT(mixed), 4000000);
	while (ringview_peek(s->rv, &record) > 0) {
		const bool now = !disturbed && f->part == 0 && f->part_start_ns != 0;

		virtual_time_pass(now ? 100000000 : (int64_t)stride_of(record.length));
		disturbed |= now;
	}
	assert_true(disturbed);
	assert_false(is_fetching(s));
}

/* A poll that finds nothing ends a trial, because the time until the next record is not the
 * reader's. */
static void a_trial_with_a_pause_does_not_count(void **state)
{
	for (int i = 0; i < 100; i++) {
		put_mixed(*state, mixed, COUNT(mixed), 600000);
		read_all(*state, 1, 2);
		assert_int_equal(foresight_of(*state)->chosen, FETCH_NOTHING);
	}
}

#define of_stream(test) cmocka_unit_test_setup_teardown(test, stream_open, stream_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		of_stream(equal_lengths_are_expected),
		of_stream(two_lengths_in_turn_are_expected),
		of_stream(a_length_with_exceptions_is_expected),
		of_stream(two_lengths_at_random_are_not_expected),
		of_stream(many_lengths_are_not_expected),
		of_stream(a_stream_that_changes_is_followed),
		of_stream(what_was_learnt_survives_a_restart),
		of_stream(lines_are_fetched_where_that_is_faster),
		of_stream(lines_are_not_fetched_where_it_makes_little_difference),
		of_stream(lines_are_not_fetched_in_the_first_mebibyte),
		of_stream(a_choice_that_has_become_wrong_is_taken_back),
		of_stream(lines_are_fetched_into_the_cache_that_is_faster),
		of_stream(a_disturbance_decides_nothing),
		of_stream(a_trial_with_a_pause_does_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
