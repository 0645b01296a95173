/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live, as it is run: every event is accounted for, in each combination, with each flag.
 */
#include <dlfcn.h>
#include <signal.h>
#include <math.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/folder.h"
#include "support/live_runs.h"
#include "support/text.h"

/* Runs of a moment. libbpf's loops, which -wait all brings, are for rings of the kernel. */
#define QUICK_LIVE_BPF "live", "-duration", "20ms", "-rounds", "1"
#define QUICK_LIVE QUICK_LIVE_BPF, "-source", "memory"
#define JSON "-format", "json"
#define WAITS "-wait", "event,paced,busy"
#define MODES "-mode", "copy,view,batch"

/* Ten minutes a combination. */
#define ENDLESS_BPF "live", "-duration", "10m"
#define ENDLESS ENDLESS_BPF, "-source", "memory"

#define ARGUMENTS_MAX 40

typedef void (*look_at)(const json_t *root, const json_t *result);

static void for_each_result(const json_t *root, look_at look)
{
	const json_t *results = array_in(root, "results");

	assert_true(json_array_size(results) > 0);
	for (size_t i = 0; i < json_array_size(results); i++)
		look(root, json_array_get(results, i));
}

/* What the drop-in sleeps when it is paced or busy is not told. */
static bool tells_sleeps(const json_t *counts)
{
	return !json_is_null(json_object_get(counts, "sleeps"));
}

/* Of a result or of one of its rounds. */
static void assert_accounted_for(const json_t *counts)
{
	assert_true(integer_in(counts, "consumed") >= 0);
	assert_true(integer_in(counts, "lost") >= 0);
	assert_true(integer_in(counts, "discarded") >= 0);
	assert_int_equal(integer_in(counts, "produced"), integer_in(counts, "consumed") +
								 integer_in(counts, "lost") +
								 integer_in(counts, "discarded"));
	if (tells_sleeps(counts))
		assert_in_range(integer_in(counts, "wakeups"), 0, integer_in(counts, "sleeps"));
}

static json_int_t sum_of_rounds(const json_t *result, const char *name)
{
	const json_t *rounds = array_in(result, "rounds");
	json_int_t sum = 0;

	for (size_t i = 0; i < json_array_size(rounds); i++)
		sum += integer_in(json_array_get(rounds, i), name);
	return sum;
}

static void look_at_counts(const json_t *root, const json_t *result)
{
	static const char *const summed[] = { "produced", "consumed", "lost", "discarded", "sleeps",
		"wakeups" };
	const json_int_t ring_size = integer_in(object_in(root, "workload"), "ring_size");
	const json_t *rounds = array_in(result, "rounds");

	assert_accounted_for(result);
	assert_true(integer_in(result, "consumed") > 0);
	if (strcmp(text_in(result, "path"), "perfbuf") != 0)
		assert_in_range(integer_in(result, "high_water"), 1, ring_size);
	assert_true(json_array_size(rounds) > 0);
	for (size_t i = 0; i < json_array_size(rounds); i++) {
		const json_t *round = json_array_get(rounds, i);

		assert_accounted_for(round);
		assert_true(integer_in(round, "elapsed_ns") > 0);
		assert_true(integer_in(round, "consumer_cpu_ns") >= 0);
		if (integer_in(round, "produced") > 0)
			assert_true(real_in(round, "producer_ns_per_event") > 0);
		if (strcmp(text_in(result, "path"), "perfbuf") != 0)
			assert_in_range(integer_in(round, "high_water"), 0, ring_size);
	}
	for (size_t i = 0; i < (tells_sleeps(result) ? COUNT(summed) : 4); i++)
		assert_int_equal(integer_in(result, summed[i]), sum_of_rounds(result, summed[i]));
}

/* A run that ends well and adds up. To be released. */
static json_t *run_live(const char *const *arguments)
{
	json_t *root = run_live_json(arguments);

	assert_string_equal(text_in(root, "command"), "live");
	for_each_result(root, look_at_counts);
	return root;
}

static void assert_adds_up(const char *const *arguments)
{
	json_decref(run_live(arguments));
}

/* "path/wait" of each result, in order, with blanks between. */
static void assert_results(const json_t *root, const char *expected)
{
	const json_t *results = array_in(root, "results");
	char found[512] = "";
	size_t used = 0;

	for (size_t i = 0; i < json_array_size(results) && used < sizeof(found); i++) {
		const json_t *result = json_array_get(results, i);

		used += (size_t)snprintf(found + used, sizeof(found) - used, "%s%s/%s",
			i ? " " : "", text_in(result, "path"), text_in(result, "wait"));
	}
	assert_string_equal(found, expected);
}

/* One run that most tests only look at. */

static json_t *seen;

static int run_once(void **state)
{
	(void)state;
	seen = run_live(ARGUMENTS(QUICK_LIVE, JSON, MODES, WAITS));
	return 0;
}

static int forget(void **state)
{
	(void)state;
	json_decref(seen);
	return 0;
}

static void every_mode_runs_with_every_wait(void **state)
{
	(void)state;
	assert_results(seen, "copy/event copy/paced copy/busy view/event view/paced view/busy "
			     "batch/event batch/paced batch/busy");
}

static void the_command_line_is_given(void **state)
{
	(void)state;
	assert_string_equal(text_in(seen, "schema"), "ringview.result/2");
	assert_matches(text_in(seen, "command_line"),
		"^bpf_ringbuf_zc_benchmark live -duration 20ms .*-mode copy,view,batch");
}

