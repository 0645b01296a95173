/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drain and sweep: peers that misbehave (fake_peer.c) are named, left out, and harm nothing else;
 * those that were built read rightly.
 */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/fakes.h"
#include "support/folder.h"
#include "support/text.h"

#define RUN QUICK_BPF, "-n", "700", "-read-timeout", "0ms"

/* Whether there is a result, or a ratio, of a path. */
static bool is_in(const json_t *root, const char *array, const char *path)
{
	const json_t *element;
	size_t i;

	json_array_foreach(array_in(root, array), i, element)
	{
		const char *baseline = json_string_value(json_object_get(element, "baseline"));

		if (strcmp(text_in(element, "path"), path) == 0 ||
			(baseline && strcmp(baseline, path) == 0))
			return true;
	}
	return false;
}

/* It fails with a line that says why, and all else is reported. */
static void assert_left_out(void **state, const char *const *arguments, const char *why)
{
	json_t *root = run_and_leave_out(*state, arguments, why);

	assert_false(is_in(root, "results", "aya"));
	assert_false(is_in(root, "ratios", "aya"));
	assert_true(is_in(root, "results", "copy"));
	assert_true(is_in(root, "results", "view"));
	assert_true(is_in(root, "ratios", "view"));
	json_decref(root);
}

#define LEFT_OUT(behaviour, why)                                                             \
	static void behaviour##_is_left_out(void **state)                                    \
	{                                                                                    \
		need_bpf();                                                                  \
		fake_timeout_for(#behaviour);                                                \
		fake_peer(state, "aya", #behaviour);                                         \
		assert_left_out(                                                             \
			state, ARGUMENTS(RUN, "-format", "json", "-mode", "both,aya"), why); \
	}

LEFT_OUT(crash_at_start, "was ended by signal 11")
LEFT_OUT(exit_at_start, "exited with status 3")
LEFT_OUT(hang_at_start, "did not answer within 0.3")
LEFT_OUT(garbage_at_start, "answered what is no object of JSON: no JSON?[31m")
LEFT_OUT(error_at_start, "reports an error: no more tea?in the pot")
LEFT_OUT(huge_at_start, "without a line end")
LEFT_OUT(another, "says that it is nobody")
LEFT_OUT(crash_in_drain, "was ended by signal 11")
LEFT_OUT(exit_in_drain, "exited with status 3")
LEFT_OUT(hang_in_drain, "did not answer within 0.3")
LEFT_OUT(garbage_in_drain, "answered what is no object of JSON")
LEFT_OUT(error_in_drain, "reports an error: no more tea?in the pot")
LEFT_OUT(huge_in_drain, "without a line end")
LEFT_OUT(crash_late, "was ended by signal 11")
LEFT_OUT(wrong_sum, "but the ring holds 700 with")
LEFT_OUT(one_more, "found 701 events")
LEFT_OUT(one_less, "received 699/700")
LEFT_OUT(unreleased, "released up to position")
LEFT_OUT(no_time, "reports that it took 0 ns")
LEFT_OUT(long_time, "reports that it took 3600")
LEFT_OUT(talks, "wrote a line without a command")

static void a_peer_that_fails_in_a_sweep_is_left_out(void **state)
{
	need_bpf();
	fake_peer(state, "aya", "crash_late");
	assert_left_out(state,
		ARGUMENTS("sweep", RUN, "-sizes", "16,48,1000", "-format", "json", "-mode",
			"aya,both"),
		"was ended by signal 11");
}

static void a_peer_that_fails_in_each_run_is_left_out(void **state)
{
	struct outcome outcome;
	json_t *root;

	need_bpf();
	fake_peer(state, "aya", "crash_late");
	outcome = run_with_peers(*state, ARGUMENTS(RUN, "-runs", "2", "-rounds", "1", "-format",
						 "json", "-mode", "both,aya"));
	assert_int_equal(outcome.status, FAILED);
	assert_matches(outcome.err, "path aya: was ended by signal 11");
	root = parsed_json(&outcome);
	assert_int_equal(json_array_size(array_in(root, "results")), 2);
	assert_false(is_in(root, "results", "aya"));
	assert_int_equal(json_array_size(array_in(root, "failed_peers")), 1);
	json_decref(root);
	outcome_free(&outcome);
}

static void a_peer_that_is_not_executable_is_left_out(void **state)
{
	need_bpf();
	file_write(folder_path(state, "aya"), "");
	assert_left_out(
		state, ARGUMENTS(RUN, "-format", "json", "-mode", "both,aya"), "cannot be started");
}

static void where_all_fail_nothing_is_written(void **state)
{
	struct outcome outcome;

	need_bpf();
	fake_peer(state, "aya", "crash_late");
	outcome = run_with_peers(*state, ARGUMENTS(RUN, "-mode", "aya"));
	assert_complains(&outcome, FAILED, "path aya: was ended by signal 11");
	outcome_free(&outcome);
}

static void each_peer_that_fails_is_named(void **state)
{
	struct outcome outcome;

	need_bpf();
	fake_peer(state, "aya", "wrong_sum");
	fake_peer(state, "cilium-ebpf", "exit_at_start");
	fake_peer(state, "libbpf-1.7", "right");
	outcome = run_with_peers(*state, ARGUMENTS(RUN, "-mode", "all"));
	assert_int_equal(outcome.status, FAILED);
	assert_matches(outcome.err, "path cilium-ebpf: exited with status 3");
	assert_matches(outcome.err, "path aya: found 700 events");
	assert_matches(outcome.err, "^libbpf-1.7-n: left out: libbpf-1.7 1.2 does not have it$");
	assert_matches(outcome.out, "^libbpf-1.7 +[0-9]");
	outcome_free(&outcome);
}

static void a_path_that_the_peer_does_not_have_is_an_error(void **state)
{
	struct outcome outcome;

	need_bpf();
	fake_peer(state, "cilium-ebpf", "right");
	outcome = run_with_peers(*state, ARGUMENTS(RUN, "-mode", "copy,cilium-ebpf-raw"));
	assert_complains(&outcome, WRONG_USAGE, "-mode: unknown value \"cilium-ebpf-raw\"");
	outcome_free(&outcome);
	fake_peer(state, "libbpf-1.7", "right");
	outcome = run_with_peers(*state, ARGUMENTS(RUN, "-mode", "copy,libbpf-1.7-n"));
	assert_complains(&outcome, FAILED, "libbpf-1.7 1.2 does not have it");
	outcome_free(&outcome);
}

static void a_build_stands_beside_the_release(void **state)
{
	struct outcome outcome;

	need_bpf();
	fake_peer(state, "aya", "right");
	fake_peer_as(state, "aya-patched", "aya", "right");
	outcome = run_with_peers(*state, ARGUMENTS(RUN, "-mode", "aya,aya-patched"));
	assert_done(&outcome);
	assert_matches(outcome.out, " vs aya[^\n]*\n([^\n]*\n)*aya-patched +[0-9.]+ +[0-9.]+ ");
	outcome_free(&outcome);
	/* One that does not answer is no reader, and told. */
	fake_peer_as(state, "aya-patched", "aya", "exit_at_start");
	outcome = run_with_peers(*state, ARGUMENTS(RUN, "-mode", "aya"));
	assert_int_equal(outcome.status, DONE);
	assert_matches(outcome.err, "^aya-patched: left out: peer exited with status 3");
	outcome_free(&outcome);
}

static void a_program_of_the_users_takes_part(void **state)
{
	struct outcome outcome;
	char path[PATH_MAX];

	need_bpf();
	fake_peer_as(state, "mine", "aya", "right");
	snprintf(path, sizeof(path), "%s", folder_path(state, "mine"));
	outcome = run_with_peers("", ARGUMENTS(RUN, "-peer", path));
	assert_done(&outcome);
	assert_matches(outcome.out, " vs copy[^\n]*\n([^\n]*\n)*mine +[0-9.]+ +[0-9.]+ ");
	assert_matches(outcome.out, " vs copy[^\n]*\n([^\n]*\n)*view +[0-9.]+ +[0-9.]+ ");
	outcome_free(&outcome);
	outcome = run_with_peers("", ARGUMENTS(RUN, "-mode", "batch,mine", "-peer", path));
	assert_done(&outcome);
	assert_matches(outcome.out, " vs batch[^\n]*\n([^\n]*\n)*mine +[0-9.]+ +[0-9.]+ ");
	outcome_free(&outcome);
	outcome = run_with_peers("", ARGUMENTS(RUN, "-mode", "batch", "-peer", path));
	assert_complains(&outcome, WRONG_USAGE, "-peer: -mode does not name mine; add it");
	outcome_free(&outcome);
	outcome = run_with_peers("", ARGUMENTS(RUN, "-peer", folder_path(state, "none")));
	assert_complains(&outcome, WRONG_USAGE, "-peer: cannot open ");
	outcome_free(&outcome);
	outcome = run_with_peers("", ARGUMENTS(RUN, "-peer", "/bin/true"));
	assert_complains(&outcome, WRONG_USAGE, "-peer: /bin/true exited");
	outcome_free(&outcome);
}

static void a_peer_that_does_not_end_harms_nothing(void **state)
{
	struct outcome outcome;

	need_bpf();
	fake_peer(state, "aya", "hang_at_end");
	outcome = run_with_peers(*state, ARGUMENTS(RUN, "-mode", "copy,aya"));
	assert_int_equal(outcome.status, DONE);
	assert_string_equal(outcome.err, "aya: peer aya did not exit within 2 s and was killed\n");
	assert_matches(outcome.out, " vs copy[^\n]*\n([^\n]*\n)*aya +[0-9.]+ +[0-9.]+ ");
	outcome_free(&outcome);
}

static void a_peer_is_measured_and_named(void **state)
{
	struct outcome outcome;
	const json_t *peer;
	json_t *root;

	need_bpf();
	fake_peer(state, "libbpf-1.7", "right");
	outcome = run_with_peers(
		*state, ARGUMENTS(RUN, "-format", "json", "-mode", "batch,libbpf-1.7"));
	assert_done(&outcome);
	root = parsed_json(&outcome);
	peer = json_array_get(array_in(root, "peers"), 0);
	assert_string_equal(text_in(peer, "name"), "libbpf-1.7");
	assert_string_equal(text_in(peer, "version"), "1.2");
	assert_string_equal(text_in(peer, "language"), "C");
	assert_true(is_in(root, "results", "libbpf-1.7"));
	assert_true(is_in(root, "ratios", "libbpf-1.7"));
	assert_int_equal(json_array_size(array_in(root, "failed_peers")), 0);
	json_decref(root);
	outcome_free(&outcome);
}

static void a_run_with_a_hanging_peer_is_stopped(void **state)
{
	char peers[PATH_MAX + 32];

	need_bpf();
	fake_peer(state, "aya", "hang_late");
	snprintf(peers, sizeof(peers), "RINGVIEW_PEERS=%s", (const char *)*state);
	assert_command_complains(
		&(struct command){ .arguments = ARGUMENTS("-ring-size", "64KiB", "-n", "700",
					   "-time", "10m", "-mode", "aya"),
			.environment = ARGUMENTS(peers, "RINGVIEW_PEER_TIMEOUT=10m"),
			.signal = SIGINT },
		STOPPED, "interrupted");
}

static void a_wrong_patience_is_refused(void **state)
{
	static const char *const wrong[] = { "foo", "-1s", "0s", "5" };
	char peers[PATH_MAX + 32], patience[64];

	need_bpf();
	fake_peer(state, "aya", "hang_late");
	snprintf(peers, sizeof(peers), "RINGVIEW_PEERS=%s", (const char *)*state);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(patience, sizeof(patience), "RINGVIEW_PEER_TIMEOUT=%s", wrong[i]);
		assert_command_complains(
			&(struct command){ .arguments = ARGUMENTS(RUN, "-mode", "aya"),
				.environment = ARGUMENTS(peers, patience) },
			FAILED, "RINGVIEW_PEER_TIMEOUT is not a time such as 30s");
	}
}

/* A script that hangs in a program that it has started. That has standard error open too, so this
 * test would end with it. */
static void what_a_peer_has_started_is_killed_with_it(void **state)
{
	char script[PATH_MAX];

	need_bpf();
	snprintf(script, sizeof(script), "%s", folder_path(state, "script"));
	file_write(script, "#!/bin/sh\nsleep 1000\nexit 0\n");
	assert_int_equal(chmod(script, 0700), 0);
	assert_command_complains(&(struct command){ .arguments = ARGUMENTS(RUN, "-peer", script),
					 .environment = ARGUMENTS("RINGVIEW_PEER_TIMEOUT=1s") },
		WRONG_USAGE, "did not answer within 1 s");
}

static void a_peer_that_is_not_built_cannot_be_named(void **state)
{
	struct outcome outcome = run_with_peers(*state, ARGUMENTS(RUN, "-mode", "copy,aya"));

	assert_complains(&outcome, WRONG_USAGE, "run: ./run peers");
	outcome_free(&outcome);
}

static void peers_that_are_not_built_are_left_out_of_all(void **state)
{
	struct outcome outcome;

	need_bpf();
	outcome = run_with_peers(*state, ARGUMENTS(RUN, "-mode", "all"));
	assert_int_equal(outcome.status, DONE);
	assert_string_equal(outcome.err,
		"cilium-ebpf: left out: it is not built; run: ./run peers\n"
		"aya: left out: it is not built; run: ./run peers\n"
		"libbpf-1.7: left out: it is not built; run: ./run peers\n");
	outcome_free(&outcome);
}

static void peers_read_only_rings_of_the_kernel(void **state)
{
	struct outcome outcome;

	fake_peer(state, "aya", "right");
	outcome = run_with_peers(*state, ARGUMENTS(QUICK, "-n", "700", "-mode", "copy,aya"));
	assert_complains(&outcome, WRONG_USAGE, "aya reads only rings of the kernel");
	outcome_free(&outcome);
}

static void list_names_the_peers(void **state)
{
	struct outcome outcome;

	fake_peer(state, "aya", "right");
	fake_peer(state, "libbpf-1.7", "crash_at_start");
	outcome = run_with_peers(*state, ARGUMENTS("list"));
	assert_done(&outcome);
	assert_matches(outcome.out, "^  aya +aya, maps::RingBuf::next; 1.2, C");
	assert_matches(outcome.out, "^  cilium-ebpf +not available: .* ./run peers$");
	assert_matches(outcome.out, "^  libbpf-1.7 +not available: .* ended by signal 11");
	outcome_free(&outcome);
}

static void assert_built_peers_read(const char *const *arguments, size_t workloads)
{
	json_t *root = run_built_peers(arguments);

	assert_true(json_array_size(array_in(root, "peers")) > 0);
	assert_true(json_array_size(array_in(root, "results")) >= 7 * workloads);
	json_decref(root);
}

static void built_peers_read_packets_by_every_touch(void **state)
{
	(void)state;
	assert_built_peers_read(ARGUMENTS(RUN, "-format", "json", "-mode", "all", "-touch",
					"none,header,fields,bytes"),
		4);
}

/* Each length that has a touching of its own, odd ones, and those around a cache line. */
static void built_peers_read_events_of_every_size(void **state)
{
	(void)state;
	assert_built_peers_read(
		ARGUMENTS("sweep", RUN, "-rounds", "1", "-format", "json", "-touch", "fields,bytes",
			"-sizes", "16,17,23,32,48,64,71,80,96,1000"),
		20);
}

static void built_peers_read_rings_again_and_again(void **state)
{
	(void)state;
	assert_built_peers_read(
		ARGUMENTS(QUICK_BPF, "-n", "5000", "-format", "json", "-mode", "all"), 1);
}

static void assert_output_narrow(const char *const *arguments, const char *shown)
{
	struct outcome outcome = run_with_peers(built_peers(), arguments);

	assert_int_equal(outcome.status, DONE);
	assert_matches(outcome.out, shown);
	assert_narrow(outcome.out);
	outcome_free(&outcome);
}

static void a_drain_with_built_peers_is_narrow(void **state)
{
	(void)state;
	assert_output_narrow(ARGUMENTS(RUN, "-v", "-mode", "all", "-rounds", "12"),
		"^Peers, each by its own clock: ");
}

static void a_sweep_with_built_peers_is_narrow(void **state)
{
	(void)state;
	assert_output_narrow(
		ARGUMENTS("sweep", RUN, "-sizes", "16,4096", "-rounds", "12"), "^fastest: ");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(crash_at_start_is_left_out),
		IN_FOLDER(exit_at_start_is_left_out),
		IN_FOLDER(hang_at_start_is_left_out),
		IN_FOLDER(garbage_at_start_is_left_out),
		IN_FOLDER(error_at_start_is_left_out),
		IN_FOLDER(huge_at_start_is_left_out),
		IN_FOLDER(another_is_left_out),
		IN_FOLDER(crash_in_drain_is_left_out),
		IN_FOLDER(exit_in_drain_is_left_out),
		IN_FOLDER(hang_in_drain_is_left_out),
		IN_FOLDER(garbage_in_drain_is_left_out),
		IN_FOLDER(error_in_drain_is_left_out),
		IN_FOLDER(huge_in_drain_is_left_out),
		IN_FOLDER(crash_late_is_left_out),
		IN_FOLDER(wrong_sum_is_left_out),
		IN_FOLDER(one_more_is_left_out),
		IN_FOLDER(one_less_is_left_out),
		IN_FOLDER(unreleased_is_left_out),
		IN_FOLDER(no_time_is_left_out),
		IN_FOLDER(long_time_is_left_out),
		IN_FOLDER(talks_is_left_out),
		IN_FOLDER(a_peer_that_fails_in_a_sweep_is_left_out),
		IN_FOLDER(a_peer_that_fails_in_each_run_is_left_out),
		IN_FOLDER(a_peer_that_is_not_executable_is_left_out),
		IN_FOLDER(where_all_fail_nothing_is_written),
		IN_FOLDER(each_peer_that_fails_is_named),
		IN_FOLDER(a_path_that_the_peer_does_not_have_is_an_error),
		IN_FOLDER(a_build_stands_beside_the_release),
		IN_FOLDER(a_program_of_the_users_takes_part),
		IN_FOLDER(a_peer_that_does_not_end_harms_nothing),
		IN_FOLDER(a_peer_is_measured_and_named),
		IN_FOLDER(a_run_with_a_hanging_peer_is_stopped),
		IN_FOLDER(a_wrong_patience_is_refused),
		IN_FOLDER(what_a_peer_has_started_is_killed_with_it),
		IN_FOLDER(a_peer_that_is_not_built_cannot_be_named),
		IN_FOLDER(peers_that_are_not_built_are_left_out_of_all),
		IN_FOLDER(peers_read_only_rings_of_the_kernel),
		IN_FOLDER(list_names_the_peers),
		cmocka_unit_test(built_peers_read_packets_by_every_touch),
		cmocka_unit_test(built_peers_read_events_of_every_size),
		cmocka_unit_test(built_peers_read_rings_again_and_again),
		cmocka_unit_test(a_drain_with_built_peers_is_narrow),
		cmocka_unit_test(a_sweep_with_built_peers_is_narrow),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
