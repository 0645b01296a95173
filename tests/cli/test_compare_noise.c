/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * compare on made-up files: what is slower never passes, whatever the noise, and noise of one
 * reader is not that of others. The random numbers have fixed seeds.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/checks.h"
#include "support/folder.h"
#include "support/text.h"

enum { FINE = 0, SLOWER = 1, UNDECIDED = 3 };

static uint64_t seed;

static double uniform(void)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return ((double)(seed >> 11) + 0.5) / 9007199254740992.0; /* 2^53 */
}

static double normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(2 * acos(-1) * uniform());
}

/* A reader of a file: its time, and how far its rounds are from that, relative. */
struct reader {
	const char *name;
	double ns, noise;
};

static json_t *result_of_reader(const struct reader *reader, size_t rounds)
{
	json_t *times = json_array();

	for (size_t i = 0; i < rounds; i++)
		json_array_append_new(times, json_real(reader->ns * exp(reader->noise * normal())));
	return json_pack("{s:s, s:s, s:i, s:b, s:{s:o}}", "path", reader->name, "touch", "fields",
		"event_size", 80, "limit", strcmp(reader->name, "floor") == 0, "ns_per_event",
		"rounds", times);
}

/* @floor: the noise that the run measured, of the first reader. */
static json_t *file_of(const struct reader *readers, size_t count, size_t rounds, double floor)
{
	json_t *results = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(results, result_of_reader(&readers[i], rounds));
	return json_pack("{s:s, s:s, s:{}, s:{}, s:o, s:[{s:s, s:s, s:i, s:f}]}", "schema",
		"ringview.result/2", "command", "drain", "workload", "environment", "results",
		results, "noise", "path", readers[0].name, "touch", "fields", "event_size", 80,
		"floor", floor);
}

/* Every time of @name, or of all (NULL), is @factor as long. */
static json_t *slowed(const json_t *file, const char *name, double factor)
{
	json_t *slow = json_deep_copy(file), *result, *time;
	size_t i, j;

	json_array_foreach(array_in(slow, "results"), i, result)
	{
		if (name && strcmp(text_in(result, "path"), name) != 0)
			continue;
		json_array_foreach(array_in(object_in(result, "ns_per_event"), "rounds"), j, time)
			json_real_set(time, json_real_value(time) * factor);
	}
	return slow;
}

static struct outcome compare(void **state, const json_t *old, json_t *new, const char *more)
{
	const char *paths[] = { folder_path(state, "old"), folder_path(state, "new") };

	assert_int_equal(json_dump_file(old, paths[0], 0), 0);
	assert_int_equal(json_dump_file(new, paths[1], 0), 0);
	json_decref(new);
	return run(ARGUMENTS("compare", paths[0], paths[1], "-undecided", more));
}

static void assert_status(
	void **state, const json_t *old, json_t *new, int status, const char *text)
{
	struct outcome outcome = compare(state, old, new, "fail");

	if (outcome.status != status)
		print_error("%s%s", outcome.out, outcome.err);
	assert_int_equal(outcome.status, status);
	assert_matches(outcome.out, text);
	outcome_free(&outcome);
}

static const double noises[] = { 0, 0.002, 0.01, 0.02, 0.03, 0.05, 0.1, 0.3, 1 };
static const double floors[] = { 0, 0.005, 0.01, 0.03, 0.06, 0.2, 1.91 };

static void three_per_cent_never_pass(void **state)
{
	for (size_t n = 0; n < COUNT(noises); n++)
		for (size_t f = 0; f < COUNT(floors); f++)
			for (size_t rounds = 1; rounds <= 40; rounds = 3 * rounds + 1) {
				const struct reader readers[] = { { "copy", 5, noises[n] },
					{ "batch", 3, noises[n] }, { "floor", 2, noises[n] } };
				json_t *file;
				struct outcome outcome;

				seed = 1 + n + 100 * f + rounds;
				file = file_of(readers, 2 + f % 2, rounds, floors[f]);
				outcome = compare(state, file, slowed(file, NULL, 1.03), "fail");
				assert_in_range(outcome.status, SLOWER, UNDECIDED);
				if (noises[n] <= 0.01 && floors[f] <= 0.01 && rounds >= 13) {
					assert_int_equal(outcome.status, SLOWER);
					assert_non_null(strstr(outcome.out, "Slower: 2 slower"));
				}
				outcome_free(&outcome);
				json_decref(file);
			}
}

static void two_and_a_half_times_as_slow_never_passes(void **state)
{
	for (size_t n = 4; n < COUNT(noises); n++)
		for (size_t f = 0; f < COUNT(floors); f++) {
			const struct reader readers[] = { { "copy", 5, noises[n] },
				{ "batch", 3, noises[n] }, { "floor", 2, 0.01 } };
			json_t *file;
			struct outcome outcome;

			seed = 1 + n + 100 * f;
			file = file_of(readers, 2 + f % 2, 22, floors[f]);
			outcome = compare(state, file, slowed(file, NULL, 2.5), "fail");
			assert_true(outcome.status == SLOWER || outcome.status == UNDECIDED);
			outcome_free(&outcome);
			outcome = compare(state, file, slowed(file, "batch", 2.5), "fail");
			assert_true(outcome.status == SLOWER || outcome.status == UNDECIDED);
			outcome_free(&outcome);
			json_decref(file);
		}
}

