/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings of the kernel, written by a BPF program: waiting with each strategy, alone and in a group,
 * and that no wakeup is lost. Needs CAP_BPF and CAP_NET_ADMIN.
 */
#include <pthread.h>

#include "support/handover.h"
#include "support/kernel_ring.h"
#include "support/skipping.h"
#include "support/sleeper.h"

#define MS INT64_C(1000000)
#define US INT64_C(1000)
#define STRIDE 16 /* of a record of 8 bytes */

static struct ringview_options options_of(enum ringview_wait_strategy strategy)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;

	options.wait = strategy;
	return options;
}

static struct kernel *waiting(void **state, enum ringview_wait_strategy strategy)
{
	const struct ringview_options options = options_of(strategy);
	struct kernel *k = available(state);

	kernel_reopen_with(k, &options);
	return k;
}

/* PACED. */

static void a_paced_reader_finds_records_without_wakeup(void **state)
{
	struct kernel *k = waiting(state, RINGVIEW_WAIT_PACED);
	uint64_t i;

	for (i = 0; i < 100; i++) {
		submit(k, 8, BPF_RB_NO_WAKEUP);
		assert_int_equal(ringview_wait(k->rv, -1), 1);
		assert_record(k, i, 8);
	}
	assert_int_equal(statistics(k).wakeups, 0);
}

