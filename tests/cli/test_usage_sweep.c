/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flags of sweep that are no good: exit status 2, one line that names the flag, no output.
 */
#include "../support/skipping.h"
#include "support/checks.h"

#define REFUSED(test, named, ...)                                                                  \
	static void test##_is_refused(void **state)                                                \
	{                                                                                          \
		(void)state;                                                                       \
		assert_command_complains(&(struct command){ .arguments = ARGUMENTS(__VA_ARGS__) }, \
			WRONG_USAGE, named);                                                       \
	}

REFUSED(a_size_below_16, "-sizes:", "sweep", "-sizes", "8")
REFUSED(a_size_above_65536, "-sizes:", "sweep", "-sizes", "64,65537")
REFUSED(sizes_that_are_words, "-sizes:", "sweep", "-sizes", "small,large")
REFUSED(no_sizes, "-sizes:", "sweep", "-sizes", "")
REFUSED(nothing_between_commas, "-sizes:", "sweep", "-sizes", "16,,32")
REFUSED(a_range_that_goes_down, "-sizes:", "sweep", "-sizes", "64:16:8")
REFUSED(a_range_with_a_step_of_0, "-sizes:", "sweep", "-sizes", "16:64:0")
REFUSED(a_range_without_a_step, "-sizes:", "sweep", "-sizes", "16:64")
REFUSED(more_than_512_sizes, "-sizes:", "sweep", "-sizes", "16:65536:1")
REFUSED(a_range_that_ends_above_65536, "-sizes:", "sweep", "-sizes", "16:131072:65536")
REFUSED(a_negative_size, "-sizes:", "sweep", "-sizes", "-16")
REFUSED(the_flag_event_of_drain, "-event", "sweep", "-event", "sized")
REFUSED(the_flag_event_size_of_drain, "-event-size", "sweep", "-event-size", "64")
REFUSED(a_ring_that_holds_not_the_largest, "-ring-size:", "sweep", "-sizes", "16,8192",
	"-ring-size", "4KiB")
REFUSED(an_unknown_mode_of_sweep, "-mode:", "sweep", "-mode", "fast")
REFUSED(a_count_of_0_in_sweep, "-n:", "sweep", "-n", "0")
REFUSED(an_unknown_touch_of_sweep, "-touch:", "sweep", "-touch", "some")
REFUSED(an_unknown_format_of_sweep, "-format:", "sweep", "-format", "yaml")
REFUSED(a_ring_size_of_sweep_that_is_no_power_of_two, "-ring-size:", "sweep", "-ring-size", "5000")
REFUSED(giving_0_rounds_of_sweep, "-rounds:", "sweep", "-rounds", "0")
REFUSED(libbpf_in_a_sweep_of_memory, "-mode:", "sweep", "-mode", "both,libbpf", "-source", "memory")
REFUSED(time_and_precision_in_a_sweep, "-time and -precision", "sweep", "-time", "1s",
	"-precision", "1%")
REFUSED(an_unexpected_argument_of_sweep, "\"more\"", "sweep", "more")
REFUSED(an_unknown_flag_of_sweep, "-fast", "sweep", "-fast")
REFUSED(sizes_in_drain, "-sizes", "drain", "-sizes", "16,32")

#define TEST(test) cmocka_unit_test(test##_is_refused)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_size_below_16),
		TEST(a_size_above_65536),
		TEST(sizes_that_are_words),
		TEST(no_sizes),
		TEST(nothing_between_commas),
		TEST(a_range_that_goes_down),
		TEST(a_range_with_a_step_of_0),
		TEST(a_range_without_a_step),
		TEST(more_than_512_sizes),
		TEST(a_range_that_ends_above_65536),
		TEST(a_negative_size),
		TEST(the_flag_event_of_drain),
		TEST(the_flag_event_size_of_drain),
		TEST(a_ring_that_holds_not_the_largest),
		TEST(an_unknown_mode_of_sweep),
		TEST(a_count_of_0_in_sweep),
		TEST(an_unknown_touch_of_sweep),
		TEST(an_unknown_format_of_sweep),
		TEST(a_ring_size_of_sweep_that_is_no_power_of_two),
		TEST(giving_0_rounds_of_sweep),
		TEST(libbpf_in_a_sweep_of_memory),
		TEST(time_and_precision_in_a_sweep),
		TEST(an_unexpected_argument_of_sweep),
		TEST(an_unknown_flag_of_sweep),
		TEST(sizes_in_drain),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