static void look_at_settings(const json_t *root, const json_t *result)
{
	assert_string_equal(text_in(object_in(root, "workload"), "notify"), "default");
	assert_string_equal(text_in(object_in(root, "workload"), "rate"), "max");
	assert_int_equal(integer_in(object_in(root, "workload"), "producers"), 1);
	assert_int_equal(integer_in(result, "event_size"), 64);
}

static void every_result_says_of_what(void **state)
{
	(void)state;
	for_each_result(seen, look_at_settings);
}

/* It is known where something was consumed in each round. */
static void look_at_rate(const json_t *result)
{
	const json_t *rounds = array_in(result, "rounds");
	bool known = true;

	for (size_t i = 0; i < json_array_size(rounds); i++)
		known &= integer_in(json_array_get(rounds, i), "consumed") > 0;
	if (known)
		assert_true(real_in(result, "mevents_per_s") > 0);
	else
		assert_true(json_is_null(json_object_get(result, "mevents_per_s")));
}

static void look_at_speed(const json_t *root, const json_t *result)
{
	(void)root;
	look_at_rate(result);
	assert_true(real_in(result, "producer_ns_per_event") > 0);
	assert_true(real_in(result, "consumer_cpu_percent") > 0);
	assert_true(strlen(text_in(result, "verdict")) > 0);
}

static void every_result_has_its_speed_and_verdict(void **state)
{
	(void)state;
	for_each_result(seen, look_at_speed);
}

static void look_at_latency(const json_t *root, const json_t *result)
{
	static const char *const names[] = { "p50", "p90", "p99", "p999", "max" };
	const json_t *latency = object_in(result, "latency_ns");

	(void)root;
	assert_true(integer_in(latency, "p50") >= 0);
	for (size_t i = 1; i < COUNT(names); i++)
		assert_true(integer_in(latency, names[i - 1]) <= integer_in(latency, names[i]));
}

static void quantiles_of_the_latency_rise(void **state)
{
	(void)state;
	for_each_result(seen, look_at_latency);
}

static void look_at_sleeps(const json_t *root, const json_t *result)
{
	(void)root;
	if (strcmp(text_in(result, "wait"), "busy") == 0)
		assert_int_equal(integer_in(result, "sleeps"), 0);
}

static void who_is_busy_never_sleeps(void **state)
{
	(void)state;
	for_each_result(seen, look_at_sleeps);
}

static void look_at_round_count(const json_t *root, const json_t *result)
{
	assert_int_equal(json_array_size(array_in(result, "rounds")),
		json_array_size(array_in(result_of(root, 0), "rounds")));
}

static void every_result_has_as_many_rounds(void **state)
{
	(void)state;
	for_each_result(seen, look_at_round_count);
}

/* Rings of the kernel. */

static void every_combination_runs_on_a_ring_of_the_kernel(void **state)
{
	json_t *root;

	(void)state;
	need_bpf();
	root = run_live(ARGUMENTS(
		QUICK_LIVE_BPF, JSON, "-mode", "copy,view,batch,libbpf,perfbuf", "-wait", "all"));
	assert_results(root, "copy/event copy/paced copy/busy view/event view/paced view/busy "
			     "batch/event batch/paced batch/busy libbpf/libbpf-poll "
			     "libbpf/libbpf-spin libbpf/libbpf-sleep perfbuf/own");
	for_each_result(root, look_at_speed);
	for_each_result(root, look_at_latency);
	for_each_result(root, look_at_sleeps);
	json_decref(root);
}

static void look_at_dropin(const json_t *root, const json_t *result)
{
	const char *wait = text_in(result, "wait");

	look_at_latency(root, result);
	assert_int_equal(
		tells_sleeps(result), strcmp(wait, "paced") != 0 && strcmp(wait, "busy") != 0);
}

static void the_drop_in_is_a_path_of_its_own(void **state)
{
	static const char *const expected =
		"dropin/paced dropin/busy dropin/libbpf-poll dropin/libbpf-spin "
		"dropin/libbpf-sleep libbpf/libbpf-poll libbpf/libbpf-spin libbpf/libbpf-sleep";
	json_t *root;

	(void)state;
	need_bpf();
	root = run_live(ARGUMENTS(QUICK_LIVE_BPF, JSON, "-mode", "dropin"));
	assert_results(root, expected);
	for_each_result(root, look_at_dropin);
	json_decref(root);
	root = run_live(ARGUMENTS(QUICK_LIVE_BPF, JSON, "-mode", "dropin", "-producers", "2",
		"-rings", "2", "-event-size", "mixed", "-notify", "never", "-discard", "3%",
		"-wait", "paced,busy"));
	assert_results(root, "dropin/paced dropin/busy");
	for_each_result(root, look_at_dropin);
	json_decref(root);
}

static struct outcome run_elsewhere(const char *const *arguments)
{
	return run_command(
		&(struct command){ .program = FAULTY_BENCHMARK, .arguments = arguments });
}

/* The other benchmark lies where there is no library beside it. */
static void without_its_library_the_drop_in_is_left_out(void **state)
{
	struct outcome outcome;
	void *installed;

	(void)state;
	need_bpf();
	installed = dlopen("libringview-libbpf.so.0", RTLD_NOW | RTLD_LOCAL);
	if (installed) {
		dlclose(installed);
		skip_because("the drop-in is installed, so it is found everywhere");
	}
	outcome = run_elsewhere(ARGUMENTS(QUICK_LIVE_BPF, "-mode", "all", "-wait", "paced"));
	assert_int_equal(outcome.status, DONE);
	assert_string_equal(outcome.err, "dropin: left out: there is no libringview-libbpf.so.0; "
					 "install it, as Debian's libringview-libbpf0\n");
	assert_null(strstr(outcome.out, "dropin"));
	outcome_free(&outcome);
	outcome = run_elsewhere(ARGUMENTS(QUICK_LIVE_BPF, "-mode", "dropin", "-wait", "paced"));
	assert_int_equal(outcome.status, WRONG_USAGE);
	assert_string_equal(outcome.out, "");
	assert_non_null(strstr(outcome.err, "-mode: there is no libringview-libbpf.so.0; "));
	outcome_free(&outcome);
}

