/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Streams as they are: mixes of sizes, recorded ones, discards, rings in a cache, bursts.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/skipping.h"
#include "support/checks.h"
#include "support/fakes.h"
#include "support/folder.h"
#include "support/live_runs.h"
#include "support/text.h"

#define JSON "-format", "json"
#define DRAIN QUICK, JSON, "-n", "3000"
#define DRAIN_BPF QUICK_BPF, JSON, "-n", "3000"
#define PATHS "-mode", "copy,view,batch,floor,memory"
#define LIVE "live", "-duration", "40ms", "-rounds", "1", "-source", "memory", JSON
#define LIVE_BPF "live", "-duration", "40ms", "-rounds", "1", JSON

/* Writes a file of sizes. "@PATH". */
static const char *sizes_of(void **state, const char *name, const char *text)
{
	static char flag[512];
	const char *path = folder_path(state, name);

	file_write(path, text);
	snprintf(flag, sizeof(flag), "@%s", path);
	return flag;
}

/* @count sizes of at most 600 B, more than a program could reserve. "@PATH". */
static const char *recorded(void **state, int count)
{
	static char flag[512];
	const char *path = folder_path(state, "recorded.sizes");
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	for (int i = 0; i < count; i++)
		fprintf(file, "%d\n", 16 + i * 37 % 585);
	fclose(file);
	snprintf(flag, sizeof(flag), "@%s", path);
	return flag;
}

static json_t *first_round(json_t *root, size_t result)
{
	return json_array_get(array_in(result_of(root, result), "rounds"), 0);
}

static void assert_reads_all(const char *const *arguments, json_int_t events, const char *name)
{
	json_t *root = run_json(arguments);
	const size_t results = json_array_size(array_in(root, "results"));

	assert_true(results > 0);
	for (size_t i = 0; i < results; i++) {
		assert_int_equal(integer_in(first_round(root, i), "consumed"), events);
		assert_int_equal(integer_in(result_of(root, i), "event_size"), 0);
		assert_string_equal(text_in(result_of(root, i), "event_sizes"), name);
	}
	json_decref(root);
}

static void every_path_reads_a_mix(void **state)
{
	(void)state;
	assert_reads_all(ARGUMENTS(DRAIN, PATHS, "-event-size", "24+41+56"), 3000, "24+41+56");
	assert_reads_all(
		ARGUMENTS(DRAIN, PATHS, "-event-size", "64*9+1024", "-touch", "none,header,bytes"),
		3000, "64*9+1024");
	assert_reads_all(
		ARGUMENTS(DRAIN, PATHS, "-event-size", "mixed", "-batch", "7"), 3000, "mixed");
}

static void every_path_reads_a_mix_from_the_kernel(void **state)
{
	static const char *const mixes[] = { "24+41+56", "64*9+1024", "mixed", "16+65504" };

	(void)state;
	need_bpf();
	for (size_t i = 0; i < COUNT(mixes); i++)
		assert_reads_all(ARGUMENTS("-ring-size", "256KiB", "-rounds", "1", JSON, "-n",
					 "300", "-mode", "all", "-event-size", mixes[i]),
			300, mixes[i]);
}

static void a_recorded_stream_is_read_in_its_order(void **state)
{
	const char *stream = recorded(state, 10000);

	assert_reads_all(ARGUMENTS(QUICK, JSON, "-n", "25000", PATHS, "-event-size", stream), 25000,
		"@recorded.sizes");
	need_bpf();
	assert_reads_all(
		ARGUMENTS(QUICK_BPF, JSON, "-n", "25000", "-mode", "all", "-event-size", stream),
		25000, "@recorded.sizes");
	assert_reads_all(ARGUMENTS("-ring-size", "128KiB", "-rounds", "1", JSON, "-n", "40",
				 "-event-size", recorded(state, 1)),
		40, "@recorded.sizes");
}

