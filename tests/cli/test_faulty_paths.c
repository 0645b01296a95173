/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths that read wrongly (faulty_paths.c) are caught: what the benchmark says of the others is
 * worth no more than that.
 */
#include <stdlib.h>

#include "support/checks.h"
#include "support/folder.h"
#include "../support/skipping.h"
#include "support/text.h"

#define SMALL "-n", "700", "-read-timeout", "0ms"

static void assert_caught(const char *const *arguments, const char *named)
{
	const struct command command = { .program = FAULTY_BENCHMARK, .arguments = arguments };

	assert_command_complains(&command, FAILED, named);
}

#define CAUGHT(fault)                                                                           \
	static void faulty_##fault##_is_caught(void **state)                                    \
	{                                                                                       \
		(void)state;                                                                    \
		assert_caught(ARGUMENTS(QUICK, SMALL, "-mode", "faulty-" #fault),               \
			"path faulty-" #fault ":");                                             \
	}                                                                                       \
	static void faulty_##fault##_is_caught_among_good_paths(void **state)                   \
	{                                                                                       \
		(void)state;                                                                    \
		assert_caught(                                                                  \
			ARGUMENTS(QUICK, SMALL, "-mode", "copy,view,faulty-" #fault ",batch"),  \
			"path faulty-" #fault ":");                                             \
	}                                                                                       \
	static void faulty_##fault##_is_caught_on_a_ring_of_the_kernel(void **state)            \
	{                                                                                       \
		(void)state;                                                                    \
		need_bpf();                                                                     \
		assert_caught(ARGUMENTS(QUICK_BPF, SMALL, "-mode", "both,faulty-" #fault),      \
			"path faulty-" #fault ":");                                             \
	}                                                                                       \
	static void faulty_##fault##_is_caught_in_a_sweep(void **state)                         \
	{                                                                                       \
		(void)state;                                                                    \
		assert_caught(ARGUMENTS("sweep", QUICK, SMALL, "-sizes", "16,48,1000", "-mode", \
				      "both,faulty-" #fault),                                   \
			"path faulty-" #fault ":");                                             \
	}

CAUGHT(lose)
CAUGHT(twice)
CAUGHT(swap)
CAUGHT(checksum)
CAUGHT(byte)
CAUGHT(release)
CAUGHT(error)

/* Nothing is summed here: only the digest over all bytes in order can see it. */
static void swapped_records_are_caught_by_the_proof(void **state)
{
	(void)state;
	assert_caught(ARGUMENTS(QUICK, SMALL, "-touch", "none", "-mode", "faulty-swap"),
		"found 700 events with checksum");
}

static void a_wrong_byte_is_caught_by_the_proof(void **state)
{
	(void)state;
	assert_caught(ARGUMENTS(QUICK, SMALL, "-touch", "none", "-mode", "faulty-byte"),
		"found 700 events with checksum");
}

static void a_fault_with_several_fills_is_caught(void **state)
{
	(void)state;
	assert_caught(
		ARGUMENTS(QUICK, "-n", "5000", "-mode", "faulty-release"), "path faulty-release:");
}

static void a_fault_leaves_no_file(void **state)
{
	assert_caught(
		ARGUMENTS(QUICK, SMALL, "-mode", "faulty-swap", "-o", folder_path(state, "result")),
		"path faulty-swap:");
	assert_int_equal(folder_count(state), 0);
}

static void assert_right(const char *path)
{
	const struct command command = {
		.program = FAULTY_BENCHMARK,
		.arguments = ARGUMENTS(QUICK, SMALL, "-mode", path, "-format", "json"),
	};
	json_t *root = run_command_json(&command);

	assert_string_equal(text_in(result_of(root, 0), "path"), path);
	assert_true(json_is_true(json_object_get(result_of(root, 0), "verified")));
	json_decref(root);
}

static void slow3_reads_rightly(void **state)
{
	(void)state;
	assert_right("slow3");
}

static void same_reads_rightly(void **state)
{
	(void)state;
	assert_right("same");
}

static void the_ordinary_program_has_no_faulty_paths(void **state)
{
	struct outcome outcome = run(ARGUMENTS("list"));

	(void)state;
	assert_done(&outcome);
	assert_int_equal(count_of(outcome.out, "faulty"), 0);
	outcome_free(&outcome);
}

#define TESTS_OF(fault)                                                               \
	cmocka_unit_test(faulty_##fault##_is_caught),                                 \
		cmocka_unit_test(faulty_##fault##_is_caught_among_good_paths),        \
		cmocka_unit_test(faulty_##fault##_is_caught_on_a_ring_of_the_kernel), \
		cmocka_unit_test(faulty_##fault##_is_caught_in_a_sweep)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TESTS_OF(lose),
		TESTS_OF(twice),
		TESTS_OF(swap),
		TESTS_OF(checksum),
		TESTS_OF(byte),
		TESTS_OF(release),
		TESTS_OF(error),
		cmocka_unit_test(swapped_records_are_caught_by_the_proof),
		cmocka_unit_test(a_wrong_byte_is_caught_by_the_proof),
		cmocka_unit_test(a_fault_with_several_fills_is_caught),
		cmocka_unit_test_setup_teardown(a_fault_leaves_no_file, folder_make, folder_remove),
		cmocka_unit_test(slow3_reads_rightly),
		cmocka_unit_test(same_reads_rightly),
		cmocka_unit_test(the_ordinary_program_has_no_faulty_paths),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