static void without_flags_batch_is_compared_with_libbpf(void **state)
{
	json_t *root;

	(void)state;
	need_bpf();
	root = run_live(ARGUMENTS(QUICK_LIVE_BPF, JSON));
	assert_results(root, "batch/event batch/paced batch/busy libbpf/libbpf-poll "
			     "libbpf/libbpf-spin libbpf/libbpf-sleep");
	assert_string_equal(text_in(object_in(root, "workload"), "source"), "bpf");
	json_decref(root);
}

static bool costs_more_with_a_program(const json_t *root)
{
	const json_t *workload = object_in(root, "workload");

	return real_in(workload, "producer_alone_ns_per_event") >
	       real_in(workload, "producer_unattached_ns_per_event");
}

static void look_at_slowdown(const json_t *root, const json_t *result)
{
	const json_t *workload = object_in(root, "workload");
	const double unattached = real_in(workload, "producer_unattached_ns_per_event");
	const double alone = real_in(workload, "producer_alone_ns_per_event");
	const double ns = real_in(result, "producer_ns_per_event");

	assert_true(unattached > 0);
	assert_true(fabs(real_in(result, "slowdown_unattached") * unattached / ns - 1) < 1e-4);
	assert_true(fabs(real_in(result, "slowdown_alone") * alone / ns - 1) < 1e-4);
}

#define SYSCALLS ARGUMENTS(QUICK_LIVE_BPF, JSON, "-producer", "syscall", "-producers", "2")

static void system_calls_can_be_the_producer(void **state)
{
	json_t *root;

	(void)state;
	need_tracepoints();
	root = run_live(SYSCALLS);
	/* On a busy machine 20 ms of either may be slowed down by something else. */
	for (int i = 0; i < 9 && !costs_more_with_a_program(root); i++) {
		json_decref(root);
		root = run_live(SYSCALLS);
	}
	assert_true(costs_more_with_a_program(root));
	assert_string_equal(text_in(object_in(root, "workload"), "producer"), "syscall");
	for_each_result(root, look_at_slowdown);
	json_decref(root);
}

/* It sleeps between two looks, for as long as it was told to, less the timer slack. */
static void the_loop_by_hand_looks_once_a_budget(void **state)
{
	const double budget_ns = 10e6, slack_ns = 1e6;
	const json_t *result;
	json_t *root;

	(void)state;
	need_bpf();
	root = run_live(ARGUMENTS(QUICK_LIVE_BPF, JSON, "-wait", "libbpf-sleep", "-rate", "20k",
		"-latency-budget", "10ms", "-timer-slack", "1ms", "-duration", "100ms"));
	assert_results(root, "libbpf/libbpf-sleep");
	result = result_of(root, 0);
	assert_true(integer_in(result, "sleeps") > 0);
	assert_int_equal(integer_in(result, "wakeups"), 0);
	for (size_t i = 0; i < json_array_size(array_in(result, "rounds")); i++) {
		const json_t *round = json_array_get(array_in(result, "rounds"), i);

		assert_true((double)(integer_in(round, "sleeps") - 1) * (budget_ns - slack_ns) <=
			    (double)integer_in(round, "elapsed_ns") + budget_ns);
	}
	json_decref(root);
}

static void system_calls_keep_a_rate(void **state)
{
	json_t *root;

	(void)state;
	need_tracepoints();
	root = run_live(ARGUMENTS(QUICK_LIVE_BPF, JSON, "-producer", "syscall", "-rate", "20k",
		"-ring-size", "16MiB", "-wait", "event"));
	assert_int_equal(integer_in(result_of(root, 0), "lost"), 0);
	json_decref(root);
}

/* Also one that does not pace. */
static void at_a_rate_any_reader_has_a_budget(void **state)
{
	(void)state;
	assert_adds_up(ARGUMENTS(QUICK_LIVE, "-wait", "event", "-rate", "100k", "-latency-budget",
		"1ms", "-format", "json"));
}

/* As with -same-cpu. */
static void the_only_allowed_cpu_is_shared(void **state)
{
	cpu_set_t before, one;
	json_t *root;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	root = run_live(ARGUMENTS(QUICK_LIVE, "-wait", "paced", "-format", "json"));
	sched_setaffinity(0, sizeof(before), &before);
	assert_true(json_is_true(json_object_get(object_in(root, "workload"), "same_cpu")));
	json_decref(root);
}

static void lacking_privileges_are_named(void **state)
{
	(void)state;
	need_changing_privileges();
	assert_command_complains(
		&(struct command){
			.arguments = ARGUMENTS(QUICK_LIVE_BPF),
			.rights = &(struct privileges){ true, 0 },
		},
		FAILED, "-source memory");
}

static void three_capabilities_are_enough(void **state)
{
	(void)state;
	need_changing_privileges();
	json_decref(run_command_json(&(struct command){
		.arguments = ARGUMENTS(QUICK_LIVE_BPF, JSON),
		.rights = &(struct privileges){ true, BPF_CAPABILITIES },
	}));
}

