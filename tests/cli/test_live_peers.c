/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live: peers that misbehave (fake_peer.c) are named, left out, and harm nothing else; those that
 * were built account for every event.
 */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/fakes.h"
#include "support/folder.h"
#include "support/text.h"

#define LIVE "live", "-duration", "20ms", "-rounds", "1"
#define BESIDE "batch,view,aya", "-wait", "event"

static const json_t *result_by(const json_t *root, const char *path)
{
	const json_t *results = array_in(root, "results"), *result;
	size_t i;

	json_array_foreach(results, i, result)
	{
		if (strcmp(text_in(result, "path"), path) == 0)
			return result;
	}
	return NULL;
}

/* It fails with a line that says why, and all else is reported. */
static void assert_left_out(void **state, const char *const *arguments, const char *why)
{
	json_t *root = run_and_leave_out(*state, arguments, why);
	const json_t *ratio;

	assert_int_equal(json_array_size(array_in(root, "results")), 2);
	assert_true(integer_in(result_by(root, "batch"), "consumed") > 0);
	assert_true(integer_in(result_by(root, "view"), "consumed") > 0);
	ratio = json_array_get(array_in(root, "ratios"), 0);
	assert_string_equal(text_in(ratio, "path"), "view");
	assert_string_equal(text_in(ratio, "baseline"), "batch");
	assert_int_equal(json_array_size(array_in(root, "noise")), 1);
	json_decref(root);
}

