/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A user who stops a run gets no half of a result. The signal is sent once the ring is there; the
 * runs would take ten minutes.
 */
#include <signal.h>
#include <stdlib.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/folder.h"
#include "support/text.h"

#define ENDLESS "-ring-size", "64KiB", "-n", "1000", "-duration", "10m"
#define ENDLESS_MEMORY ENDLESS, "-source", "memory"

static void assert_stops(const char *const *arguments, int number)
{
	assert_command_complains(
		&(struct command){ .arguments = arguments, .signal = number }, STOPPED, "stopped");
}

static void sigint_stops_a_run(void **state)
{
	(void)state;
	assert_stops(ARGUMENTS(ENDLESS_MEMORY), SIGINT);
}

static void sigterm_stops_a_run(void **state)
{
	(void)state;
	assert_stops(ARGUMENTS(ENDLESS_MEMORY), SIGTERM);
}

static void sigint_stops_a_run_on_the_kernels_ring(void **state)
{
	(void)state;
	need_bpf();
	assert_stops(ARGUMENTS(ENDLESS, "-mode", "all"), SIGINT);
}

static void sigterm_stops_a_run_on_the_kernels_ring(void **state)
{
	(void)state;
	need_bpf();
	assert_stops(ARGUMENTS(ENDLESS, "-mode", "all"), SIGTERM);
}

static void sigint_stops_a_sweep(void **state)
{
	(void)state;
	assert_stops(ARGUMENTS("sweep", ENDLESS_MEMORY, "-mode", "both"), SIGINT);
}

static void sigint_stops_a_run_for_precision(void **state)
{
	(void)state;
	assert_stops(ARGUMENTS("-ring-size", "64KiB", "-n", "100M", "-precision", "0.0001%",
			     "-source", "memory"),
		SIGINT);
}

/* One round alone takes longer than anyone waits: the fills in it are stopped too. */
static void sigint_stops_a_long_round(void **state)
{
	(void)state;
	assert_stops(ARGUMENTS("-ring-size", "64KiB", "-n", "100G", "-source", "memory"), SIGINT);
}

static void sigint_stops_a_long_round_on_the_kernels_ring(void **state)
{
	(void)state;
	need_bpf();
	assert_stops(ARGUMENTS("-ring-size", "64KiB", "-n", "100G"), SIGINT);
}

/* BPF_PROG_TEST_RUN is under way for most of this one's time. */
static void sigint_stops_one_large_fill(void **state)
{
	(void)state;
	need_bpf();
	assert_stops(ARGUMENTS("-ring-size", "256MiB", "-n", "100G", "-event", "sized"), SIGINT);
}

static void a_stopped_run_leaves_no_file(void **state)
{
	assert_stops(ARGUMENTS(ENDLESS_MEMORY, "-o", folder_path(state, "f")), SIGINT);
	assert_int_equal(folder_count(state), 0);
}

static void a_stopped_run_keeps_the_file_that_was_there(void **state)
{
	const char *path = folder_path(state, "f");
	char *text;

	file_write(path, "before\n");
	assert_stops(ARGUMENTS(ENDLESS_MEMORY, "-o", path), SIGINT);
	text = file_text(path);
	assert_string_equal(text, "before\n");
	free(text);
}

static void a_stopped_run_says_that_nothing_is_reported(void **state)
{
	struct outcome outcome = run_command(&(struct command){
		.arguments = ARGUMENTS(ENDLESS_MEMORY, "-format", "json"), .signal = SIGINT });

	(void)state;
	assert_complains(&outcome, STOPPED, "nothing is reported");
	outcome_free(&outcome);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sigint_stops_a_run),
		cmocka_unit_test(sigterm_stops_a_run),
		cmocka_unit_test(sigint_stops_a_run_on_the_kernels_ring),
		cmocka_unit_test(sigterm_stops_a_run_on_the_kernels_ring),
		cmocka_unit_test(sigint_stops_a_sweep),
		cmocka_unit_test(sigint_stops_a_run_for_precision),
		cmocka_unit_test(sigint_stops_a_long_round),
		cmocka_unit_test(sigint_stops_a_long_round_on_the_kernels_ring),
		cmocka_unit_test(sigint_stops_one_large_fill),
		cmocka_unit_test_setup_teardown(
			a_stopped_run_leaves_no_file, folder_make, folder_remove),
		cmocka_unit_test_setup_teardown(
			a_stopped_run_keeps_the_file_that_was_there, folder_make, folder_remove),
		cmocka_unit_test(a_stopped_run_says_that_nothing_is_reported),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