/* Sizes below those of events are raised, and that is said. Lines may end as with DOS. */
static void small_sizes_of_a_file_are_raised(void **state)
{
	struct outcome outcome =
		run(ARGUMENTS(DRAIN, "-event-size", sizes_of(state, "small", "0\n15\r\n16\r\n200\n")));

	assert_int_equal(outcome.status, DONE);
	assert_matches(outcome.err, ": 2 of 4 sizes are below 16 B, and were raised to it$");
	assert_matches(outcome.out, "\"event_size_mean\": 62.0");
	outcome_free(&outcome);
}

static void assert_file_is_refused(void **state, const char *text, const char *named)
{
	const char *flag = sizes_of(state, "wrong", text);

	assert_command_complains(&(struct command){ .arguments = ARGUMENTS("-event-size", flag) },
		WRONG_USAGE, named);
}

static void what_is_no_size_is_refused_by_its_line(void **state)
{
	assert_file_is_refused(state, "100\n200\n70000\n300\n", "wrong, line 3: \"70000\"");
	assert_file_is_refused(state, "100\nlarge\n", "line 2: \"large\"");
	assert_file_is_refused(state, "\n", "line 1: \"\"");
	assert_file_is_refused(state, "100\n-1\n", "line 2: \"-1\"");
	assert_file_is_refused(
		state, "100\n11111111111111111111111111111111111111111111111\n", "line 2");
	assert_file_is_refused(state, "", "has no sizes");
	assert_command_complains(
		&(struct command){ .arguments = ARGUMENTS("-event-size", "@/nowhere/at/all") },
		WRONG_USAGE, "/nowhere/at/all");
}

static void a_file_of_sizes_is_not_replaced(void **state)
{
	const char *flag = sizes_of(state, "sizes", "16\n200\n"), *path = flag + 1;

	assert_command_complains(
		&(struct command){ .arguments = ARGUMENTS(DRAIN, "-event-size", flag, "-o", path) },
		WRONG_USAGE, "which is read; give another file");
	assert_command_complains(&(struct command){ .arguments = ARGUMENTS("sweep", "-source",
							    "memory", "-sizes", flag, "-o", path) },
		WRONG_USAGE, "which is read; give another file");
	assert_command_complains(
		&(struct command){ .arguments = ARGUMENTS(LIVE, "-event-size", flag, "-o", path) },
		WRONG_USAGE, "which is read; give another file");
}

static void a_file_of_sizes_is_named_in_the_text(void **state)
{
	struct outcome outcome = run(ARGUMENTS("live", "-duration", "20ms", "-rounds", "1",
		"-source", "memory", "-event-size", sizes_of(state, "sizes", "16\n200\n")));

	assert_int_equal(outcome.status, DONE);
	assert_matches(outcome.out, ", @sizes, 1 ring of ");
	outcome_free(&outcome);
}

static void files_of_one_name_are_not_one_mix(void **state)
{
	const char *path = folder_path(state, "sizes");
	char list[1100], other[PATH_MAX], folder[PATH_MAX];

	file_write(path, "16\n200\n");
	snprintf(folder, sizeof(folder), "%s", folder_path(state, "folder"));
	snprintf(other, sizeof(other), "%s", folder_path(state, "folder/sizes"));
	snprintf(list, sizeof(list), "@%.500s,@%.500s", path, other);
	assert_int_equal(mkdir(folder, 0700), 0);
	file_write(other, "16\n201\n");
	assert_command_complains(
		&(struct command){ .arguments = ARGUMENTS("sweep", "-sizes", list) }, WRONG_USAGE,
		"-sizes: two mixes would be called \"@");
	unlink(other);
	rmdir(folder);
}

#define REFUSED(test, named, ...)                                                                  \
	static void test##_is_refused(void **state)                                                \
	{                                                                                          \
		(void)state;                                                                       \
		assert_command_complains(&(struct command){ .arguments = ARGUMENTS(__VA_ARGS__) }, \
			WRONG_USAGE, named);                                                       \
	}

