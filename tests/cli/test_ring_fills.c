/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * As many events as asked for are written and read, whether the ring holds them or not. Sized
 * events have numbers from 0 on, so the sum of the numbers that the last round must have read can
 * be told without reading: the warm-up and all rounds before it have had theirs.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/skipping.h"
#include "support/checks.h"

/* Of 16 bytes, with 8 of header: a ring of 64 KiB holds 65535 / 24. */
#define CAPACITY 2730
#define SIZED "-event", "sized", "-event-size", "16", "-touch", "header", "-format", "json"

static uint64_t sum_of_last_round(uint64_t events, uint64_t rounds)
{
	return events * events * rounds + events * (events - 1) / 2;
}

static void assert_all_read(const char *const *arguments, uint64_t events)
{
	json_t *root = run_json(arguments), *result;
	char checksum[24];
	size_t i;

	snprintf(
		checksum, sizeof(checksum), "%" PRIu64, sum_of_last_round(events, rounds_of(root)));
	json_array_foreach(array_in(root, "results"), i, result)
	{
		assert_int_equal(integer_in(json_array_get(array_in(result, "rounds"), 0), "consumed"), events);
		assert_true(json_is_true(json_object_get(result, "verified")));
		if (strcmp(text_in(result, "path"), "memory") != 0)
			assert_string_equal(text_in(result, "checksum"), checksum);
	}
	assert_true(i >= 3);
	json_decref(root);
}

static void assert_reads(uint64_t events)
{
	char n[24];

	snprintf(n, sizeof(n), "%" PRIu64, events);
	assert_all_read(ARGUMENTS(QUICK, SIZED, "-n", n, "-mode", "copy,view,batch,floor"), events);
}

static void assert_reads_from_the_kernel(uint64_t events)
{
	char n[24];

	need_bpf();
	snprintf(n, sizeof(n), "%" PRIu64, events);
	assert_all_read(ARGUMENTS(QUICK_BPF, SIZED, "-n", n, "-mode", "all"), events);
}

static void one_event_is_read(void **state)
{
	(void)state;
	assert_reads(1);
}

static void one_event_is_read_from_the_kernel(void **state)
{
	(void)state;
	assert_reads_from_the_kernel(1);
}

static void as_many_as_the_ring_holds_are_read(void **state)
{
	(void)state;
	assert_reads(CAPACITY);
}

static void as_many_as_the_kernels_ring_holds_are_read(void **state)
{
	(void)state;
	assert_reads_from_the_kernel(CAPACITY);
}

static void one_more_than_the_ring_holds_is_read(void **state)
{
	(void)state;
	assert_reads(CAPACITY + 1);
}

static void one_more_than_the_kernels_ring_holds_is_read(void **state)
{
	(void)state;
	assert_reads_from_the_kernel(CAPACITY + 1);
}

static void many_rings_full_are_read(void **state)
{
	(void)state;
	assert_reads(10 * CAPACITY + 17);
}

static void many_rings_full_are_read_from_the_kernel(void **state)
{
	(void)state;
	assert_reads_from_the_kernel(10 * CAPACITY + 17);
}

/* 24 divides no power of two: the records wrap in every place there is. */
static void the_smallest_ring_is_read_many_times(void **state)
{
	(void)state;
	assert_all_read(ARGUMENTS(QUICK, SIZED, "-ring-size", "4KiB", "-n", "20000", "-mode",
				"copy,view,batch,floor"),
		20000);
}

static void a_ring_that_holds_one_event_works(void **state)
{
	json_t *root = run_json(ARGUMENTS(QUICK, "-event", "sized", "-event-size", "4080",
		"-ring-size", "4KiB", "-n", "50", "-format", "json"));

	(void)state;
	assert_int_equal(integer_in(json_array_get(array_in(result_of(root, 0), "rounds"), 0), "consumed"), 50);
	json_decref(root);
}

static void batches_that_do_not_divide_the_events_read_all(void **state)
{
	(void)state;
	assert_all_read(
		ARGUMENTS(QUICK, SIZED, "-n", "5000", "-mode", "copy,view,batch", "-batch", "7"),
		5000);
}

static void a_batch_larger_than_the_ring_reads_all(void **state)
{
	(void)state;
	assert_all_read(ARGUMENTS(QUICK, SIZED, "-n", "5000", "-mode", "copy,view,batch", "-batch",
				"100000"),
		5000);
}

static void one_record_a_batch_reads_all(void **state)
{
	(void)state;
	assert_all_read(
		ARGUMENTS(QUICK, SIZED, "-n", "5000", "-mode", "copy,view,batch", "-batch", "1"),
		5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_event_is_read),
		cmocka_unit_test(one_event_is_read_from_the_kernel),
		cmocka_unit_test(as_many_as_the_ring_holds_are_read),
		cmocka_unit_test(as_many_as_the_kernels_ring_holds_are_read),
		cmocka_unit_test(one_more_than_the_ring_holds_is_read),
		cmocka_unit_test(one_more_than_the_kernels_ring_holds_is_read),
		cmocka_unit_test(many_rings_full_are_read),
		cmocka_unit_test(many_rings_full_are_read_from_the_kernel),
		cmocka_unit_test(the_smallest_ring_is_read_many_times),
		cmocka_unit_test(a_ring_that_holds_one_event_works),
		cmocka_unit_test(batches_that_do_not_divide_the_events_read_all),
		cmocka_unit_test(a_batch_larger_than_the_ring_reads_all),
		cmocka_unit_test(one_record_a_batch_reads_all),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
