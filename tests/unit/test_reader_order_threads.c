/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order of a group of 64 rings with producer threads, in real time. A record is late if its
 * thread was preempted for longer than the lateness. Late records are counted as such, and no other
 * record is out of order. RINGVIEW_ORDER_RECORDS=N sets the number of records.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "clock.h"
#include "statistics/random.h"
#include "support/slowness.h"
#include "support/timed.h"

#define RINGS ((size_t)64)
#define THREADS ((size_t)2)
#define RING_SIZE ((size_t)65536)
#define RECORDS UINT64_C(300000)
#define LATENESS (INT64_C(50) * 1000000)
#define DELAY_MOST 20000 /* ns, on purpose */

struct writer {
	pthread_t thread;
	size_t first; /* of its rings: every so many */
	uint64_t records;
	uint64_t written;
	int64_t delayed_ns; /* the longest time from a timestamp to the submission */
};

static struct memory_ring rings[RINGS];
static struct ringview *readers[RINGS];
static uint64_t numbers[RINGS], shown[RINGS];
static size_t writing;

static int64_t spin(int64_t ns)
{
	const int64_t until = clock_now() + ns;
	int64_t now;

	do
		now = clock_now();
	while (now < until);
	return now;
}

static void *write_records(void *argument)
{
	struct writer *w = argument;
	struct random_stream random = { w->first };

	for (uint64_t i = 0; i < w->records; i++) {
		const size_t ring = w->first + THREADS * random_below(&random, RINGS / THREADS);
		const int64_t time = clock_now();
		struct timed *t;
		int64_t delay;

		if (random_below(&random, 2))
			spin(random_below(&random, DELAY_MOST / 2));
		t = reserve_timed(&rings[ring], ring, numbers[ring], (uint64_t)time);
		if (!t)
			continue;
		if (random_below(&random, 8) == 0)
			spin(random_below(&random, DELAY_MOST / 2));
		numbers[ring]++;
		memory_ring_submit(&rings[ring], t, 0);
		w->written++;
		delay = clock_now() - time;
		if (delay > w->delayed_ns)
			w->delayed_ns = delay;
	}
	__atomic_fetch_sub(&writing, 1, __ATOMIC_RELEASE);
	return NULL;
}

struct found {
	uint64_t records, latest, out_of_order;
};

static void read_pass(struct ringview_group *group, struct found *found)
{
	struct ringview_record record;

	while (ringview_group_peek_ordered(group, &record, NULL) > 0) {
		const struct timed *t = record.data;

		assert_int_equal(t->number, shown[t->ring]++);
		if (t->time < found->latest)
			found->out_of_order++;
		else
			found->latest = t->time;
		found->records++;
	}
}

static void read_all(enum ringview_wait_strategy strategy)
{
	const char *value = getenv("RINGVIEW_ORDER_RECORDS");
	const uint64_t records = value ? strtoull(value, NULL, 0) : RECORDS / slowness();
	const struct ringview_order order = timed_order(LATENESS);
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct writer writers[THREADS] = { { 0 } };
	struct found found = { 0, 0, 0 };
	struct ringview_statistics statistics;
	struct ringview_group *group = NULL;
	uint64_t written = 0;
	int64_t delayed_ns = 0;
	bool done = false;
	size_t i;

	options.wait = strategy;
	assert_int_equal(ringview_group_open(&group, &options), 0);
	assert_int_equal(ringview_group_set_order(group, &order), 0);
	for (i = 0; i < RINGS; i++) {
		struct ringview_memory memory;

		numbers[i] = shown[i] = 0;
		assert_int_equal(memory_ring_open(&rings[i], RING_SIZE), 0);
		memory = memory_ring_view(&rings[i]);
		assert_int_equal(ringview_open_memory(&readers[i], &memory, NULL), 0);
		assert_int_equal(ringview_group_add(group, readers[i]), 0);
	}
	writing = THREADS;
	for (i = 0; i < THREADS; i++) {
		writers[i].first = i;
		writers[i].records = records / THREADS;
		assert_int_equal(
			pthread_create(&writers[i].thread, NULL, write_records, &writers[i]), 0);
	}
	while (!done) {
		/* What is in the rings now is shown after the lateness, at the latest. */
		done = __atomic_load_n(&writing, __ATOMIC_ACQUIRE) == 0;
		while (ringview_group_wait(group, done ? 2 * LATENESS : LATENESS) > 0)
			read_pass(group, &found);
	}
	for (i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(writers[i].thread, NULL), 0);
		written += writers[i].written;
		if (writers[i].delayed_ns > delayed_ns)
			delayed_ns = writers[i].delayed_ns;
	}
	ringview_group_get_statistics(group, &statistics);
	print_message("%" PRIu64 " records shown, %" PRIu64 " out of order; at most %" PRId64
		      " ns from timestamp to submission\n",
		found.records, found.out_of_order, delayed_ns);
	assert_int_equal(found.records, written);
	assert_int_equal(statistics.records, written);
	assert_int_equal(statistics.late, found.out_of_order);
	if (delayed_ns < LATENESS)
		assert_int_equal(found.out_of_order, 0);
	ringview_group_close(group);
	for (i = 0; i < RINGS; i++) {
		ringview_close(readers[i]);
		memory_ring_close(&rings[i]);
	}
}

static void an_event_group_reads_all_in_order(void **state)
{
	(void)state;
	read_all(RINGVIEW_WAIT_EVENT);
}

static void a_paced_group_reads_all_in_order(void **state)
{
	(void)state;
	read_all(RINGVIEW_WAIT_PACED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_group_reads_all_in_order),
		cmocka_unit_test(a_paced_group_reads_all_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