REFUSED(a_mix_of_a_size_that_is_too_small, "-event-size:", "-event-size", "8+16")
REFUSED(a_mix_without_a_size, "-event-size:", "-event-size", "16++24")
REFUSED(a_mix_that_ends_with_a_plus, "-event-size:", "-event-size", "16+")
REFUSED(a_weight_of_0, "-event-size:", "-event-size", "16*0+24")
REFUSED(a_weight_that_is_no_count, "-event-size:", "-event-size", "16*x")
REFUSED(a_weight_beyond_all_bounds, "-event-size:", "-event-size", "16*1G")
REFUSED(a_mix_of_skb_meta, "-event-size:", "-event", "skb_meta", "-event-size", "16+80")
REFUSED(a_ring_too_small_for_a_mix, "-ring-size:", "-ring-size", "4KiB", "-event-size", "16+8192")
REFUSED(a_wrong_mix_of_live, "-event-size:", "live", "-event-size", "8+16")
REFUSED(a_wrong_mix_of_sweep, "-sizes:", "sweep", "-sizes", "64,8+16")
REFUSED(discarding_all, "-discard:", "-discard", "100%")
REFUSED(discarding_what_is_copied, "-discard:", "-event-size", "16+17+18+19+20+21+22+23+24",
	"-discard", "1%")
REFUSED(reserving_too_many_sizes, "-write:", "live", "-event-size", "16+17+18+19+20+21+22+23+24",
	"-write", "reserve")
REFUSED(an_unknown_cache, "-caches:", "-caches", "warm")
REFUSED(a_burst_without_a_time, "-rate:", "live", "-rate", "burst:100")
REFUSED(a_burst_of_nothing, "-rate:", "live", "-rate", "burst:0/1ms")
REFUSED(a_burst_without_end, "-rate:", "live", "-rate", "burst:100/0s")

/* Each of the events that are read once is one that was not discarded; the check knows which. */
static void assert_discards(const char *const *arguments)
{
	json_t *root = run_json(arguments);

	for (size_t i = 0; i < json_array_size(array_in(root, "results")); i++)
		assert_in_range(integer_in(first_round(root, i), "consumed"), 2000, 2500);
	assert_float_equal(real_in(object_in(root, "workload"), "discard"), 0.25, 1e-9);
	json_decref(root);
}

static void discarded_events_are_passed_over(void **state)
{
	(void)state;
	assert_discards(ARGUMENTS(DRAIN, PATHS, "-discard", "25%"));
	assert_discards(ARGUMENTS(DRAIN, PATHS, "-discard", "25%", "-event-size", "24+41+1000"));
	assert_discards(ARGUMENTS(DRAIN, PATHS, "-discard", "25%", "-caches", "own"));
}

static void discarded_events_of_the_kernel_are_passed_over(void **state)
{
	(void)state;
	need_bpf();
	assert_discards(ARGUMENTS(DRAIN_BPF, "-mode", "all", "-discard", "25%"));
	assert_discards(
		ARGUMENTS(DRAIN_BPF, "-mode", "all", "-discard", "25%", "-event-size", "24+1000"));
}

static void nothing_but_discards_is_an_error(void **state)
{
	(void)state;
	assert_command_complains(
		&(struct command){ .arguments = ARGUMENTS(QUICK, "-n", "1", "-discard", "99.99%") },
		FAILED, "all events are discarded");
}

static void assert_caches(const char *const *arguments, const char *caches)
{
	json_t *root = run_json(arguments), *workload = object_in(root, "workload");
	const size_t results = json_array_size(array_in(root, "results"));

	assert_true(results >= 4);
	for (size_t i = 0; i < results; i++) {
		assert_string_equal(text_in(result_of(root, i), "touch"), "fields");
		assert_string_equal(text_in(result_of(root, i), "caches"), caches);
		assert_int_equal(integer_in(first_round(root, i), "consumed"), 3000);
	}
	assert_string_equal(text_in(workload, "caches"), caches);
	assert_true(real_in(workload, "line_transfer_ns") > 0);
	assert_true(integer_in(workload, "reader_cpu") != integer_in(workload, "writer_cpu"));
	json_decref(root);
}

static void need_two_cpus(void)
{
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		skip_because("needs two CPUs");
}