static void a_ring_in_memory_needs_no_privileges(void **state)
{
	(void)state;
	need_changing_privileges();
	json_decref(run_command_json(&(struct command){
		.arguments = ARGUMENTS(QUICK_LIVE, JSON, WAITS),
		.rights = &(struct privileges){ true, 0 },
	}));
}

/* Flags. */

static void run_with_source(const char *source, const char *const *arguments, look_at look)
{
	const char *all[ARGUMENTS_MAX] = { QUICK_LIVE_BPF, JSON, "-source", source };
	size_t count = 0;
	json_t *root;

	while (all[count])
		count++;
	for (; *arguments; arguments++) {
		assert_true(count < ARGUMENTS_MAX - 1);
		all[count++] = *arguments;
	}
	root = run_live(all);
	for_each_result(root, look);
	json_decref(root);
}

/* On a ring in memory, and on one of the kernel. */
static void run_with_each_source(const char *const *arguments, look_at look)
{
	run_with_source("memory", arguments, look);
	need_bpf();
	run_with_source("bpf", arguments, look);
}

static void look_at_no_losses(const json_t *root, const json_t *result)
{
	assert_int_equal(integer_in(result, "lost"), 0);
	assert_int_equal(integer_in(result, "discarded"), 0);
	assert_int_equal(integer_in(object_in(root, "workload"), "rate"), 20000);
}

/* The ring holds more than all that comes. */
static void at_a_low_rate_nothing_is_lost(void **state)
{
	(void)state;
	run_with_each_source(
		ARGUMENTS("-rate", "20k", "-ring-size", "16MiB", MODES, WAITS), look_at_no_losses);
}

static void look_at_discards(const json_t *root, const json_t *result)
{
	(void)root;
	assert_true(integer_in(result, "discarded") > 0);
	assert_true(integer_in(result, "discarded") < integer_in(result, "produced") / 2);
	assert_int_equal(integer_in(result, "event_size"), 0);
}

static void mixed_events_and_discarded_ones_are_told_apart(void **state)
{
	(void)state;
	run_with_each_source(ARGUMENTS("-event-size", "mixed", "-discard", "5%", "-rate", "200k",
				     "-ring-size", "16MiB", MODES, WAITS),
		look_at_discards);
}

/* Then there is no time of the last event, but the consumer's start is before the producers'. */
static void a_round_in_which_nothing_is_read_lasts_no_less_than_asked(void **state)
{
	json_t *root = run_json(ARGUMENTS("live", "-source", "memory", "-format", "json",
		"-duration", "5ms", "-rounds", "5", "-rate", "1k", "-discard", "99.9999%", "-mode",
		"batch", "-wait", "event"));
	const json_t *rounds = array_in(json_array_get(array_in(root, "results"), 0), "rounds");

	(void)state;
	for (size_t i = 0; i < json_array_size(rounds); i++) {
		const json_t *round = json_array_get(rounds, i);

		assert_int_equal(integer_in(round, "consumed"), 0);
		assert_true(integer_in(round, "elapsed_ns") >= 5000000);
	}
	json_decref(root);
}

/* What an hour of production is made of, in some seconds; docs/measuring.md has a longer one. */
static void a_soak_leaves_no_event_unexplained(void **state)
{
	static const char *const rings[] = { "1", "2" };

	(void)state;
	need_bpf();
	for (size_t i = 0; i < 2; i++) {
		json_t *root = run_live(ARGUMENTS("live", "-format", "json", "-rounds", "1",
			"-duration", "60ms", "-producers", "2", "-event-size", "mixed", "-discard",
			"3%", "-rings", rings[i], MODES, "-wait", "all"));

		for_each_result(root, look_at_discards);
		json_decref(root);
	}
}

static void look_at_two(const json_t *root, const json_t *result)
{
	(void)result;
	assert_int_equal(integer_in(object_in(root, "workload"), "producers"), 2);
	assert_int_equal(integer_in(object_in(root, "workload"), "rings"), 2);
}

static void two_producers_write_to_two_rings(void **state)
{
	(void)state;
	run_with_each_source(ARGUMENTS("-producers", "2", "-rings", "2", WAITS), look_at_two);
}

static void two_producers_share_a_ring(void **state)
{
	(void)state;
	run_with_each_source(ARGUMENTS(WAITS, "-producers", "2", "-discard", "1%"), look_at_counts);
}

static void many_producers_share_cpus_and_rings(void **state)
{
	(void)state;
	assert_adds_up(ARGUMENTS(QUICK_LIVE, JSON, WAITS, "-producers", "9", "-rings", "4"));
}

static void more_rings_than_producers_stay_empty(void **state)
{
	(void)state;
	assert_adds_up(ARGUMENTS(QUICK_LIVE, JSON, WAITS, "-rings", "3"));
}

static void an_order_counts_what_is_out_of_it(void **state)
{
	json_t *root, *row;
	size_t i;

	(void)state;
	assert_adds_up(ARGUMENTS(QUICK_LIVE, JSON, WAITS, "-producers", "4", "-rings", "3",
		"-order", "-mode", "batch,ordered,scan"));
	root = run_json(ARGUMENTS(QUICK_LIVE, JSON, "-wait", "paced", "-producers", "2", "-rings",
		"2", "-order", "-mode", "batch,ordered,scan"));
	assert_true(json_is_true(json_object_get(json_object_get(root, "workload"), "order")));
	assert_int_equal(json_array_size(json_object_get(root, "results")), 3);
	json_array_foreach(json_object_get(root, "results"), i, row)
	{
		assert_true(integer_in(row, "out_of_order") >= 0);
	}
	json_decref(root);
}