static void a_notification_ends_the_silence_of_a_paced_reader(void **state)
{
	struct ringview_options options = options_of(RINGVIEW_WAIT_PACED);
	struct kernel *k = available(state);
	struct sleeper s;

	options.always_notified = 1;
	kernel_reopen_with(k, &options);
	sleeper_start(&s, k->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	submit(k, 8, 0);
	assert_int_equal(sleeper_join(&s), 1);
	assert_int_equal(statistics(k).sleeps, 1);
	assert_int_equal(statistics(k).wakeups, 1);
	assert_record(k, 0, 8);
}

static void a_paced_reader_rests_at_the_end_of_what_it_found(void **state)
{
	struct kernel *k = waiting(state, RINGVIEW_WAIT_PACED);

	submit(k, 8, 0);
	assert_int_equal(ringview_wait(k->rv, -1), 1);
	submit(k, 8, 0);
	assert_record(k, 0, 8);
	assert_no_record(k);
	assert_record(k, 1, 8);
}

/* BUSY, and what PACED has in common with it. */

static void read_one(struct kernel *k, uint64_t number)
{
	submit(k, 8, 0);
	assert_int_equal(ringview_wait(k->rv, -1), 1);
	assert_record(k, number, 8);
	assert_no_record(k);
	ringview_release(k->rv);
	assert_no_record(k);
}

static void no_record_notifies_while(void **state, enum ringview_wait_strategy strategy)
{
	struct ringview_options options = options_of(strategy);
	struct kernel *k = available(state);
	uint64_t i;

	options.linger_ns = INT64_MAX;
	kernel_reopen_with(k, &options);
	read_one(k, 0);
	assert_true(notified(k, 0));
	for (i = 1; i < 1000; i++)
		read_one(k, i);
	assert_false(notified(k, 0));
	/* Nor after a time-out, only when the reader arms. */
	assert_int_equal(ringview_wait(k->rv, 0), 0);
	read_one(k, i);
	assert_false(notified(k, 0));
	assert_int_equal(ringview_arm(k->rv), 0);
	read_one(k, i + 1);
	assert_true(notified(k, 0));
}

static void no_record_notifies_while_a_busy_reader_holds_one_back(void **state)
{
	no_record_notifies_while(state, RINGVIEW_WAIT_BUSY);
}

static void no_record_notifies_while_a_paced_reader_holds_one_back(void **state)
{
	no_record_notifies_while(state, RINGVIEW_WAIT_PACED);
}

static void closing_a_busy_reader_gives_the_last_record_back(void **state)
{
	struct kernel *k = waiting(state, RINGVIEW_WAIT_BUSY);

	read_one(k, 0);
	read_one(k, 1);
	submit(k, 8, 0);
	kernel_reopen_with(k, NULL);
	assert_record(k, 2, 8);
	assert_no_record(k);
}

static void a_busy_reader_finds_a_record(void **state)
{
	struct kernel *k = waiting(state, RINGVIEW_WAIT_BUSY);
	struct sleeper s;

	sleeper_start(&s, k->rv, -1);
	submit(k, 8, 0);
	assert_int_equal(sleeper_join(&s), 1);
	assert_record(k, 0, 8);
	sleeper_start(&s, k->rv, -1);
	ringview_interrupt(k->rv);
	assert_int_equal(sleeper_join(&s), -ECANCELED);
}

/* A stream that is sometimes faster than the reader: all that fitted is read once and in order. */

#define STREAM 200000

struct stream {
	struct kernel *kernel;
	int err;
	bool done;
};

static void *run_stream(void *argument)
{
	struct stream *s = argument;
	struct kernel *k = s->kernel;

	while (!s->err && k->skeleton->bss->number < STREAM)
		s->err = run(k, 8, 0, false, 100);
	__atomic_store_n(&s->done, true, __ATOMIC_RELEASE);
	ringview_interrupt(k->rv);
	return NULL;
}

static void read_stream(struct kernel *k)
{
	struct stream s = { .kernel = k };
	struct ringview_record record;
	bool done = false;
	pthread_t thread;
	uint64_t seen = 0;

	assert_int_equal(pthread_create(&thread, NULL, run_stream, &s), 0);
	while (!done) {
		done = __atomic_load_n(&s.done, __ATOMIC_ACQUIRE);
		if (!done)
			ringview_wait(k->rv, 1000 * MS);
		/* Twice: the first 0 may end a pass. */
		for (int ends = 0; ends < 2; ends++)
			while (ringview_peek(k->rv, &record) > 0)
				assert_payload(record.data, seen++, 8);
		ringview_release(k->rv);
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(s.err, 0);
	assert_int_equal(seen, k->skeleton->bss->number);
}

static void a_stream_is_read_by_an_event_reader(void **state)
{
	read_stream(waiting(state, RINGVIEW_WAIT_EVENT));
}

static void a_stream_is_read_by_a_paced_reader(void **state)
{
	read_stream(waiting(state, RINGVIEW_WAIT_PACED));
}

static void a_stream_is_read_by_a_busy_reader(void **state)
{
	read_stream(waiting(state, RINGVIEW_WAIT_BUSY));
}

/* Groups. */

#define RINGS 4

static struct kernel rings[RINGS];
static struct ringview_group *group;

static int open_rings(void **state)
{
	size_t i;

	memset(rings, 0, sizeof(rings));
	group = NULL;
	*state = &rings[0];
	for (i = 0; i < RINGS; i++)
		if (kernel_ring_open(&rings[i]))
			return -1;
	return 0;
}

static int close_rings(void **state)
{
	size_t i;

	(void)state;
	ringview_group_close(group);
	for (i = 0; i < RINGS; i++)
		kernel_ring_close(&rings[i]);
	return 0;
}

#define grouped(test) cmocka_unit_test_setup_teardown(test, open_rings, close_rings)

static struct kernel *next_turn(void)
{
	struct ringview *rv;
	size_t i = 0;

	if (ringview_group_next(group, &rv) == 0)
		return NULL;
	while (rings[i].rv != rv)
		i++;
	return &rings[i];
}

static void read_group_with(void **state, enum ringview_wait_strategy strategy)
{
	const struct ringview_options options = options_of(strategy);
	/* All but the record that is held back. */
	const uint64_t flood = rings[0].size / STRIDE - 1 - (strategy != RINGVIEW_WAIT_EVENT);
	struct ringview_record record;
	uint64_t number, seen = 0, turns = 0;
	struct kernel *k;
	size_t i;

	available(state);
	assert_int_equal(ringview_group_open(&group, &options), 0);
	for (i = 0; i < RINGS; i++)
		assert_int_equal(ringview_group_add(group, rings[i].rv), 0);
	for (number = 0; number < 100; number++) {
		for (i = 0; i < RINGS; i++) {
			submit(&rings[i], 8, 0);
			assert_int_equal(ringview_group_wait(group, -1), 1);
			assert_ptr_equal(next_turn(), &rings[i]);
			assert_record(&rings[i], number, 8);
			assert_no_record(&rings[i]);
			assert_null(next_turn());
		}
	}
	/* A flooded ring and a quiet one. */
	assert_int_equal(ringview_group_wait(group, 0), 0);
	assert_int_equal(run(&rings[1], 8, 0, false, (int)flood), 0);
	submit(&rings[2], 8, 0);
	assert_int_equal(ringview_group_wait(group, -1), 1);
	while ((k = next_turn())) {
		assert_true(k == &rings[1] || k == &rings[2]);
		if (k == &rings[2]) {
			assert_record(k, number, 8);
			assert_in_range(turns, 0, 1);
			continue;
		}
		turns++;
		while (ringview_peek(k->rv, &record) > 0)
			assert_payload(record.data, 100 + seen++, 8);
	}
	assert_int_equal(seen, flood);
	assert_in_range(turns, 8, 9);
	assert_int_equal(ringview_group_wait(group, MS), 0);
	ringview_group_interrupt(group);
	assert_int_equal(ringview_group_wait(group, -1), -ECANCELED);
}

static void a_group_is_read_by_event(void **state)
{
	read_group_with(state, RINGVIEW_WAIT_EVENT);
}

static void a_group_is_read_paced(void **state)
{
	read_group_with(state, RINGVIEW_WAIT_PACED);
}

static void a_group_is_read_busily(void **state)
{
	read_group_with(state, RINGVIEW_WAIT_BUSY);
}

/* No wakeup is lost. RINGVIEW_SLEEPS sets the number of sleeps. */

static bool put_by_program(void *context, uint64_t number)
{
	struct kernel *k = context;

	(void)number;
	return run(k, HANDOVER_LENGTH, 0, false, 1) == 0 && k->skeleton->bss->failed == 0;
}

static void no_edge_triggered_wakeup_is_lost(void **state)
{
	struct kernel *k = available(state);
	struct handover h = { .put = put_by_program, .context = k, .longest = 4096 };

	hand_over_by_arming(&h, k->rv, k->epoll_fd, handover_sleeps(100000));
}

static void no_edge_triggered_wakeup_of_a_busy_reader_is_lost(void **state)
{
	struct kernel *k = waiting(state, RINGVIEW_WAIT_BUSY);
	struct handover h = { .put = put_by_program, .context = k, .longest = 4096 };

	hand_over_by_arming(&h, k->rv, k->epoll_fd, handover_sleeps(50000));
}

static void wait_with(void **state, enum ringview_wait_strategy strategy, uint64_t longest)
{
	struct ringview_options options = options_of(strategy);
	struct kernel *k = available(state);
	struct handover h = { .put = put_by_program, .context = k, .longest = longest };

	/* Only a notification ends the silence, and silence comes soon, however short the delays
	 * are on a fast processor. */
	options.latency_budget_ns = 5 * US;
	options.linger_ns = 1;
	options.timer_slack_ns = 1;
	options.always_notified = 1;
	kernel_reopen_with(k, &options);
	hand_over_by_waiting(&h, k->rv, strategy != RINGVIEW_WAIT_BUSY, handover_sleeps(20000));
}

static void no_wakeup_of_an_event_wait_is_lost(void **state)
{
	wait_with(state, RINGVIEW_WAIT_EVENT, 4096);
}

static void no_wakeup_of_a_paced_wait_is_lost(void **state)
{
	wait_with(state, RINGVIEW_WAIT_PACED, 65536);
}

static void no_record_of_a_busy_wait_is_lost(void **state)
{
	wait_with(state, RINGVIEW_WAIT_BUSY, 8192);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_kernel(a_paced_reader_finds_records_without_wakeup),
		in_kernel(a_notification_ends_the_silence_of_a_paced_reader),
		in_kernel(a_paced_reader_rests_at_the_end_of_what_it_found),
		in_kernel(no_record_notifies_while_a_busy_reader_holds_one_back),
		in_kernel(no_record_notifies_while_a_paced_reader_holds_one_back),
		in_kernel(closing_a_busy_reader_gives_the_last_record_back),
		in_kernel(a_busy_reader_finds_a_record),
		in_kernel(a_stream_is_read_by_an_event_reader),
		in_kernel(a_stream_is_read_by_a_paced_reader),
		in_kernel(a_stream_is_read_by_a_busy_reader),
		grouped(a_group_is_read_by_event),
		grouped(a_group_is_read_paced),
		grouped(a_group_is_read_busily),
		in_kernel(no_edge_triggered_wakeup_is_lost),
		in_kernel(no_edge_triggered_wakeup_of_a_busy_reader_is_lost),
		in_kernel(no_wakeup_of_an_event_wait_is_lost),
		in_kernel(no_wakeup_of_a_paced_wait_is_lost),
		in_kernel(no_record_of_a_busy_wait_is_lost),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