static void a_ring_in_a_cache_is_read_by_every_path(void **state)
{
	(void)state;
	need_two_cpus();
	assert_caches(ARGUMENTS(DRAIN, PATHS, "-caches", "own"), "own");
	assert_caches(ARGUMENTS(DRAIN, PATHS, "-caches", "other"), "other");
	need_bpf();
	assert_caches(ARGUMENTS(DRAIN_BPF, "-mode", "all", "-caches", "own"), "own");
	assert_caches(ARGUMENTS(DRAIN_BPF, "-mode", "all", "-caches", "other", "-event-size",
			      recorded(state, 100)),
		"other");
}

/* All read the same events, though each has fills of its own. */
static void fills_of_their_own_have_the_same_events(void **state)
{
	json_t *root;

	(void)state;
	root = run_json(ARGUMENTS(DRAIN, "-mode", "copy,view,batch,floor", "-event-size",
		"24+41+1000", "-caches", "own", "-rounds", "6"));
	for (size_t i = 1; i < 4; i++)
		assert_string_equal(text_in(result_of(root, i), "checksum"),
			text_in(result_of(root, 0), "checksum"));
	json_decref(root);
}

static void several_caches_are_measured_one_after_the_other(void **state)
{
	struct outcome outcome;
	json_t *root, *result;
	size_t i;

	(void)state;
	need_two_cpus();
	root = run_json(ARGUMENTS("sweep", "-source", "memory", "-rounds", "1", JSON, "-n", "500",
		"-mode", "view,batch", "-sizes", "16,24+40", "-caches", "cold,own,other", "-touch",
		"header,bytes"));
	assert_int_equal(json_array_size(array_in(root, "results")), 2 * 2 * 3 * 2);
	json_array_foreach(array_in(root, "results"), i, result)
	{
		const json_t *workload = object_in(result, "workload");
		const char *caches = text_in(workload, "caches");

		assert_string_equal(
			caches, ((const char *const[]){ "cold", "own", "other" })[i / 8]);
		assert_int_equal(!json_object_get(result, "caches"), i < 8);
		if (i < 8)
			assert_int_equal(integer_in(workload, "ring_size"), 512 << 20);
		else
			assert_in_range(integer_in(workload, "ring_size"), 4096, 64 << 20);
	}
	/* The file's own workload is the last one, in files of all versions: compare compares it. */
	assert_true(json_equal(object_in(root, "workload"),
		object_in(result_of(root, 2 * 2 * 3 * 2 - 1), "workload")));
	json_decref(root);
	outcome = run(ARGUMENTS("sweep", QUICK, "-n", "500", "-mode", "copy,view", "-sizes",
		"16,24+40", "-caches", "cold,own"));
	assert_done(&outcome);
	assert_matches(outcome.out, "\\(touched: fields/own\\)$");
	assert_matches(outcome.out, "^24\\+40 +[0-9.]+M +[0-9.]+");
	assert_matches(outcome.out, "^A cache line takes [0-9]+ ns from CPU [0-9]+ to CPU [0-9]+");
	outcome_free(&outcome);
}

static void what_a_path_does_wrong_in_a_cache_is_caught(void **state)
{
	static const char *const faults[] = { "lose", "twice", "swap", "byte", "release" };
	char mode[32];

	(void)state;
	for (size_t i = 0; i < COUNT(faults); i++) {
		snprintf(mode, sizeof(mode), "faulty-%s", faults[i]);
		assert_command_complains(
			&(struct command){ .program = FAULTY_BENCHMARK,
				.arguments = ARGUMENTS(QUICK, "-n", "700", "-read-timeout", "0ms",
					"-caches", "own", "-event-size", "24+40+80", "-mode",
					mode) },
			FAILED, mode);
	}
}

static void a_sweep_ends_with_three_mixes(void **state)
{
	json_t *root = run_json(ARGUMENTS("sweep", QUICK, JSON, "-n", "50", "-mode", "view"));

	(void)state;
	assert_int_equal(json_array_size(array_in(root, "results")), 15);
	assert_string_equal(text_in(result_of(root, 12), "event_sizes"), "48+80");
	assert_string_equal(text_in(result_of(root, 13), "event_sizes"), "64*9+1024");
	assert_string_equal(
		text_in(result_of(root, 14), "event_sizes"), "@files-and-processes.sizes");
	json_decref(root);
}