#define LEFT_OUT(behaviour, why)                                                                  \
	static void behaviour##_is_left_out(void **state)                                         \
	{                                                                                         \
		need_bpf();                                                                       \
		fake_timeout_for(#behaviour);                                                     \
		fake_peer(state, "aya", #behaviour);                                              \
		assert_left_out(state, ARGUMENTS(LIVE, "-format", "json", "-mode", BESIDE), why); \
	}

LEFT_OUT(crash_at_start, "was ended by signal 11")
LEFT_OUT(hang_at_start, "did not answer within 0.3")
LEFT_OUT(another, "says that it is nobody")
LEFT_OUT(crash_at_ready, "was ended by signal 11")
LEFT_OUT(exit_at_ready, "exited with status 3")
LEFT_OUT(hang_at_ready, "did not answer within 0.3")
LEFT_OUT(garbage_at_ready, "answered what is no object of JSON")
LEFT_OUT(error_at_ready, "reports an error: no more tea?in the pot")
LEFT_OUT(unready, "has to say that it is ready")
LEFT_OUT(crash_in_live, "was ended by signal 11")
LEFT_OUT(garbage_in_live, "answered what is no object of JSON")
LEFT_OUT(talks_in_live, "wrote a line without a command")
LEFT_OUT(crash_at_stop, "was ended by signal 11")
LEFT_OUT(exit_at_stop, "exited with status 3")
LEFT_OUT(hang_at_stop, "did not answer within 0.3")
LEFT_OUT(garbage_at_stop, "answered what is no object of JSON")
LEFT_OUT(error_at_stop, "reports an error: no more tea?in the pot")
LEFT_OUT(huge_at_stop, "without a line end")
LEFT_OUT(one_more, "events of ")
LEFT_OUT(one_less, "events of ")
LEFT_OUT(beyond, "but event ")
LEFT_OUT(other_sum, "as many events in all as of each producer")
LEFT_OUT(future, "ns in the future")

static void a_peer_that_says_too_little_of_lateness_is_left_out(void **state)
{
	need_bpf();
	fake_timeout_for("right");
	fake_peer(state, "aya", "no_lateness");
	assert_left_out(state, ARGUMENTS(LIVE, "-rate", "100k", "-format", "json", "-mode", BESIDE),
		"reports latencies of 0 events");
}

/* What it left in the ring is not for those after it. */
static void a_peer_that_reads_nothing_harms_nothing(void **state)
{
	need_bpf();
	fake_timeout_for("right");
	fake_peer(state, "aya", "reads_nothing");
	assert_left_out(state,
		ARGUMENTS(LIVE, "-rounds", "6", "-format", "json", "-mode", "batch,aya,view",
			"-wait", "event"),
		"read 0 events of ");
}

static void where_the_first_fails_the_second_is_the_reference(void **state)
{
	struct outcome outcome;
	json_t *root;

	need_bpf();
	fake_timeout_for("right");
	fake_peer(state, "aya", "crash_at_stop");
	fake_peer(state, "libbpf-1.7", "right");
	fake_peer(state, "cilium-ebpf", "right");
	outcome = run_with_peers(
		*state, ARGUMENTS(LIVE, "-format", "json", "-mode", "aya,libbpf-1.7,cilium-ebpf"));
	assert_int_equal(outcome.status, FAILED);
	root = parsed_json(&outcome);
	assert_int_equal(json_array_size(array_in(root, "results")), 2);
	assert_int_equal(json_array_size(array_in(root, "noise")), 1);
	assert_string_equal(
		text_in(json_array_get(array_in(root, "ratios"), 0), "baseline"), "libbpf-1.7");
	json_decref(root);
	outcome_free(&outcome);
}

static void where_all_fail_nothing_is_written(void **state)
{
	struct outcome outcome;

	need_bpf();
	fake_timeout_for("right");
	fake_peer(state, "aya", "crash_at_stop");
	outcome = run_with_peers(*state, ARGUMENTS(LIVE, "-mode", "aya"));
	assert_complains(&outcome, FAILED, "path aya: was ended by signal 11");
	outcome_free(&outcome);
}

static void a_peer_that_does_not_end_harms_nothing(void **state)
{
	struct outcome outcome;

	need_bpf();
	fake_timeout_for("right");
	fake_peer(state, "aya", "hang_at_end");
	outcome = run_with_peers(*state, ARGUMENTS(LIVE, "-mode", "aya"));
	assert_int_equal(outcome.status, DONE);
	assert_string_equal(
		outcome.err, "aya: peer aya did not exit within 2 s and was killed\n");
	outcome_free(&outcome);
}

static void a_peer_is_measured_and_named(void **state)
{
	struct outcome outcome;
	const json_t *result, *round;
	json_t *root;

	need_bpf();
	fake_timeout_for("right");
	fake_peer(state, "aya", "right");
	outcome =
		run_with_peers(*state, ARGUMENTS(LIVE, "-rate", "100k", "-format", "json", "-mode",
					       "aya,batch", "-wait", "libbpf-poll,paced"));
	assert_done(&outcome);
	root = parsed_json(&outcome);
	assert_string_equal(text_in(json_array_get(array_in(root, "peers"), 0), "name"), "aya");
	result = result_by(root, "aya");
	assert_string_equal(text_in(result, "wait"), "own");
	assert_true(json_is_null(json_object_get(result, "sleeps")));
	assert_true(json_is_null(json_object_get(result, "wakeups")));
	round = json_array_get(array_in(result, "rounds"), 0);
	assert_true(json_is_null(json_object_get(round, "sleeps")));
	assert_int_equal(integer_in(object_in(result, "latency_ns"), "count"),
		integer_in(result, "consumed"));
	assert_int_equal(json_array_size(array_in(root, "ratios")), 2 * 3);
	json_decref(root);
	outcome_free(&outcome);
}

static void a_run_with_a_hanging_peer_is_stopped(void **state)
{
	char peers[PATH_MAX + 32];

	need_bpf();
	fake_peer(state, "aya", "hang_at_stop");
	snprintf(peers, sizeof(peers), "RINGVIEW_PEERS=%s", (const char *)*state);
	assert_command_complains(
		&(struct command){ .arguments = ARGUMENTS(LIVE, "-mode", "aya"),
			.environment = ARGUMENTS(peers, "RINGVIEW_PEER_TIMEOUT=10m"),
			.signal = SIGINT },
		STOPPED, "interrupted");
}

static void a_peer_that_is_not_built_cannot_be_named(void **state)
{
	struct outcome outcome = run_with_peers(*state, ARGUMENTS(LIVE, "-mode", "aya"));

	assert_complains(&outcome, WRONG_USAGE, "run: ./run peers");
	outcome_free(&outcome);
}

static void peers_that_are_not_built_are_left_out_of_all(void **state)
{
	struct outcome outcome;

	need_bpf();
	fake_peer(state, "aya", "right");
	fake_timeout_for("right");
	outcome = run_with_peers(*state, ARGUMENTS(LIVE, "-mode", "all", "-wait", "event"));
	assert_int_equal(outcome.status, DONE);
	assert_string_equal(outcome.err,
		"cilium-ebpf: left out: it is not built; run: ./run peers\n"
		"libbpf-1.7: left out: it is not built; run: ./run peers\n");
	outcome_free(&outcome);
}

static void what_a_peer_cannot_read_is_left_out_of_all(void **state)
{
	struct outcome outcome;

	fake_peer(state, "aya", "right");
	outcome = run_with_peers(
		*state, ARGUMENTS(LIVE, "-source", "memory", "-mode", "all", "-wait", "event"));
	assert_int_equal(outcome.status, DONE);
	assert_string_equal(outcome.err, "perfbuf: left out: it reads only buffers of the kernel\n"
					 "aya: left out: it reads only rings of the kernel\n");
	outcome_free(&outcome);
	need_bpf();
	outcome = run_with_peers(
		*state, ARGUMENTS(LIVE, "-rings", "2", "-mode", "all", "-wait", "event"));
	assert_int_equal(outcome.status, DONE);
	assert_string_equal(outcome.err,
		"perfbuf: left out: it has a buffer for each CPU, and no rings\n"
		"aya: left out: it reads one ring\n");
	outcome_free(&outcome);
}

static void a_path_that_the_peer_does_not_have_is_an_error(void **state)
{
	struct outcome outcome;

	need_bpf();
	fake_timeout_for("right");
	fake_peer(state, "cilium-ebpf", "right");
	outcome = run_with_peers(*state, ARGUMENTS(LIVE, "-mode", "cilium-ebpf-raw"));
	assert_complains(&outcome, WRONG_USAGE, "-mode: unknown value \"cilium-ebpf-raw\"");
	outcome_free(&outcome);
}

/* Another build beside the release, whose readers are called by the name of its file. */
static void a_build_stands_beside_the_release(void **state)
{
	struct outcome outcome;
	json_t *root;

	need_bpf();
	fake_timeout_for("right");
	fake_peer_as(state, "aya-patched", "aya", "right");
	fake_peer(state, "aya", "right");
	outcome = run_with_peers(
		*state, ARGUMENTS(LIVE, "-format", "json", "-mode", "aya,aya-patched"));
	assert_done(&outcome);
	root = parsed_json(&outcome);
	assert_string_equal(text_in(result_of(root, 0), "path"), "aya");
	assert_string_equal(text_in(result_of(root, 1), "path"), "aya-patched");
	json_decref(root);
	outcome_free(&outcome);
}

static void assert_built_peers_account(const char *const *arguments)
{
	const json_t *result;
	size_t i, own = 0;
	json_t *root;

	fake_timeout_for("right");
	root = run_built_peers(arguments);
	json_array_foreach(array_in(root, "results"), i, result)
	{
		own += strcmp(text_in(result, "wait"), "own") == 0;
		assert_true(integer_in(result, "consumed") > 0);
		assert_int_equal(integer_in(result, "produced"),
			integer_in(result, "consumed") + integer_in(result, "lost") +
				integer_in(result, "discarded"));
		assert_true(integer_in(object_in(result, "latency_ns"), "count") > 0);
	}
	assert_true(own >= json_array_size(array_in(root, "peers")));
	assert_true(own > 0);
	json_decref(root);
}

#define BUILT(...)                                                                                \
	ARGUMENTS("live", "-duration", "30ms", "-rounds", "1", "-format", "json", "-mode", "all", \
		"-wait", "libbpf-poll", __VA_ARGS__)

static void built_peers_read_as_fast_as_they_can(void **state)
{
	(void)state;
	assert_built_peers_account(BUILT("-event-size", "64"));
}

static void built_peers_read_mixed_events_with_discards_of_several(void **state)
{
	(void)state;
	assert_built_peers_account(
		BUILT("-event-size", "mixed", "-discard", "10%", "-producers", "3"));
}

static void built_peers_read_at_a_rate_and_work(void **state)
{
	(void)state;
	assert_built_peers_account(BUILT("-rate", "50k", "-work", "1us", "-ring-size", "64KiB"));
}

static void built_peers_read_what_is_notified_rarely(void **state)
{
	(void)state;
	assert_built_peers_account(BUILT("-notify", "sampled:100", "-rate", "200k"));
	need_tracepoints();
	assert_built_peers_account(BUILT("-producer", "syscall", "-notify", "force"));
}

static void what_is_written_with_built_peers_is_narrow(void **state)
{
	struct outcome outcome;

	(void)state;
	fake_timeout_for("right");
	outcome = run_with_peers(
		built_peers(), ARGUMENTS(LIVE, "-v", "-mode", "all", "-wait", "libbpf-poll,event"));
	assert_int_equal(outcome.status, DONE);
	assert_matches(outcome.out, "^Peers: ");
	assert_narrow(outcome.out);
	outcome_free(&outcome);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(crash_at_start_is_left_out),
		IN_FOLDER(hang_at_start_is_left_out),
		IN_FOLDER(another_is_left_out),
		IN_FOLDER(crash_at_ready_is_left_out),
		IN_FOLDER(exit_at_ready_is_left_out),
		IN_FOLDER(hang_at_ready_is_left_out),
		IN_FOLDER(garbage_at_ready_is_left_out),
		IN_FOLDER(error_at_ready_is_left_out),
		IN_FOLDER(unready_is_left_out),
		IN_FOLDER(crash_in_live_is_left_out),
		IN_FOLDER(garbage_in_live_is_left_out),
		IN_FOLDER(talks_in_live_is_left_out),
		IN_FOLDER(crash_at_stop_is_left_out),
		IN_FOLDER(exit_at_stop_is_left_out),
		IN_FOLDER(hang_at_stop_is_left_out),
		IN_FOLDER(garbage_at_stop_is_left_out),
		IN_FOLDER(error_at_stop_is_left_out),
		IN_FOLDER(huge_at_stop_is_left_out),
		IN_FOLDER(one_more_is_left_out),
		IN_FOLDER(one_less_is_left_out),
		IN_FOLDER(beyond_is_left_out),
		IN_FOLDER(other_sum_is_left_out),
		IN_FOLDER(future_is_left_out),
		IN_FOLDER(a_peer_that_says_too_little_of_lateness_is_left_out),
		IN_FOLDER(a_peer_that_reads_nothing_harms_nothing),
		IN_FOLDER(where_the_first_fails_the_second_is_the_reference),
		IN_FOLDER(where_all_fail_nothing_is_written),
		IN_FOLDER(a_peer_that_does_not_end_harms_nothing),
		IN_FOLDER(a_peer_is_measured_and_named),
		IN_FOLDER(a_run_with_a_hanging_peer_is_stopped),
		IN_FOLDER(a_peer_that_is_not_built_cannot_be_named),
		IN_FOLDER(peers_that_are_not_built_are_left_out_of_all),
		IN_FOLDER(what_a_peer_cannot_read_is_left_out_of_all),
		IN_FOLDER(a_path_that_the_peer_does_not_have_is_an_error),
		IN_FOLDER(a_build_stands_beside_the_release),
		cmocka_unit_test(built_peers_read_as_fast_as_they_can),
		cmocka_unit_test(built_peers_read_mixed_events_with_discards_of_several),
		cmocka_unit_test(built_peers_read_at_a_rate_and_work),
		cmocka_unit_test(built_peers_read_what_is_notified_rarely),
		cmocka_unit_test(what_is_written_with_built_peers_is_narrow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
