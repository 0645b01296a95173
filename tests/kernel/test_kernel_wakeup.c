/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rings of the kernel, written by a BPF program: when a reader is woken. Needs CAP_BPF and
 * CAP_NET_ADMIN.
 */
#include "support/kernel_ring.h"
#include "support/skipping.h"
#include "support/sleeper.h"

#define MS INT64_C(1000000)
#define LAST_DITCH_MS 20000 /* ends a sleep that nothing else would end */

static void a_record_ends_a_sleep(void **state)
{
	struct kernel *k = available(state);
	struct sleeper s;

	sleeper_start(&s, k->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	submit(k, 76, 0);
	assert_int_equal(sleeper_join(&s), 1);
	assert_record(k, 0, 76);
}

static void an_interrupt_ends_a_sleep(void **state)
{
	struct kernel *k = available(state);
	struct sleeper s;

	sleeper_start(&s, k->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	ringview_interrupt(k->rv);
	assert_int_equal(sleeper_join(&s), -ECANCELED);
}

/* Retries with longer time-outs until the record comes before the time-out. */
static void a_record_without_wakeup_is_found_after_the_time_out(void **state)
{
	struct kernel *k = available(state);
	int64_t timeout = 20 * MS;
	uint64_t number = 0;
	int found;

	do {
		struct sleeper s;

		sleeper_start(&s, k->rv, timeout);
		if (sleeper_is_asleep(&s))
			submit(k, 8, BPF_RB_NO_WAKEUP);
		found = sleeper_join(&s);
		if (found == 0 && k->skeleton->bss->number > number) {
			assert_record(k, number++, 8);
			ringview_release(k->rv);
		}
		timeout *= 2;
	} while (found == 0 && timeout < 5000 * MS);
	assert_int_equal(found, 1);
	assert_int_equal(statistics(k).wakeups, 0);
	assert_record(k, number, 8);
}

static void a_forced_wakeup_ends_a_sleep_behind_a_record_without(void **state)
{
	struct kernel *k = available(state);
	struct sleeper s;

	sleeper_start(&s, k->rv, -1);
	assert_true(sleeper_is_asleep(&s));
	submit(k, 8, BPF_RB_NO_WAKEUP);
	assert_true(sleeper_is_asleep(&s));
	submit(k, 8, BPF_RB_FORCE_WAKEUP);
	assert_int_equal(sleeper_join(&s), 1);
	assert_record(k, 0, 8);
	assert_record(k, 1, 8);
}

static void a_record_after_arming_notifies(void **state)
{
	struct kernel *k = available(state);
	uint64_t i;

	for (i = 0; i < 5; i++) {
		assert_int_equal(ringview_arm(k->rv), 0);
		submit(k, 8, 0);
		assert_true(notified(k, LAST_DITCH_MS));
		assert_record(k, i, 8);
	}
}

static void a_record_after_arming_over_discards_notifies(void **state)
{
	struct kernel *k = available(state);

	assert_int_equal(run(k, 8, BPF_RB_NO_WAKEUP, true, 3), 0);
	assert_int_equal(ringview_arm(k->rv), 0);
	assert_false(notified(k, 0));
	submit(k, 8, 0);
	assert_true(notified(k, LAST_DITCH_MS));
	assert_record(k, 3, 8);
}

/* As ringview_wait() and ringview_arm() document it. */
static void an_unread_record_silences_all_but_forced_wakeups(void **state)
{
	struct kernel *k = available(state);

	assert_int_equal(ringview_arm(k->rv), 0);
	submit(k, 8, BPF_RB_NO_WAKEUP);
	assert_false(notified(k, 0));
	submit(k, 8, 0);
	assert_false(notified(k, 0));
	submit(k, 8, BPF_RB_FORCE_WAKEUP);
	assert_true(notified(k, LAST_DITCH_MS));
	assert_int_equal(ringview_arm(k->rv), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_kernel(a_record_ends_a_sleep),
		in_kernel(an_interrupt_ends_a_sleep),
		in_kernel(a_record_without_wakeup_is_found_after_the_time_out),
		in_kernel(a_forced_wakeup_ends_a_sleep_behind_a_record_without),
		in_kernel(a_record_after_arming_notifies),
		in_kernel(a_record_after_arming_over_discards_notifies),
		in_kernel(an_unread_record_silences_all_but_forced_wakeups),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
