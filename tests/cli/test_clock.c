/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Somebody sets the clock during a run (or NTP does): nothing that is measured follows it. The wall
 * clock that the program sees is set to and fro by an hour all the time: stepping_clock.c.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/text.h"

#define HALF_AN_HOUR_NS INT64_C(1800000000000)
#define LIVE "live", "-duration", "20ms", "-rounds", "1", "-format", "json"

static json_t *run_stepping(const char *const *arguments)
{
	char preload[PATH_MAX + 16];
	json_t *root;

	skip_if_preload_is_sanitized();
	snprintf(preload, sizeof(preload), "LD_PRELOAD=%s",
		program_path("tests/cli/libstepping_clock.so"));
	root = run_command_json(
		&(struct command){ .arguments = arguments, .environment = ARGUMENTS(preload) });
	/* It was loaded. */
	assert_memory_equal(text_in(object_in(root, "environment"), "timestamp"), "2100-", 5);
	return root;
}

static void assert_short(json_int_t ns)
{
	assert_in_range(ns, 0, HALF_AN_HOUR_NS);
}

static void look_at_live(const char *const *arguments)
{
	json_t *root = run_stepping(arguments);

	for (size_t i = 0; i < json_array_size(array_in(root, "results")); i++) {
		const json_t *result = result_of(root, i), *round;

		round = json_array_get(array_in(result, "rounds"), 0);
		assert_true(integer_in(result, "consumed") > 0);
		assert_int_equal(integer_in(result, "produced"),
			integer_in(result, "consumed") + integer_in(result, "lost"));
		assert_short(integer_in(round, "elapsed_ns"));
		assert_short(integer_in(round, "consumer_cpu_ns"));
		assert_short(integer_in(object_in(result, "latency_ns"), "max"));
	}
	json_decref(root);
}

static void a_live_run_goes_on(void **state)
{
	(void)state;
	look_at_live(ARGUMENTS(LIVE, "-source", "memory", "-wait", "event,paced,busy"));
	look_at_live(
		ARGUMENTS(LIVE, "-source", "memory", "-wait", "event,paced,busy", "-rate", "100k"));
}

static void a_live_run_on_a_ring_of_the_kernel_goes_on(void **state)
{
	(void)state;
	need_bpf();
	look_at_live(ARGUMENTS(LIVE, "-wait", "all", "-rate", "100k"));
	need_tracepoints();
	look_at_live(ARGUMENTS(LIVE, "-wait", "event", "-producer", "syscall", "-rate", "20k"));
}

static void a_drain_goes_on(void **state)
{
	json_t *root = run_stepping(ARGUMENTS("-source", "memory", "-ring-size", "64KiB", "-n",
		"500", "-time", "20ms", "-mode", "both", "-format", "json"));
	const json_t *rounds = array_in(result_of(root, 0), "rounds");

	(void)state;
	assert_true(json_array_size(rounds) > 0);
	for (size_t i = 0; i < json_array_size(rounds); i++)
		assert_short(integer_in(json_array_get(rounds, i), "elapsed_ns"));
	json_decref(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_live_run_goes_on),
		cmocka_unit_test(a_live_run_on_a_ring_of_the_kernel_goes_on),
		cmocka_unit_test(a_drain_goes_on),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