static void look_at_notify_never(const json_t *root, const json_t *result)
{
	(void)result;
	assert_string_equal(text_in(object_in(root, "workload"), "notify"), "never");
}

static void no_event_need_notify(void **state)
{
	(void)state;
	run_with_each_source(ARGUMENTS("-notify", "never", WAITS), look_at_notify_never);
}

static void look_at_notify_force(const json_t *root, const json_t *result)
{
	(void)result;
	assert_string_equal(text_in(object_in(root, "workload"), "notify"), "force");
}

static void every_event_may_notify(void **state)
{
	(void)state;
	run_with_each_source(ARGUMENTS("-notify", "force", WAITS), look_at_notify_force);
}

static void look_at_notify_sampled(const json_t *root, const json_t *result)
{
	(void)result;
	assert_string_equal(text_in(object_in(root, "workload"), "notify"), "sampled:100");
}

static void so_many_events_may_notify(void **state)
{
	(void)state;
	run_with_each_source(ARGUMENTS("-notify", "sampled:100", WAITS), look_at_notify_sampled);
}

/* The last events of a run notify nobody. */
static void fewer_events_than_notify_are_read_in_the_end(void **state)
{
	(void)state;
	run_with_each_source(
		ARGUMENTS(WAITS, "-notify", "sampled:1000", "-rate", "20k", "-ring-size", "16MiB"),
		look_at_no_losses);
}

static void events_that_never_notify_are_read_in_the_end(void **state)
{
	(void)state;
	run_with_each_source(
		ARGUMENTS(WAITS, "-notify", "never", "-rate", "20k", "-ring-size", "16MiB"),
		look_at_no_losses);
}

static void a_small_ring_overflows_and_adds_up(void **state)
{
	(void)state;
	assert_adds_up(
		ARGUMENTS(QUICK_LIVE, JSON, MODES, WAITS, "-ring-size", "64KiB", "-work", "1us"));
}

static void the_largest_events_fit(void **state)
{
	(void)state;
	run_with_each_source(
		ARGUMENTS(MODES, WAITS, "-event-size", "64KiB", "-ring-size", "256KiB"),
		look_at_counts);
}

static void sizes_that_are_no_multiple_of_8_work(void **state)
{
	(void)state;
	run_with_each_source(ARGUMENTS(MODES, WAITS, "-event-size", "19"), look_at_counts);
}

static void the_settings_are_in_the_workload(void **state)
{
	json_t *root = run_json(ARGUMENTS(QUICK_LIVE, JSON, "-wait", "paced", "-latency-budget",
		"1ms", "-timer-slack", "1us", "-work", "10ns", "-ring-size", "128KiB",
		"-event-size", "32", "-cpu", "0"));
	const json_t *workload = object_in(root, "workload");

	(void)state;
	assert_string_equal(text_in(workload, "source"), "memory");
	assert_int_equal(integer_in(workload, "duration_ns"), 20000000);
	assert_int_equal(integer_in(workload, "latency_budget_ns"), 1000000);
	assert_int_equal(integer_in(workload, "timer_slack_ns"), 1000);
	assert_int_equal(integer_in(workload, "work_ns"), 10);
	assert_int_equal(integer_in(workload, "ring_size"), 131072);
	assert_int_equal(integer_in(workload, "event_size"), 32);
	assert_int_equal(integer_in(workload, "consumer_cpu"), 0);
	json_decref(root);
}

static void rounds_are_at_least_as_many_as_asked_for(void **state)
{
	json_t *root = run_live(ARGUMENTS(
		"live", "-source", "memory", "-duration", "20ms", "-rounds", "5", JSON, WAITS));

	(void)state;
	for_each_result(root, look_at_round_count);
	assert_true(json_array_size(array_in(result_of(root, 0), "rounds")) >= 5);
	json_decref(root);
}

/* Other formats. */

static char *output_of(const char *const *arguments)
{
	struct outcome outcome = run(arguments);
	char *out = strdup(outcome.out);

	assert_done(&outcome);
	outcome_free(&outcome);
	return out;
}

static void the_text_names_each_combination(void **state)
{
	char *out = output_of(ARGUMENTS(QUICK_LIVE, WAITS));

	(void)state;
	assert_non_null(strstr(out, "batch/event"));
	assert_non_null(strstr(out, "batch/paced"));
	assert_non_null(strstr(out, "batch/busy"));
	assert_int_equal(out[strlen(out) - 1], '\n');
	free(out);
}

/* The same columns in each row, and a row of each combination and round. */
static void csv_is_a_table(void **state)
{
	char *out = output_of(ARGUMENTS(QUICK_LIVE, WAITS, "-format", "csv"));
	char *header = line_of(out, 0);

	(void)state;
	assert_matches(header, "^path,wait,");
	for (size_t i = 1; i < count_lines(out); i++) {
		char *line = line_of(out, i);

		assert_matches(line, "^batch,(event|paced|busy),");
		assert_int_equal(count_of(line, ","), count_of(header, ","));
		free(line);
	}
	assert_true(count_lines(out) > 3);
	assert_int_equal((count_lines(out) - 1) % 3, 0);
	free(header);
	free(out);
}

