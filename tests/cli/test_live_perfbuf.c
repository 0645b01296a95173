/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What live has for the questions of the kernel's benchmark: perf buffers, output in place of
 * reserve, writing and reading in turns, and one CPU for all. Every event is accounted for.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/live_runs.h"
#include "support/privileges.h"
#include "support/text.h"

#define QUICK_LIVE "live", "-duration", "50ms", "-rounds", "1", "-format", "json"
#define PERFBUF QUICK_LIVE, "-mode", "perfbuf"
#define RING_AND_PERFBUF QUICK_LIVE, "-mode", "batch,perfbuf", "-wait", "event,libbpf-poll"

static void assert_counts(const json_t *counts)
{
	assert_int_equal(integer_in(counts, "produced"), integer_in(counts, "consumed") +
								 integer_in(counts, "lost") +
								 integer_in(counts, "discarded"));
}

/* A run that ends well and adds up. To be released. */
static json_t *run_live(const char *const *arguments)
{
	json_t *root = run_live_json(arguments);
	const json_t *results = array_in(root, "results");

	assert_true(json_array_size(results) > 0);
	for (size_t i = 0; i < json_array_size(results); i++) {
		const json_t *result = json_array_get(results, i), *rounds;

		rounds = array_in(result, "rounds");
		assert_counts(result);
		assert_true(integer_in(result, "consumed") > 0);
		for (size_t round = 0; round < json_array_size(rounds); round++)
			assert_counts(json_array_get(rounds, round));
	}
	return root;
}

static void assert_adds_up(const char *const *arguments)
{
	json_decref(run_live(arguments));
}

static void a_perf_buffer_reads_beside_the_rings_readers(void **state)
{
	json_t *root;
	const json_t *result;

	(void)state;
	need_bpf();
	root = run_live(ARGUMENTS(RING_AND_PERFBUF));
	assert_int_equal(json_array_size(array_in(root, "results")), 3);
	result = result_of(root, 2);
	assert_string_equal(text_in(result, "path"), "perfbuf");
	assert_string_equal(text_in(result, "wait"), "own");
	/* It tells of its sleeps, and not how full it was. */
	assert_true(integer_in(result, "sleeps") > 0);
	assert_true(json_is_null(json_object_get(result, "high_water")));
	assert_true(integer_in(result_of(root, 0), "high_water") > 0);
	json_decref(root);
}

/* Several times what the buffer holds, so that much is lost, and in the end as well, where no
 * record of perf tells of it. */
static void a_small_perf_buffer_overflows_and_adds_up(void **state)
{
	json_t *root;

	(void)state;
	need_bpf();
	root = run_live(
		ARGUMENTS(PERFBUF, "-duration", "300ms", "-ring-size", "4KiB", "-notify", "never"));
	assert_true(integer_in(result_of(root, 0), "lost") > 0);
	json_decref(root);
	assert_adds_up(ARGUMENTS(PERFBUF, "-ring-size", "64KiB", "-work", "1us", "-notify",
		"sampled:100", "-producers", "3"));
}

static void sizes_are_told_from_their_padding(void **state)
{
	static const char *const sizes[] = { "16", "17", "19", "20", "21", "24", "1000", "mixed" };

	(void)state;
	need_bpf();
	for (size_t i = 0; i < COUNT(sizes); i++)
		assert_adds_up(
			ARGUMENTS(PERFBUF, "-event-size", sizes[i], "-notify", "sampled:50"));
}

static void the_largest_event_of_perf_is_read_whole(void **state)
{
	(void)state;
	need_bpf();
	assert_adds_up(ARGUMENTS(PERFBUF, "-event-size", "65516", "-ring-size", "256KiB"));
}

static void a_perf_buffer_knows_of_discarded_events(void **state)
{
	json_t *root;

	(void)state;
	need_bpf();
	root = run_live(ARGUMENTS(PERFBUF, "-discard", "20%", "-event-size", "mixed", "-producers",
		"2", "-duration", "300ms"));
	assert_true(integer_in(result_of(root, 0), "discarded") > 0);
	json_decref(root);
}

static void system_calls_write_to_rings_and_perf_buffers_in_turn(void **state)
{
	(void)state;
	need_tracepoints();
	assert_adds_up(ARGUMENTS(RING_AND_PERFBUF, "-producer", "syscall", "-producers", "2"));
}

static void a_perf_buffer_takes_each_way_to_notify(void **state)
{
	static const char *const ways[] = { "default", "never", "force", "sampled:500" };

	(void)state;
	need_bpf();
	for (size_t i = 0; i < COUNT(ways); i++)
		assert_adds_up(ARGUMENTS(PERFBUF, "-notify", ways[i], "-rate", "50k"));
}

/*
 * By turns, the next of which begins when the last one was read: of a reader that reads only what it
 * was notified of there is one, which ends with the run. Where the machine has no time for a second
 * one, it is run again.
 */
static void events_that_nobody_notified_of_are_read_before_the_end(void **state)
{
	json_int_t produced = 0;

	(void)state;
	need_bpf();
	for (unsigned tries = 0; tries < 20 && produced <= 500; tries++) {
		json_t *root = run_live(ARGUMENTS(
			PERFBUF, "-duration", "300ms", "-notify", "never", "-back-to-back", "500"));

		produced = integer_in(result_of(root, 0), "produced");
		json_decref(root);
	}
	assert_true(produced > 500);
}

