/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Command lines that are no good: exit status 2, one line that says what, no output.
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

REFUSED(an_unknown_command, "\"measure\"", "measure")
REFUSED(an_empty_command, "\"\"", "")
REFUSED(a_command_in_capitals, "\"DRAIN\"", "DRAIN")
REFUSED(an_unknown_flag, "-fast", "-fast")
REFUSED(an_unknown_flag_with_two_dashes, "-fast", "--fast")
REFUSED(an_unknown_flag_with_a_value, "-fast", "-fast=1")
REFUSED(an_unknown_flag_behind_good_ones, "-fast", "-n", "10", "-fast")
REFUSED(the_beginning_of_a_flag, "-event-siz", "-event-siz", "16")
REFUSED(a_flag_in_capitals, "-N", "-N", "10")
REFUSED(three_dashes, "---n", "---n", "10")
REFUSED(no_name_before_the_equals_sign, "-=10", "-=10")
REFUSED(an_unexpected_argument, "\"more\"", "-n", "10", "more")
REFUSED(an_argument_behind_the_command, "\"more\"", "drain", "more")
REFUSED(an_argument_behind_two_dashes, "\"more\"", "--", "more")
REFUSED(a_lone_dash, "\"-\"", "-")
REFUSED(n_without_a_value, "-n needs a value", "-n")
REFUSED(mode_without_a_value, "-mode needs a value", "-mode")
REFUSED(read_timeout_without_a_value, "-read-timeout needs a value", "-read-timeout")
REFUSED(ring_size_without_a_value, "-ring-size needs a value", "-ring-size")
REFUSED(touch_without_a_value, "-touch needs a value", "-touch")
REFUSED(batch_without_a_value, "-batch needs a value", "-batch")
REFUSED(source_without_a_value, "-source needs a value", "-source")
REFUSED(rounds_without_a_value, "-rounds needs a value", "-rounds")
REFUSED(time_without_a_value, "-time needs a value", "-time")
REFUSED(the_duration_of_live_in_drain, "-duration is a flag of live", "-duration", "1s")
REFUSED(precision_without_a_value, "-precision needs a value", "-precision")
REFUSED(format_without_a_value, "-format needs a value", "-format")
REFUSED(o_without_a_value, "-o needs a value", "-o")
REFUSED(cpu_without_a_value, "-cpu needs a value", "-cpu")
REFUSED(event_size_without_a_value, "-event-size needs a value", "-event-size")
REFUSED(event_without_a_value, "-event needs a value", "-event")
REFUSED(sizes_without_a_value, "-sizes needs a value", "sweep", "-sizes")
REFUSED(an_event_larger_than_the_ring, "-ring-size:", "-event", "sized", "-event-size", "8192",
	"-ring-size", "4KiB")
REFUSED(an_event_that_only_its_header_keeps_out_of_the_ring, "-ring-size:", "-event", "sized",
	"-event-size", "4088", "-ring-size", "4KiB")
REFUSED(an_event_size_with_skb_meta, "-event-size:", "-event", "skb_meta", "-event-size", "64")
REFUSED(an_event_size_without_an_event, "-event-size:", "-event-size", "64")
REFUSED(libbpf_with_a_ring_in_memory, "-mode:", "-mode", "libbpf", "-source", "memory")
REFUSED(libbpf_in_a_list_with_a_ring_in_memory, "libbpf", "-mode", "copy,libbpf", "-source",
	"memory")
REFUSED(time_and_precision, "-time and -precision", "-time", "1s", "-precision", "1%")
REFUSED(rounds_and_time, "-rounds and -time", "-rounds", "5", "-time", "1s")
REFUSED(rounds_and_precision, "-rounds and -precision", "-rounds", "5", "-precision", "1%")
REFUSED(runs_and_time, "-runs: each has to have the same rounds", "-runs", "2", "-time", "1s")
REFUSED(runs_beyond_all_rounds, "are more than 1024 rounds", "-runs", "2", "-rounds", "600")
REFUSED(runs_and_advice, "-runs: leave out -advise", "live", "-runs", "2", "-advise")
REFUSED(a_tebibyte, "-ring-size: 1TiB is not a power of two from", "-ring-size", "1TiB")
REFUSED(a_list_without_a_step, "is not first:last:step", "sweep", "-sizes", "80:16")
REFUSED(a_small_m, "mega is M", "-n", "1m")
REFUSED(a_cpu_that_is_not_there, "-cpu: cannot run on CPU 65535", "-cpu", "65535")
REFUSED(a_mistyped_mode, "did you mean view?", "-mode", "vew")
REFUSED(a_mistyped_mode_of_live, "did you mean view?", "live", "-mode", "vew")
REFUSED(a_small_m_of_live, "mega is M", "live", "-rate", "1m")
REFUSED(an_argument_of_list, "\"more\"", "list", "more")
REFUSED(an_unknown_flag_of_list, "-fast", "list", "-fast")
REFUSED(a_flag_of_drain_in_list, "-n", "list", "-n", "10")

#define TEST(test) cmocka_unit_test(test##_is_refused)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_unknown_command),
		TEST(an_empty_command),
		TEST(a_command_in_capitals),
		TEST(an_unknown_flag),
		TEST(an_unknown_flag_with_two_dashes),
		TEST(an_unknown_flag_with_a_value),
		TEST(an_unknown_flag_behind_good_ones),
		TEST(the_beginning_of_a_flag),
		TEST(a_flag_in_capitals),
		TEST(three_dashes),
		TEST(no_name_before_the_equals_sign),
		TEST(an_unexpected_argument),
		TEST(an_argument_behind_the_command),
		TEST(an_argument_behind_two_dashes),
		TEST(a_lone_dash),
		TEST(n_without_a_value),
		TEST(mode_without_a_value),
		TEST(read_timeout_without_a_value),
		TEST(ring_size_without_a_value),
		TEST(touch_without_a_value),
		TEST(batch_without_a_value),
		TEST(source_without_a_value),
		TEST(rounds_without_a_value),
		TEST(time_without_a_value),
		TEST(the_duration_of_live_in_drain),
		TEST(precision_without_a_value),
		TEST(format_without_a_value),
		TEST(o_without_a_value),
		TEST(cpu_without_a_value),
		TEST(event_size_without_a_value),
		TEST(event_without_a_value),
		TEST(sizes_without_a_value),
		TEST(an_event_larger_than_the_ring),
		TEST(an_event_that_only_its_header_keeps_out_of_the_ring),
		TEST(an_event_size_with_skb_meta),
		TEST(an_event_size_without_an_event),
		TEST(libbpf_with_a_ring_in_memory),
		TEST(libbpf_in_a_list_with_a_ring_in_memory),
		TEST(time_and_precision),
		TEST(rounds_and_time),
		TEST(rounds_and_precision),
		TEST(runs_and_time),
		TEST(runs_beyond_all_rounds),
		TEST(runs_and_advice),
		TEST(a_tebibyte),
		TEST(a_list_without_a_step),
		TEST(a_small_m),
		TEST(a_cpu_that_is_not_there),
		TEST(a_mistyped_mode),
		TEST(a_mistyped_mode_of_live),
		TEST(a_small_m_of_live),
		TEST(an_argument_of_list),
		TEST(an_unknown_flag_of_list),
		TEST(a_flag_of_drain_in_list),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