/* golang.org/design/14313-benchmark-format: configuration, then a name, a count and pairs. */
static void every_line_of_gobench_is_of_its_format(void **state)
{
	char *out = output_of(ARGUMENTS(QUICK_LIVE, WAITS, "-format", "gobench"));

	(void)state;
	for (size_t i = 0; i < count_lines(out); i++) {
		char *line = line_of(out, i);

		assert_matches(line, "^([a-z][^ :A-Z]*: .+|Benchmark[A-Z][^ \t]* [0-9]+( "
				     "[0-9.]+ [^ \t]+)+)$");
		free(line);
	}
	assert_true(count_of(out, "\nBenchmark") >= 3);
	free(out);
}

static void results_can_go_to_a_file(void **state)
{
	const char *path = folder_path(state, "f");
	char *out = output_of(ARGUMENTS(QUICK_LIVE, "-wait", "busy", JSON, "-o", path));
	char *text = file_text(path);

	assert_string_equal(out, "");
	assert_non_null(strstr(text, "\"ringview.result/2\""));
	free(text);
	free(out);
}

/* In the middle of a ring full of such work. */
static void long_work_does_not_keep_it_from_ending(void **state)
{
	json_t *root;

	(void)state;
	root = run_live(ARGUMENTS(QUICK_LIVE, JSON, "-work", "1s", "-wait", "event"));
	assert_results(root, "batch/event");
	json_decref(root);
}

/* Before any is made. */
static void rings_beyond_the_memory_are_refused(void **state)
{
	static const char *const source[] = { "memory", "bpf" };

	(void)state;
	if ((uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE) >= UINT64_C(64)
											   << 31)
		skip_because("this machine has the memory for 64 rings of 2 GiB");
	for (size_t i = 0; i < COUNT(source); i++)
		assert_command_complains(
			&(struct command){
				.arguments = ARGUMENTS("live", "-source", source[i], "-wait",
					"paced", "-rings", "64", "-ring-size", "2GiB"),
			},
			FAILED, "-ring-size: 64 rings of 2GiB take 128GiB, and ");
}

/* The reader's count of what was overwritten is compared with what was written, or the run fails. */
static void rings_that_overwrite_account_for_each_byte(void **state)
{
	char *text;
	json_t *root;

	(void)state;
	skip_if_races_are_found();
	text = output_of(ARGUMENTS(QUICK_LIVE, "-overwrite", "-wait", "event"));
	root = run_json(ARGUMENTS("live", "-source", "memory", "-duration", "50ms", "-rounds", "2",
		JSON, "-overwrite", "-ring-size", "64KiB", "-producers", "2", "-rings", "2",
		"-discard", "10%"));
	assert_non_null(strstr(text, " overwritten"));
	assert_non_null(strstr(text, "; none torn"));
	free(text);
	assert_true(json_is_true(json_object_get(object_in(root, "workload"), "overwrite")));
	for (size_t i = 0; i < json_array_size(array_in(root, "results")); i++) {
		assert_accounted_for(result_of(root, i));
		assert_string_equal(text_in(result_of(root, i), "path"), "copy");
		assert_true(integer_in(result_of(root, i), "lost") > 0);
	}
	json_decref(root);
}

/* What -wait all would bring. */
static void what_cannot_run_in_memory_is_left_out_and_told(void **state)
{
	struct outcome outcome = run(ARGUMENTS(QUICK_LIVE));

	(void)state;
	assert_int_equal(outcome.status, DONE);
	assert_string_equal(outcome.err, "libbpf: left out: it reads only rings of the kernel\n");
	assert_non_null(strstr(outcome.out, "batch/busy"));
	outcome_free(&outcome);
}

static void runs_of_live_are_added_up(void **state)
{
	json_t *root = run_json(ARGUMENTS(QUICK_LIVE, JSON, "-wait", "event,paced", "-runs", "2"));
	const json_t *result = result_of(root, 1);

	(void)state;
	assert_int_equal(integer_in(root, "runs"), 2);
	assert_int_equal(json_array_size(array_in(result, "rounds")), 2 * 6);
	assert_true(json_string_length(json_object_get(result, "verdict")) > 0);
	assert_true(integer_in(object_in(result, "latency_ns"), "count") > 0);
	json_decref(root);
}

/* Advice. */

static void assert_advises(const char *const *arguments)
{
	char *out = output_of(arguments);

	assert_matches(out, "[0-9] ?[KMG]iB");
	free(out);
}

static void advice_is_a_ring_size(void **state)
{
	(void)state;
	assert_advises(ARGUMENTS(QUICK_LIVE, "-advise", "-rate", "20k"));
	assert_advises(ARGUMENTS(
		QUICK_LIVE, "-advise", "-rate", "20k", "-wait", "event", "-mode", "copy"));
}

/* What is recommended is what was measured, lost nothing, and has room to spare. */
static void advice_is_verified_and_has_a_margin(void **state)
{
	json_t *root = run_json(ARGUMENTS(QUICK_LIVE, JSON, "-advise", "-rate", "20k"));
	const json_t *advice = object_in(root, "advice");
	const json_int_t size = integer_in(advice, "ring_size");
	const json_t *rounds = array_in(result_of(root, 0), "rounds");

	(void)state;
	assert_true(size >= 4 * integer_in(advice, "smallest"));
	assert_int_equal(integer_in(object_in(root, "workload"), "ring_size"), size);
	assert_true(json_array_size(rounds) > 0);
	for (size_t i = 0; i < json_array_size(rounds); i++)
		assert_int_equal(integer_in(json_array_get(rounds, i), "lost"), 0);
	json_decref(root);
}

/* Where there may be no size that is enough. */
static void advice_without_a_rate_ends_well(void **state)
{
	(void)state;
	free(output_of(ARGUMENTS(QUICK_LIVE, "-advise")));
}