static void output_writes_what_reserve_does(void **state)
{
	static const char *const sizes[] = { "16", "19", "64KiB", "mixed" };

	(void)state;
	need_bpf();
	for (size_t i = 0; i < COUNT(sizes); i++) {
		json_t *root = run_live(
			ARGUMENTS(QUICK_LIVE, "-write", "output", "-event-size", sizes[i], "-wait",
				"paced,libbpf-poll", "-producers", "2", "-notify", "sampled:2"));

		assert_string_equal(text_in(object_in(root, "workload"), "write"), "output");
		json_decref(root);
	}
}

static void output_writes_to_several_rings(void **state)
{
	(void)state;
	need_bpf();
	assert_adds_up(ARGUMENTS(QUICK_LIVE, "-write", "output", "-wait", "event", "-producers",
		"3", "-rings", "2"));
}

/* In whole turns, which lose nothing. */
static void assert_turns(const char *const *arguments, json_int_t events)
{
	json_t *root = run_live(arguments);
	const json_t *results = array_in(root, "results");

	assert_int_equal(integer_in(object_in(root, "workload"), "back_to_back"), events);
	for (size_t i = 0; i < json_array_size(results); i++) {
		assert_int_equal(integer_in(json_array_get(results, i), "lost"), 0);
		assert_int_equal(integer_in(json_array_get(results, i), "produced") % events, 0);
	}
	json_decref(root);
}

static void back_to_back_reads_turn_by_turn(void **state)
{
	(void)state;
	assert_turns(ARGUMENTS(QUICK_LIVE, "-source", "memory", "-mode", "copy,view,batch", "-wait",
			     "event,paced,busy", "-back-to-back", "100"),
		100);
	need_bpf();
	assert_turns(ARGUMENTS(RING_AND_PERFBUF, "-back-to-back", "500"), 500);
	assert_turns(ARGUMENTS(RING_AND_PERFBUF, "-back-to-back", "1", "-notify", "sampled:1"), 1);
	assert_turns(ARGUMENTS(QUICK_LIVE, "-wait", "paced,busy,libbpf-spin", "-back-to-back",
			     "500", "-write", "output"),
		500);
	need_tracepoints();
	assert_turns(ARGUMENTS(RING_AND_PERFBUF, "-back-to-back", "70", "-notify", "sampled:70",
			     "-producer", "syscall"),
		70);
}

static void all_may_share_a_cpu(void **state)
{
	json_t *root;

	(void)state;
	assert_adds_up(ARGUMENTS(
		QUICK_LIVE, "-source", "memory", "-wait", "event,paced,busy", "-same-cpu"));
	need_tracepoints();
	root = run_live(ARGUMENTS(RING_AND_PERFBUF, "-same-cpu", "-producer", "syscall"));
	assert_true(json_is_true(json_object_get(object_in(root, "workload"), "same_cpu")));
	json_decref(root);
}

/* Of one that lacks what perf's buffers need, and has what rings need. */
static void a_lacking_privilege_is_named(void **state)
{
	(void)state;
	need_changing_privileges();
	assert_command_complains(
		&(struct command){
			.arguments = ARGUMENTS(PERFBUF),
			.rights = &(struct privileges){ true,
				BPF_CAPABILITIES & ~CAPABILITY(CAP_PERFMON) },
		},
		FAILED, "CAP_PERFMON");
}

static void a_signal_stops_each(void **state)
{
	(void)state;
	need_bpf();
	assert_command_complains(
		&(struct command){ .arguments = ARGUMENTS("live", "-duration", "10m", "-mode",
					   "perfbuf", "-notify", "never"),
			.signal = SIGINT },
		STOPPED, "partial results discarded");
	assert_command_complains(
		&(struct command){ .arguments = ARGUMENTS("live", "-duration", "10m", "-wait",
					   "event", "-back-to-back", "500"),
			.signal = SIGINT },
		STOPPED, "partial results discarded");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_perf_buffer_reads_beside_the_rings_readers),
		cmocka_unit_test(a_small_perf_buffer_overflows_and_adds_up),
		cmocka_unit_test(sizes_are_told_from_their_padding),
		cmocka_unit_test(the_largest_event_of_perf_is_read_whole),
		cmocka_unit_test(a_perf_buffer_knows_of_discarded_events),
		cmocka_unit_test(system_calls_write_to_rings_and_perf_buffers_in_turn),
		cmocka_unit_test(a_perf_buffer_takes_each_way_to_notify),
		cmocka_unit_test(events_that_nobody_notified_of_are_read_before_the_end),
		cmocka_unit_test(output_writes_what_reserve_does),
		cmocka_unit_test(output_writes_to_several_rings),
		cmocka_unit_test(back_to_back_reads_turn_by_turn),
		cmocka_unit_test(all_may_share_a_cpu),
		cmocka_unit_test(a_lacking_privilege_is_named),
		cmocka_unit_test(a_signal_stops_each),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
