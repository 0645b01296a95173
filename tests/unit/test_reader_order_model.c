/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order of a group against random producers that act within its calls and between them. Each
 * reads the clock, reserves later, and submits or discards within the lateness or, if the test says
 * so, after it. A seed determines everything; a failure prints it: RINGVIEW_ORDER_SEED=S
 * build/tests/unit/test_reader_order_model repeats it. RINGVIEW_ORDER_RECORDS=N sets the number of
 * records of each test.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "statistics/random.h"
#include "support/timed.h"
#include "support/virtual_time.h"

#define RINGS_MOST 64
#define RING_SIZE ((size_t)16384)
#define RECORDS 400000
#define LATENESS 100000
#define BUDGET 50000
#define PENDING_MOST 32 /* reserved records of all rings */
#define RECORDS_AT_ONCE 32
#define LATER (4 * LATENESS) /* than the lateness */

struct pending {
	struct timed *record;
	size_t ring;
	int64_t due; /* to be submitted */
};

struct producer {
	uint64_t number; /* of the next record */
	uint64_t time;   /* of the last one */
	uint64_t shown;  /* number of the next record to be shown */
};

static struct play {
	struct memory_ring rings[RINGS_MOST];
	struct ringview *readers[RINGS_MOST];
	bool is_member[RINGS_MOST];
	struct producer producers[RINGS_MOST];
	struct pending pending[PENDING_MOST];
	size_t count;
	struct ringview_group *group;
	struct random_stream random;
	uint64_t seed;
	uint32_t apart;   /* ns between two records of all rings */
	uint32_t late_of; /* one record of this many is later than the lateness; 0: none */

	uint64_t shown, late; /* as the test counts */
	uint64_t time;        /* latest shown, and its ring */
	size_t ring;
} play;

static uint32_t below(uint32_t limit)
{
	return random_below(&play.random, limit);
}

#define require(condition, ...)                                                                   \
	do {                                                                                      \
		if (!(condition)) {                                                               \
			fprintf(stderr, __VA_ARGS__);                                             \
			fail_msg("; record %" PRIu64 "; again with RINGVIEW_ORDER_SEED=%" PRIu64, \
				play.shown, play.seed);                                           \
		}                                                                                 \
	} while (0)

/* Producers. */

static void commit(struct pending *p)
{
	struct memory_ring *ring = &play.rings[p->ring];

	if (p->record->number == UINT64_MAX)
		memory_ring_discard(ring, p->record, 0);
	else
		memory_ring_submit(ring, p->record, 0);
	p->record = NULL;
}

static void commit_due(int64_t now)
{
	for (size_t i = 0; i < PENDING_MOST; i++)
		if (play.pending[i].record && play.pending[i].due <= now)
			commit(&play.pending[i]);
}

static void produce(int64_t now)
{
	const size_t ring = below((uint32_t)play.count);
	struct producer *producer = &play.producers[ring];
	struct pending *p = &play.pending[below(PENDING_MOST)];
	uint64_t time = (uint64_t)now - below(LATENESS / 2);
	struct timed *record;

	if (p->record)
		return;
	if (time < producer->time)
		time = producer->time;
	record = reserve_timed(&play.rings[ring], ring, producer->number, time);
	if (!record)
		return;
	producer->time = time;
	*p = (struct pending){ record, ring, now };
	if (below(10) == 0)
		record->number = UINT64_MAX;
	else
		producer->number++;
	if (below(2))
		p->due += below((uint32_t)((uint64_t)LATENESS - ((uint64_t)now - time)));
	if (play.late_of && below(play.late_of) == 0)
		p->due += LATER;
	if (p->due <= now)
		commit(p);
}

static int64_t happen(void *context, int64_t now)
{
	const uint32_t records = 1 + below(RECORDS_AT_ONCE);
	int64_t next = now + 1 + below(2 * play.apart * records);

	(void)context;
	commit_due(now);
	for (uint32_t i = 0; i < records; i++)
		produce(now);
	for (size_t i = 0; i < PENDING_MOST; i++)
		if (play.pending[i].record && play.pending[i].due < next)
			next = play.pending[i].due;
	return next;
}

/* The reader. */

static void check(const struct ringview_record *record, const struct ringview *rv)
{
	const struct timed *t = record->data;
	struct producer *producer;

	require(record->length == sizeof(*t) && t->ring < play.count, "%u bytes of ring %" PRIu64,
		record->length, t->ring);
	producer = &play.producers[t->ring];
	require(rv == play.readers[t->ring], "another reader than that of ring %" PRIu64, t->ring);
	require(t->number == producer->shown,
		"record %" PRIu64 " of ring %" PRIu64 " is not %" PRIu64, t->number, t->ring,
		producer->shown);
	producer->shown++;
	require(t->time + LATENESS <= (uint64_t)virtual_now(), "too early by %" PRIu64 " ns",
		t->time + LATENESS - (uint64_t)virtual_now());
	if (t->time < play.time || (t->time == play.time && t->ring < play.ring)) {
		play.late += t->time < play.time;
		require(play.late_of, "%" PRIu64 " ns out of order", play.time - t->time);
	} else {
		play.time = t->time;
		play.ring = t->ring;
	}
	play.shown++;
}

static void check_late(void)
{
	uint64_t late = 0;

	for (size_t i = 0; i < play.count; i++) {
		struct ringview_statistics statistics;

		ringview_get_statistics(play.readers[i], &statistics);
		late += statistics.late;
	}
	require(late == play.late, "%" PRIu64 " are counted as late, %" PRIu64 " were", late,
		play.late);
}

