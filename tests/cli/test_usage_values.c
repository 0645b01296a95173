/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values of flags that are no good: exit status 2, one line that names the flag, no output.
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

REFUSED(a_count_of_0, "-n:", "-n", "0")
REFUSED(a_negative_count, "-n:", "-n", "-1")
REFUSED(a_negative_count_with_an_equals_sign, "-n:", "-n=-1")
REFUSED(a_count_that_is_a_word, "-n:", "-n", "many")
REFUSED(an_empty_count, "-n:", "-n", "")
REFUSED(a_broken_count, "-n:", "-n", "1.5")
REFUSED(a_count_with_a_unit_of_sizes, "-n:", "-n", "10MiB")
REFUSED(a_count_above_64_bits, "-n:", "-n", "99999999999999999999")
REFUSED(a_count_that_takes_days, "-n:", "-n", "1000000000001")
REFUSED(an_unknown_mode, "-mode:", "-mode", "fast")
REFUSED(an_unknown_mode_in_a_list, "\"fast\"", "-mode", "copy,fast")
REFUSED(an_empty_mode, "-mode:", "-mode", "")
REFUSED(a_mode_with_nothing_behind_the_comma, "-mode:", "-mode", "copy,")
REFUSED(an_unknown_touch, "-touch:", "-touch", "all")
REFUSED(an_empty_touch, "-touch:", "-touch", "")
REFUSED(an_unknown_source, "-source:", "-source", "file")
REFUSED(an_unknown_format, "-format:", "-format", "xml")
REFUSED(an_unknown_event, "-event:", "-event", "packet")
REFUSED(an_event_size_below_16, "-event-size:", "-event", "sized", "-event-size", "15")
REFUSED(an_event_size_above_65536, "-event-size:", "-event", "sized", "-event-size", "65537")
REFUSED(an_event_size_of_0, "-event-size:", "-event", "sized", "-event-size", "0")
REFUSED(a_negative_event_size, "-event-size:", "-event", "sized", "-event-size", "-16")
REFUSED(an_event_size_that_is_a_word, "-event-size:", "-event", "sized", "-event-size", "big")
REFUSED(two_event_sizes, "-event-size:", "-event", "sized", "-event-size", "16,32")
REFUSED(a_ring_size_that_is_no_power_of_two, "-ring-size:", "-ring-size", "100KiB")
REFUSED(a_ring_below_a_page, "-ring-size:", "-ring-size", "2KiB")
REFUSED(a_ring_of_0, "-ring-size:", "-ring-size", "0")
REFUSED(a_ring_above_2GiB, "-ring-size:", "-ring-size", "4GiB")
REFUSED(a_ring_size_that_is_a_word, "-ring-size:", "-ring-size", "large")
REFUSED(a_negative_ring_size, "-ring-size:", "-ring-size", "-4096")
REFUSED(a_ring_size_above_64_bits, "-ring-size:", "-ring-size", "99999999999GiB")
REFUSED(giving_0_rounds, "-rounds:", "-rounds", "0")
REFUSED(too_many_rounds, "-rounds:", "-rounds", "1025")
REFUSED(negative_rounds, "-rounds:", "-rounds", "-2")
REFUSED(rounds_that_are_a_word, "-rounds:", "-rounds", "few")
REFUSED(a_duration_of_0, "-duration:", "-duration", "0")
REFUSED(a_duration_without_a_unit, "-duration:", "-duration", "10")
REFUSED(a_negative_duration, "-duration:", "-duration", "-1s")
REFUSED(a_duration_that_is_a_word, "-duration:", "-duration", "long")
REFUSED(a_precision_that_is_a_word, "-precision:", "-precision", "high")
REFUSED(a_negative_precision, "-precision:", "-precision", "-1%")
REFUSED(a_precision_of_0, "-precision", "-precision", "0")
REFUSED(a_precision_of_0_per_cent, "-precision", "-precision", "0%")
REFUSED(a_read_timeout_without_a_unit, "-read-timeout:", "-read-timeout", "5")
REFUSED(a_negative_read_timeout, "-read-timeout:", "-read-timeout", "-1ms")
REFUSED(a_read_timeout_that_is_a_word, "-read-timeout:", "-read-timeout", "soon")
REFUSED(a_negative_batch, "-batch:", "-batch", "-1")
REFUSED(a_batch_that_is_a_word, "-batch:", "-batch", "all")
REFUSED(a_negative_cpu, "-cpu:", "-cpu", "-1")
REFUSED(a_cpu_that_is_a_word, "-cpu:", "-cpu", "any")
REFUSED(a_cpu_that_no_machine_has, "-cpu:", "-cpu", "65536")
REFUSED(a_list_of_cpus, "-cpu:", "-cpu", "0,1")

#define TEST(test) cmocka_unit_test(test##_is_refused)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_count_of_0),
		TEST(a_negative_count),
		TEST(a_negative_count_with_an_equals_sign),
		TEST(a_count_that_is_a_word),
		TEST(an_empty_count),
		TEST(a_broken_count),
		TEST(a_count_with_a_unit_of_sizes),
		TEST(a_count_above_64_bits),
		TEST(a_count_that_takes_days),
		TEST(an_unknown_mode),
		TEST(an_unknown_mode_in_a_list),
		TEST(an_empty_mode),
		TEST(a_mode_with_nothing_behind_the_comma),
		TEST(an_unknown_touch),
		TEST(an_empty_touch),
		TEST(an_unknown_source),
		TEST(an_unknown_format),
		TEST(an_unknown_event),
		TEST(an_event_size_below_16),
		TEST(an_event_size_above_65536),
		TEST(an_event_size_of_0),
		TEST(a_negative_event_size),
		TEST(an_event_size_that_is_a_word),
		TEST(two_event_sizes),
		TEST(a_ring_size_that_is_no_power_of_two),
		TEST(a_ring_below_a_page),
		TEST(a_ring_of_0),
		TEST(a_ring_above_2GiB),
		TEST(a_ring_size_that_is_a_word),
		TEST(a_negative_ring_size),
		TEST(a_ring_size_above_64_bits),
		TEST(giving_0_rounds),
		TEST(too_many_rounds),
		TEST(negative_rounds),
		TEST(rounds_that_are_a_word),
		TEST(a_duration_of_0),
		TEST(a_duration_without_a_unit),
		TEST(a_negative_duration),
		TEST(a_duration_that_is_a_word),
		TEST(a_precision_that_is_a_word),
		TEST(a_negative_precision),
		TEST(a_precision_of_0),
		TEST(a_precision_of_0_per_cent),
		TEST(a_read_timeout_without_a_unit),
		TEST(a_negative_read_timeout),
		TEST(a_read_timeout_that_is_a_word),
		TEST(a_negative_batch),
		TEST(a_batch_that_is_a_word),
		TEST(a_negative_cpu),
		TEST(a_cpu_that_is_a_word),
		TEST(a_cpu_that_no_machine_has),
		TEST(a_list_of_cpus),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