/* A ring that only stores what is not read in time is full in a longer run. */
static void a_ring_that_stores_all_is_not_advised(void **state)
{
	char *out = output_of(ARGUMENTS(QUICK_LIVE, "-advise", "-wait", "busy", "-work", "200us"));

	(void)state;
	assert_matches(out, "^Advice: none; ");
	assert_matches(out, "^The consumer is busy all the time");
	free(out);
}

static void advice_is_a_ring_size_of_the_kernel_too(void **state)
{
	(void)state;
	need_bpf();
	assert_advises(ARGUMENTS(QUICK_LIVE_BPF, "-advise", "-rate", "20k"));
	assert_advises(
		ARGUMENTS(QUICK_LIVE_BPF, "-advise", "-rate", "20k", "-wait", "libbpf-poll"));
}

/* Being stopped. */

static void assert_stops(const char *const *arguments, int number)
{
	assert_command_complains(&(struct command){ .arguments = arguments, .signal = number },
		STOPPED, "partial results discarded");
}

static void a_signal_stops_each_wait(void **state)
{
	(void)state;
	assert_stops(ARGUMENTS(ENDLESS, "-wait", "event"), SIGINT);
	assert_stops(ARGUMENTS(ENDLESS, "-wait", "paced"), SIGINT);
	assert_stops(ARGUMENTS(ENDLESS, "-wait", "busy"), SIGTERM);
}

/* Most of the time it sleeps. */
static void a_signal_stops_a_run_in_which_little_happens(void **state)
{
	(void)state;
	assert_stops(ARGUMENTS(ENDLESS, "-wait", "event", "-rate", "1"), SIGINT);
	assert_stops(ARGUMENTS(ENDLESS, "-wait", "paced", "-rate", "1"), SIGINT);
	assert_stops(ARGUMENTS(ENDLESS, "-wait", "event", "-notify", "never"), SIGINT);
}

static void a_signal_stops_each_wait_on_a_ring_of_the_kernel(void **state)
{
	static const char *const waits[] = { "event", "paced", "busy", "libbpf-poll", "libbpf-spin",
		"libbpf-sleep" };

	(void)state;
	need_bpf();
	for (size_t i = 0; i < COUNT(waits); i++)
		assert_stops(ARGUMENTS(ENDLESS_BPF, "-wait", waits[i]), SIGINT);
	assert_stops(ARGUMENTS(ENDLESS_BPF, "-mode", "dropin", "-wait", "busy"), SIGINT);
	assert_stops(ARGUMENTS(ENDLESS_BPF, "-wait", "libbpf-poll", "-rate", "1"), SIGINT);
}

static void a_signal_stops_advice(void **state)
{
	(void)state;
	assert_stops(ARGUMENTS(ENDLESS, "-advise"), SIGINT);
}

static void a_stopped_run_leaves_no_file(void **state)
{
	assert_stops(ARGUMENTS(ENDLESS, "-wait", "busy", "-o", folder_path(state, "f")), SIGINT);
	assert_int_equal(folder_count(state), 0);
}

/* Usage; each value is looked at in tests/unit/test_live_settings.c. */

static void help_is_printed(void **state)
{
	char *out = output_of(ARGUMENTS("live", "-help"));

	(void)state;
	assert_matches(out, "^usage: bpf_ringbuf_zc_benchmark live \\[flags\\]$");
	assert_matches(out, "^  -latency-budget TIME ");
	free(out);
}

static void assert_wrong_usage(const char *const *arguments, const char *named)
{
	assert_command_complains(&(struct command){ .arguments = arguments }, WRONG_USAGE, named);
}

static void wrong_usage_is_told(void **state)
{
	(void)state;
	assert_wrong_usage(ARGUMENTS("live", "-n", "5"), "-n");
	assert_wrong_usage(ARGUMENTS("live", "more"), "\"more\"");
	assert_wrong_usage(ARGUMENTS("live", "-duration", "0"), "-duration:");
	assert_wrong_usage(
		ARGUMENTS("live", "-source", "memory", "-wait", "libbpf-poll"), "-source memory");
	assert_wrong_usage(ARGUMENTS("live", "-advise", "-ring-size", "1MiB"), "-ring-size:");
}

static void a_cpu_beyond_the_machine_is_told(void **state)
{
	char number[16];

	(void)state;
	snprintf(number, sizeof(number), "%ld", sysconf(_SC_NPROCESSORS_CONF));
	assert_command_complains(
		&(struct command){ .arguments = ARGUMENTS(QUICK_LIVE, WAITS, "-cpu", number) },
		WRONG_USAGE, "is not a CPU that this process may run on; give 0 to ");
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)

/* Each run shorter than the lines are apart: what is overdue is shown at the end of a run. */
#define WATCHED "live", "-watch", "-wait", "paced", "-duration", "300ms", "-rounds", "1"

static struct outcome run_watched(const char *source, enum stream_kind err)
{
	struct outcome outcome = run_command(&(struct command){
		.arguments = ARGUMENTS(WATCHED, "-source", source),
		.environment = ARGUMENTS("TERM=xterm"),
		.err = err,
	});

	assert_int_equal(outcome.status, DONE);
	assert_matches(outcome.out, "^batch/paced +[0-9]");
	return outcome;
}

static void watched_without_a_terminal(const char *source)
{
	struct outcome outcome = run_watched(source, STREAM_FILE);

	assert_matches(outcome.err, "^run 1 of [0-9]+, batch/paced: produced [0-9.]+[kM]?/s, "
				    "consumed [0-9.]+[kM]?/s, lost [0-9.]+ %, fill [0-9.]+ %, p50 "
				    "[0-9]+.+s, p99 [0-9.]+.+s, CPU [0-9.]+ %$");
	outcome_free(&outcome);
}

