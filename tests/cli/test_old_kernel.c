/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * On kernels that have no ring buffer.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/text.h"

#define NO_RINGS "this kernel has no BPF ring buffer; Linux 5.8 or later is needed"

static struct outcome run_on_old_kernel(const char *const *arguments)
{
	static char preload[PATH_MAX + 16];

	skip_if_preload_is_sanitized();
	snprintf(preload, sizeof(preload), "LD_PRELOAD=%s",
		program_path("tests/cli/kernel_without_rings.so"));
	return run_command(&(struct command){
		.arguments = arguments,
		.environment = (const char *const[]){ preload, NULL },
	});
}

/* In one line, with the way without. */
static void assert_told(const char *const *arguments)
{
	struct outcome outcome;

	/* Else that they lack comes first. */
	need_bpf();
	outcome = run_on_old_kernel(arguments);
	assert_complains(&outcome, FAILED, NO_RINGS ", or try -source memory");
	outcome_free(&outcome);
}

static void drain_is_told(void **state)
{
	(void)state;
	assert_told(ARGUMENTS(QUICK_BPF, "-n", "10"));
}

static void sweep_is_told(void **state)
{
	(void)state;
	assert_told(ARGUMENTS("sweep", QUICK_BPF, "-n", "10", "-sizes", "16"));
}

static void live_is_told(void **state)
{
	(void)state;
	assert_told(ARGUMENTS("live", "-rounds", "1", "-duration", "1ms"));
}

static void live_by_system_calls_is_told(void **state)
{
	(void)state;
	assert_told(ARGUMENTS("live", "-rounds", "1", "-duration", "1ms", "-producer", "syscall"));
}

static void list_tells(void **state)
{
	struct outcome outcome;

	(void)state;
	need_bpf();
	outcome = run_on_old_kernel(ARGUMENTS("list"));
	assert_done(&outcome);
	assert_matches(outcome.out, "^  bpf +not available: this kernel has no BPF ring buffer");
	outcome_free(&outcome);
}

static void rings_in_memory_work(void **state)
{
	struct outcome outcome = run_on_old_kernel(ARGUMENTS(QUICK, "-n", "10"));

	(void)state;
	assert_done(&outcome);
	outcome_free(&outcome);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drain_is_told),
		cmocka_unit_test(sweep_is_told),
		cmocka_unit_test(live_is_told),
		cmocka_unit_test(live_by_system_calls_is_told),
		cmocka_unit_test(list_tells),
		cmocka_unit_test(rings_in_memory_work),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