/* Of each mix on its own, and not of those that are cold with those that are not. */
static void compare_matches_mixes_and_caches(void **state)
{
	const char *old = folder_path(state, "old.json"), *new = folder_path(state, "new.json");
	struct outcome outcome;

#define SWEEP_TO(file, sizes, caches)                                                         \
	outcome = run(ARGUMENTS("sweep", QUICK, JSON, "-n", "500", "-mode", "view", "-sizes", \
		sizes, "-caches", caches, "-o", file));                                       \
	assert_done(&outcome);                                                                \
	outcome_free(&outcome)
	SWEEP_TO(old, "64,24+40,mixed", "cold,own");
	SWEEP_TO(new, "24+40,48+80", "cold,own");
	outcome = run(ARGUMENTS("compare", "-undecided", "ok", "-threshold", "100000%", old, new));
	assert_int_equal(outcome.status, DONE);
	assert_matches(outcome.out, "^view/fields +24\\+40 ");
	assert_matches(outcome.out, "^view/fields/own +24\\+40 ");
	assert_matches(outcome.out, "Only in OLD: 4, only in NEW: 2\\.$");
	outcome_free(&outcome);
	outcome = run(ARGUMENTS("report", old));
	assert_done(&outcome);
	assert_matches(outcome.out, "^\\| view, 24\\+40 B, fields/own \\|");
	outcome_free(&outcome);
#undef SWEEP_TO
}

static void live_reads_mixes(void **state)
{
	json_t *root = run_live_json(ARGUMENTS(LIVE, "-event-size", "24+41+1000", "-mode",
		"copy,view,batch", "-wait", "paced", "-discard", "5%", "-producers", "2"));

	assert_string_equal(text_in(object_in(root, "workload"), "event_sizes"), "24+41+1000");
	json_decref(root);
	need_bpf();
	json_decref(run_live_json(
		ARGUMENTS(LIVE_BPF, "-event-size", "24+41+1000", "-mode", "batch,libbpf,perfbuf",
			"-wait", "paced,libbpf-poll", "-discard", "5%", "-rings", "1")));
	root = run_live_json(ARGUMENTS(LIVE_BPF, "-event-size", recorded(state, 1000), "-mode",
		"view,batch,libbpf,perfbuf", "-wait", "paced,libbpf-poll"));
	assert_string_equal(text_in(object_in(root, "workload"), "write"), "output");
	json_decref(root);
}

static void assert_bursts(const char *const *arguments, bool lose)
{
	json_t *root = run_live_json(arguments), *result = result_of(root, 0);
	const json_int_t bursts = integer_in(result, "bursts");

	assert_true(bursts > 0);
	assert_true(integer_in(result, "produced") >= 2000);
	if (lose) {
		assert_int_equal(integer_in(result, "bursts_losing"), bursts);
		assert_in_range(integer_in(result, "burst_lost"), 500, 2000);
	} else if (integer_in(result, "lost") == 0) {
		assert_int_equal(integer_in(result, "bursts_losing"), 0);
		assert_int_equal(integer_in(result, "burst_lost"), 0);
	}
	assert_true(integer_in(result, "burst_latency_most_ns") > 0);
	assert_string_equal(text_in(object_in(root, "workload"), "rate"), "burst:2000/10ms");
	json_decref(root);
}

#define BURSTS "-rate", "burst:2000/10ms", "-mode", "batch"

static void bursts_are_told_one_by_one(void **state)
{
	(void)state;
	assert_bursts(ARGUMENTS(LIVE, BURSTS, "-wait", "paced", "-producers", "2"), false);
	assert_bursts(ARGUMENTS(LIVE, BURSTS, "-wait", "paced", "-discard", "10%"), false);
	need_bpf();
	assert_bursts(ARGUMENTS(LIVE_BPF, BURSTS, "-wait", "event"), false);
}