static void a_quiet_file_is_the_same_as_itself(void **state)
{
	const struct reader readers[] = { { "copy", 5, 0.004 }, { "batch", 3, 0.004 },
		{ "floor", 2, 0.01 } };
	json_t *file;

	seed = 5;
	file = file_of(readers, 3, 22, 0.005);
	assert_status(state, file, json_deep_copy(file), FINE, "^Same: 2 same\\.$");
	json_decref(file);
}

static void a_noisy_file_is_told_to_be_so(void **state)
{
	const struct reader readers[] = { { "copy", 5, 0.004 }, { "batch", 3, 0.3 } };
	json_t *file;
	struct outcome outcome;

	seed = 6;
	file = file_of(readers, 2, 22, 0.06);
	assert_status(state, file, json_deep_copy(file), UNDECIDED, "^Undecided: 2 too noisy\\.$");
	assert_status(state, file, json_deep_copy(file), UNDECIDED,
		"^! .*/old is too noisy to compare: copy/fields differs from itself by 6 %$");
	outcome = compare(state, file, json_deep_copy(file), "ok");
	assert_int_equal(outcome.status, FINE);
	outcome_free(&outcome);
	json_decref(file);
}

static void few_rounds_are_told_to_be_few(void **state)
{
	const struct reader readers[] = { { "copy", 5, 0.004 }, { "batch", 3, 0.004 } };
	json_t *file;

	seed = 7;
	file = file_of(readers, 2, 4, 0);
	assert_status(
		state, file, json_deep_copy(file), UNDECIDED, "^Undecided: 2 too few rounds\\.$");
	json_decref(file);
}

static void what_noise_hides_is_within_it(void **state)
{
	const struct reader readers[] = { { "copy", 5, 0.05 }, { "batch", 3, 0.05 } };
	json_t *file;

	seed = 8;
	file = file_of(readers, 2, 22, 0.01);
	assert_status(
		state, file, json_deep_copy(file), UNDECIDED, "^Undecided: 2 within noise\\.$");
	json_decref(file);
}

/* The run measured its noise with copy. */
static void noise_of_one_reader_is_not_that_of_others(void **state)
{
	const struct reader readers[] = { { "copy", 5, 0.5 }, { "batch", 3, 0.004 } };
	json_t *file;

	seed = 9;
	file = file_of(readers, 2, 22, 0.6);
	assert_status(state, file, slowed(file, "batch", 1.1), SLOWER,
		"^batch/fields .* 0\\.909 .*- slower$");
	assert_status(state, file, json_deep_copy(file), UNDECIDED, "^batch/fields .*= same$");
	json_decref(file);
}

/* Nobody's reader made the floor slower. */
static void a_machine_that_changed_decides_nothing(void **state)
{
	const struct reader readers[] = { { "copy", 5, 0.004 }, { "floor", 2, 0.004 } };
	struct outcome outcome;
	json_t *file;

	seed = 10;
	file = file_of(readers, 2, 22, 0.005);
	assert_status(state, file, slowed(file, NULL, 1.1), UNDECIDED,
		"^! the limits floor and memory, which run no reader, changed by up to 10 %: the[ \n]+machine changed");
	/* But by less than what counts as the same. */
	outcome = run(ARGUMENTS("compare", "-threshold", "25%", folder_path(state, "old"),
		folder_path(state, "new")));
	assert_int_equal(outcome.status, FINE);
	assert_matches(outcome.out, "^Same: 1 same\\.$");
	outcome_free(&outcome);
	assert_status(state, file, slowed(file, "copy", 1.1), SLOWER, "^Slower: 1 slower");
	json_decref(file);
}

/* Runs in one file by -runs, 5 and more on either side: what differs between them counts. */
static void runs_of_one_file_are_told_apart(void **state)
{
	json_t *files[2], *result;
	size_t i;

	for (int f = 0; f < 2; f++) {
		const struct reader readers[] = { { "copy", 5, 0.002 }, { "batch", 3, 0.002 } };
		json_t *time;
		size_t j;

		seed = 11;
		files[f] = file_of(readers, 2, 50, 0.005);
		json_object_set_new(files[f], "runs", json_integer(5));
		json_array_foreach(array_in(files[f], "results"), i, result) json_array_foreach(
			array_in(object_in(result, "ns_per_event"), "rounds"), j, time)
			json_real_set(time, json_real_value(time) *
						    (1 + 0.015 * floor((double)j / 10)) *
						    (f ? 1.03 : 1));
	}
	assert_status(state, files[0], json_incref(files[1]), UNDECIDED,
		"^batch/fields .*within noise \\(by runs\\)$");
	json_object_del(files[0], "runs");
	json_object_del(files[1], "runs");
	json_decref(files[0]);
	json_decref(files[1]);
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(three_per_cent_never_pass),
		WITH_FOLDER(two_and_a_half_times_as_slow_never_passes),
		WITH_FOLDER(a_quiet_file_is_the_same_as_itself),
		WITH_FOLDER(a_noisy_file_is_told_to_be_so),
		WITH_FOLDER(few_rounds_are_told_to_be_few),
		WITH_FOLDER(what_noise_hides_is_within_it),
		WITH_FOLDER(noise_of_one_reader_is_not_that_of_others),
		WITH_FOLDER(a_machine_that_changed_decides_nothing),
		WITH_FOLDER(runs_of_one_file_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