/* Shows all that is ready, or a part. */
static void read_some(void)
{
	const uint32_t most = below(8) ? UINT32_MAX : below(50);
	struct ringview_record record;
	struct ringview *rv;

	for (uint32_t i = 0; i < most && ringview_group_peek_ordered(play.group, &record, &rv) > 0;
		i++) {
		check(&record, rv);
		if (below(64) == 0)
			virtual_time_pass(below(LATENESS / 4));
		if (below(64) == 0)
			ringview_release(rv);
	}
}

static void change_members(void)
{
	const size_t i = below((uint32_t)play.count);

	if (play.is_member[i])
		assert_int_equal(ringview_group_remove(play.group, play.readers[i]), 0);
	else
		assert_int_equal(ringview_group_add(play.group, play.readers[i]), 0);
	play.is_member[i] = !play.is_member[i];
}

static uint64_t wanted(const char *name, uint64_t otherwise)
{
	const char *value = getenv(name);

	return value ? strtoull(value, NULL, 0) : otherwise;
}

static void play_with(enum ringview_wait_strategy strategy, size_t count, uint32_t apart,
	uint32_t late_of, bool changes, bool passes)
{
	const struct ringview_order order = timed_order(LATENESS);
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	const uint64_t most = wanted("RINGVIEW_ORDER_RECORDS", RECORDS);

	memset(&play, 0, sizeof(play));
	play.random.state = play.seed = wanted("RINGVIEW_ORDER_SEED", 1);
	play.count = count;
	play.apart = apart;
	play.late_of = late_of;
	options.wait = strategy;
	options.latency_budget_ns = BUDGET;
	options.timer_slack_ns = 1;
	assert_int_equal(ringview_group_open(&play.group, &options), 0);
	assert_int_equal(ringview_group_set_order(play.group, &order), 0);
	for (size_t i = 0; i < count; i++) {
		struct ringview_memory memory;

		assert_int_equal(memory_ring_open(&play.rings[i], RING_SIZE), 0);
		memory = memory_ring_view(&play.rings[i]);
		assert_int_equal(ringview_open_memory(&play.readers[i], &memory, NULL), 0);
		assert_int_equal(ringview_group_add(play.group, play.readers[i]), 0);
		play.is_member[i] = true;
	}
	virtual_time_begin(happen, NULL, VIRTUAL_START);
	while (play.shown < most && passes) {
		virtual_time_pass(below(LATENESS));
		read_some();
		for (size_t i = 0; i < count; i++)
			ringview_release(play.readers[i]);
	}
	while (play.shown < most) {
		const int64_t timeout = below(8) ? below(2 * LATENESS) : 0;

		ringview_group_wait(play.group, timeout);
		read_some();
		if (below(4) == 0)
			read_some();
		if (changes && below(20) == 0)
			change_members();
	}
	check_late();
	if (late_of)
		assert_true(play.late > 0);
	else
		assert_int_equal(play.late, 0);
	virtual_time_end();
	print_message("%zu rings: %" PRIu64 " records shown, %" PRIu64 " out of order\n", count,
		play.shown, play.late);
	for (size_t i = 0; i < count; i++) {
		ringview_close(play.readers[i]);
		memory_ring_close(&play.rings[i]);
	}
	ringview_group_close(play.group);
}

static void none_is_out_of_order_of_64_rings(void **state)
{
	(void)state;
	play_with(RINGVIEW_WAIT_PACED, 64, 100, 0, false, false);
}

/* Passes that peek begins. */
static void none_is_out_of_order_without_a_wait(void **state)
{
	(void)state;
	play_with(RINGVIEW_WAIT_EVENT, 64, 100, 0, false, true);
}

static void none_is_out_of_order_with_event(void **state)
{
	(void)state;
	play_with(RINGVIEW_WAIT_EVENT, 9, 300, 0, false, false);
}

static void none_is_out_of_order_with_busy(void **state)
{
	(void)state;
	play_with(RINGVIEW_WAIT_BUSY, 3, 500, 0, false, false);
}

/* Rings that are empty most of the time. */
static void none_is_out_of_order_of_slow_rings(void **state)
{
	(void)state;
	play_with(RINGVIEW_WAIT_PACED, 33, 20000, 0, false, false);
}

/* Rings that are full most of the time. */
static void none_is_out_of_order_of_flooded_rings(void **state)
{
	(void)state;
	play_with(RINGVIEW_WAIT_PACED, 2, 40, 0, false, false);
}

static void those_that_are_late_are_counted(void **state)
{
	(void)state;
	play_with(RINGVIEW_WAIT_PACED, 64, 100, 1000, false, false);
}

/* Records of a ring that was out of the group may be late. */
static void members_come_and_go(void **state)
{
	(void)state;
	play_with(RINGVIEW_WAIT_EVENT, 12, 300, 1000, true, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(none_is_out_of_order_of_64_rings),
		cmocka_unit_test(none_is_out_of_order_without_a_wait),
		cmocka_unit_test(none_is_out_of_order_with_event),
		cmocka_unit_test(none_is_out_of_order_with_busy),
		cmocka_unit_test(none_is_out_of_order_of_slow_rings),
		cmocka_unit_test(none_is_out_of_order_of_flooded_rings),
		cmocka_unit_test(those_that_are_late_are_counted),
		cmocka_unit_test(members_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