/* 4 KiB hold 56 of the 2000; while each event is worked on, no more find room. */
static void what_a_burst_loses_is_told(void **state)
{
	struct outcome outcome;

	(void)state;
	assert_bursts(
		ARGUMENTS(LIVE, BURSTS, "-wait", "paced", "-ring-size", "4KiB", "-work", "100us"),
		true);
	outcome = run(ARGUMENTS("live", "-duration", "40ms", "-rounds", "1", "-source", "memory",
		BURSTS, "-wait", "paced"));
	assert_done(&outcome);
	assert_matches(outcome.out, "^By burst: time until its last event was read");
	assert_matches(outcome.out, "in bursts of 2000 each 10ms");
	outcome_free(&outcome);
}

static void assert_built_peers_read(const char *const *arguments, size_t most)
{
	json_t *root;

	fake_timeout_for("right");
	root = run_built_peers(arguments);
	assert_in_range(json_array_size(array_in(root, "results")), 1, most);
	json_decref(root);
}

/* All that are there; what they read is checked by the program. */
static void built_peers_read_mixes_and_rings_in_caches(void **state)
{
	const char *stream = recorded(state, 10000);
	static const char *const caches[] = { "cold", "own", "other" };

	need_bpf();
	need_two_cpus();
	for (size_t i = 0; i < COUNT(caches); i++) {
		assert_built_peers_read(
			ARGUMENTS(DRAIN_BPF, "-mode", "all", "-event-size", "24+41+1000",
				"-discard", "5%", "-caches", caches[i]),
			40);
		assert_built_peers_read(ARGUMENTS(DRAIN_BPF, "-mode", "all", "-event-size", stream,
						"-caches", caches[i]),
			40);
	}
	assert_built_peers_read(ARGUMENTS(LIVE_BPF, "-mode", "all", "-wait", "libbpf-poll",
					"-event-size", stream, "-producers", "2"),
		40);
}

#define TEST(test) cmocka_unit_test(test##_is_refused)
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_path_reads_a_mix),
		cmocka_unit_test(every_path_reads_a_mix_from_the_kernel),
		IN_FOLDER(a_recorded_stream_is_read_in_its_order),
		IN_FOLDER(small_sizes_of_a_file_are_raised),
		IN_FOLDER(what_is_no_size_is_refused_by_its_line),
		IN_FOLDER(a_file_of_sizes_is_not_replaced),
		IN_FOLDER(a_file_of_sizes_is_named_in_the_text),
		IN_FOLDER(files_of_one_name_are_not_one_mix),
		TEST(a_mix_of_a_size_that_is_too_small),
		TEST(a_mix_without_a_size),
		TEST(a_mix_that_ends_with_a_plus),
		TEST(a_weight_of_0),
		TEST(a_weight_that_is_no_count),
		TEST(a_weight_beyond_all_bounds),
		TEST(a_mix_of_skb_meta),
		TEST(a_ring_too_small_for_a_mix),
		TEST(a_wrong_mix_of_live),
		TEST(a_wrong_mix_of_sweep),
		TEST(discarding_all),
		TEST(discarding_what_is_copied),
		TEST(reserving_too_many_sizes),
		TEST(an_unknown_cache),
		TEST(a_burst_without_a_time),
		TEST(a_burst_of_nothing),
		TEST(a_burst_without_end),
		cmocka_unit_test(discarded_events_are_passed_over),
		cmocka_unit_test(discarded_events_of_the_kernel_are_passed_over),
		cmocka_unit_test(nothing_but_discards_is_an_error),
		IN_FOLDER(a_ring_in_a_cache_is_read_by_every_path),
		cmocka_unit_test(fills_of_their_own_have_the_same_events),
		cmocka_unit_test(several_caches_are_measured_one_after_the_other),
		cmocka_unit_test(what_a_path_does_wrong_in_a_cache_is_caught),
		cmocka_unit_test(a_sweep_ends_with_three_mixes),
		IN_FOLDER(compare_matches_mixes_and_caches),
		IN_FOLDER(live_reads_mixes),
		cmocka_unit_test(bursts_are_told_one_by_one),
		cmocka_unit_test(what_a_burst_loses_is_told),
		IN_FOLDER(built_peers_read_mixes_and_rings_in_caches),
	};

	return exit_status(cmocka_run_group_tests(tests, NULL, NULL), COUNT(tests));
}
