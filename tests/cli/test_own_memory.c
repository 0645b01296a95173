/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the benchmark takes for itself, beside the rings, is little and stays so.
 */
#include <stdlib.h>

#include "../support/skipping.h"
#include "support/checks.h"

#define JSON QUICK, "-format", "json"
#define MEMORY_MOST (32 << 20)

static void assert_memory_is_small(const char *const *arguments)
{
	json_t *root;

	skip_if_memory_is_sanitized();
	root = run_json(arguments);
	assert_in_range(integer_in(root, "own_memory_bytes"), 1, MEMORY_MOST - 1);
	json_decref(root);
}

static void own_memory_is_small(void **state)
{
	(void)state;
	assert_memory_is_small(ARGUMENTS(JSON, "-n", "1000", "-mode", "copy,view,batch,floor"));
}

static void own_memory_of_a_ring_of_the_kernel_is_small(void **state)
{
	(void)state;
	need_bpf();
	assert_memory_is_small(
		ARGUMENTS(QUICK_BPF, "-format", "json", "-n", "1000", "-mode", "all"));
}

static void own_memory_does_not_grow_with_the_events(void **state)
{
	(void)state;
	assert_memory_is_small(ARGUMENTS(JSON, "-n", "1M", "-mode", "both"));
}

static void own_memory_does_not_grow_with_the_rounds(void **state)
{
	(void)state;
	assert_memory_is_small(ARGUMENTS(JSON, "-n", "10", "-rounds", "1020"));
}

static void own_memory_does_not_grow_with_the_ring(void **state)
{
	(void)state;
	assert_memory_is_small(ARGUMENTS(JSON, "-n", "100k", "-ring-size", "64MiB"));
}

static void own_memory_does_not_grow_with_a_ring_of_the_kernel(void **state)
{
	(void)state;
	need_bpf();
	assert_memory_is_small(ARGUMENTS(
		QUICK_BPF, "-format", "json", "-n", "100k", "-ring-size", "64MiB", "-mode", "all"));
}

static void own_memory_does_not_grow_with_sizes(void **state)
{
	(void)state;
	assert_memory_is_small(ARGUMENTS(
		"sweep", JSON, "-n", "10", "-mode", "both", "-sizes", "16:527:1", "-rounds", "6"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_memory_is_small),
		cmocka_unit_test(own_memory_of_a_ring_of_the_kernel_is_small),
		cmocka_unit_test(own_memory_does_not_grow_with_the_events),
		cmocka_unit_test(own_memory_does_not_grow_with_the_rounds),
		cmocka_unit_test(own_memory_does_not_grow_with_the_ring),
		cmocka_unit_test(own_memory_does_not_grow_with_a_ring_of_the_kernel),
		cmocka_unit_test(own_memory_does_not_grow_with_sizes),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
