/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How fast this machine is, nobody knows: only how the steps for one time compare with those for
 * another is asserted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "readers/live_check.h"

static void no_time_is_no_work(void **state)
{
	(void)state;
	assert_int_equal(work_calibrate(0), 0);
	assert_int_equal(work_calibrate(-1), 0);
	assert_int_equal(work_calibrate(INT64_MIN), 0);
}

static void no_work_can_be_done(void **state)
{
	(void)state;
	work_do(0);
}

static void any_time_is_some_work(void **state)
{
	(void)state;
	assert_true(work_calibrate(1) >= 1);
}

static void more_time_is_more_work(void **state)
{
	uint64_t before = 0;

	(void)state;
	for (int64_t ns = 10; ns <= 1000000; ns *= 10) {
		const uint64_t steps = work_calibrate(ns);

		assert_true(steps > before);
		before = steps;
	}
}

/* The CPU may be four times as fast in one calibration as in the other. */
static void work_is_about_proportional_to_its_time(void **state)
{
	const double few = (double)work_calibrate(10000);
	const double many = (double)work_calibrate(1000000);

	(void)state;
	assert_true(many > 100 / 4.0 * few);
	assert_true(many < 100 * 4.0 * few);
}

/* Longer than anyone will wait, but not more than 64 bits of steps. */
static void a_long_time_does_not_overflow(void **state)
{
	(void)state;
	assert_true(work_calibrate(INT64_C(1000000000)) > work_calibrate(1000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_time_is_no_work),
		cmocka_unit_test(no_work_can_be_done),
		cmocka_unit_test(any_time_is_some_work),
		cmocka_unit_test(more_time_is_more_work),
		cmocka_unit_test(work_is_about_proportional_to_its_time),
		cmocka_unit_test(a_long_time_does_not_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