static void without_a_terminal_a_watched_run_is_lines(void **state)
{
	(void)state;
	watched_without_a_terminal("memory");
}

static void a_watched_run_on_a_ring_of_the_kernel_is_lines(void **state)
{
	(void)state;
	need_bpf();
	watched_without_a_terminal("bpf");
}

/* And nothing of it is left. */
static void on_a_terminal_a_watched_run_is_shown_in_place(void **state)
{
	struct outcome outcome = run_watched("memory", STREAM_TERMINAL);
	const size_t length = strlen(outcome.err);

	(void)state;
	assert_matches(outcome.err, "run 1 of [0-9]+, batch/paced:");
	assert_true(length > 3);
	assert_string_equal(outcome.err + length - 3, "\x1b[J");
	outcome_free(&outcome);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_mode_runs_with_every_wait),
		cmocka_unit_test(the_command_line_is_given),
		cmocka_unit_test(every_result_says_of_what),
		cmocka_unit_test(every_result_has_its_speed_and_verdict),
		cmocka_unit_test(quantiles_of_the_latency_rise),
		cmocka_unit_test(who_is_busy_never_sleeps),
		cmocka_unit_test(every_result_has_as_many_rounds),
		cmocka_unit_test(every_combination_runs_on_a_ring_of_the_kernel),
		cmocka_unit_test(the_drop_in_is_a_path_of_its_own),
		cmocka_unit_test(without_its_library_the_drop_in_is_left_out),
		cmocka_unit_test(without_flags_batch_is_compared_with_libbpf),
		cmocka_unit_test(system_calls_can_be_the_producer),
		cmocka_unit_test(the_loop_by_hand_looks_once_a_budget),
		cmocka_unit_test(system_calls_keep_a_rate),
		cmocka_unit_test(at_a_rate_any_reader_has_a_budget),
		cmocka_unit_test(the_only_allowed_cpu_is_shared),
		cmocka_unit_test(lacking_privileges_are_named),
		cmocka_unit_test(three_capabilities_are_enough),
		cmocka_unit_test(a_ring_in_memory_needs_no_privileges),
		cmocka_unit_test(at_a_low_rate_nothing_is_lost),
		cmocka_unit_test(mixed_events_and_discarded_ones_are_told_apart),
		cmocka_unit_test(a_round_in_which_nothing_is_read_lasts_no_less_than_asked),
		cmocka_unit_test(a_soak_leaves_no_event_unexplained),
		cmocka_unit_test(two_producers_write_to_two_rings),
		cmocka_unit_test(two_producers_share_a_ring),
		cmocka_unit_test(many_producers_share_cpus_and_rings),
		cmocka_unit_test(more_rings_than_producers_stay_empty),
		cmocka_unit_test(an_order_counts_what_is_out_of_it),
		cmocka_unit_test(no_event_need_notify),
		cmocka_unit_test(every_event_may_notify),
		cmocka_unit_test(so_many_events_may_notify),
		cmocka_unit_test(fewer_events_than_notify_are_read_in_the_end),
		cmocka_unit_test(events_that_never_notify_are_read_in_the_end),
		cmocka_unit_test(a_small_ring_overflows_and_adds_up),
		cmocka_unit_test(the_largest_events_fit),
		cmocka_unit_test(sizes_that_are_no_multiple_of_8_work),
		cmocka_unit_test(the_settings_are_in_the_workload),
		cmocka_unit_test(rounds_are_at_least_as_many_as_asked_for),
		cmocka_unit_test(the_text_names_each_combination),
		cmocka_unit_test(csv_is_a_table),
		cmocka_unit_test(every_line_of_gobench_is_of_its_format),
		WITH_FOLDER(results_can_go_to_a_file),
		cmocka_unit_test(long_work_does_not_keep_it_from_ending),
		cmocka_unit_test(rings_beyond_the_memory_are_refused),
		cmocka_unit_test(rings_that_overwrite_account_for_each_byte),
		cmocka_unit_test(what_cannot_run_in_memory_is_left_out_and_told),
		cmocka_unit_test(runs_of_live_are_added_up),
		cmocka_unit_test(advice_is_a_ring_size),
		cmocka_unit_test(advice_is_verified_and_has_a_margin),
		cmocka_unit_test(advice_without_a_rate_ends_well),
		cmocka_unit_test(a_ring_that_stores_all_is_not_advised),
		cmocka_unit_test(advice_is_a_ring_size_of_the_kernel_too),
		cmocka_unit_test(a_signal_stops_each_wait),
		cmocka_unit_test(a_signal_stops_a_run_in_which_little_happens),
		cmocka_unit_test(a_signal_stops_each_wait_on_a_ring_of_the_kernel),
		cmocka_unit_test(a_signal_stops_advice),
		WITH_FOLDER(a_stopped_run_leaves_no_file),
		cmocka_unit_test(help_is_printed),
		cmocka_unit_test(wrong_usage_is_told),
		cmocka_unit_test(a_cpu_beyond_the_machine_is_told),
		cmocka_unit_test(without_a_terminal_a_watched_run_is_lines),
		cmocka_unit_test(a_watched_run_on_a_ring_of_the_kernel_is_lines),
		cmocka_unit_test(on_a_terminal_a_watched_run_is_shown_in_place),
	};

	return exit_status(cmocka_run_group_tests(tests, run_once, forget), COUNT(tests));
}
