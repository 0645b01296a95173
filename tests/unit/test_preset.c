/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the preset asks on machines of several sizes, and what was published for it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "commands/preset.h"
#include "support/readers.h"

static struct preset preset;

static const struct combination libbpf = { &libbpf_reader, WAIT_LIBBPF_POLL },
				batch = { &batch_reader, WAIT_EVENT },
				paced = { &batch_reader, WAIT_PACED },
				perfbuf = { &perfbuf_reader, WAIT_OWN };

static void plan(uint32_t cpus)
{
	const struct settings settings = {
		.workload = { .producers = 1, .rings = 1, .consumer_cpu = 3 },
		.combinations = { batch, paced, libbpf, perfbuf },
		.combination_count = 4,
	};

	preset_read(&preset, &settings, cpus);
}

static size_t parts_of(const char *question)
{
	size_t count = 0;

	for (size_t i = 0; i < preset.part_count; i++)
		count += strcmp(preset.parts[i].question, question) == 0 &&
			 preset.parts[i].combination_count > 0;
	return count;
}

/* "sample-rate:5" */
static const struct preset_part *part_named(const char *name)
{
	for (size_t i = 0; i < preset.part_count; i++)
		if (strcmp(preset.parts[i].name, name) == 0)
			return &preset.parts[i];
	fail_msg("no part %s", name);
	return NULL;
}

static void there_are_as_many_producers_as_cpus_and_four_at_least(void **state)
{
	(void)state;
	plan(1);
	assert_int_equal(parts_of("producers"), 4);
	plan(7);
	assert_int_equal(parts_of("producers"), 4);
	plan(8);
	assert_int_equal(parts_of("producers"), 5);
	plan(1000);
	assert_int_equal(parts_of("producers"), 16);
	assert_true(preset.part_count <= PRESET_PARTS_MAX);
}

static bool asks(const struct preset_part *part, struct combination combination)
{
	for (size_t i = 0; i < part->combination_count; i++)
		if (part->combinations[i].reader == combination.reader &&
			part->combinations[i].wait == combination.wait)
			return true;
	return false;
}

static void who_cannot_answer_is_not_asked(void **state)
{
	(void)state;
	plan(2);
	assert_true(asks(part_named("parallel"), paced));
	assert_true(asks(part_named("parallel"), perfbuf));
	assert_false(asks(part_named("back-to-back:default"), paced));
	assert_false(asks(part_named("write-sampled:output"), perfbuf));
	assert_true(asks(part_named("write-sampled:output"), paced));
}

static void a_question_that_nobody_can_answer_is_not_there(void **state)
{
	const struct settings settings = {
		.workload = { .producers = 1, .rings = 1 },
		.combinations = { perfbuf },
		.combination_count = 1,
	};

	(void)state;
	preset_read(&preset, &settings, 2);
	assert_int_equal(part_named("write-sampled:output")->combination_count, 0);
	assert_int_equal(part_named("same-cpu")->combination_count, 1);
}

/* As run_bench_ringbufs.sh gives it to the benchmark. */
static void workloads_are_those_of_the_kernels_script(void **state)
{
	const struct workload *workload;

	(void)state;
	plan(2);
	workload = &part_named("parallel-sampled")->workload;
	assert_int_equal(workload->notify, NOTIFY_SAMPLED);
	assert_int_equal(workload->notify_events, 500);
	assert_int_equal(workload->back_to_back, 0);
	assert_int_equal(workload->ring_size, 524288);
	assert_int_equal(workload->consumer_cpu, 3);
	workload = &part_named("sample-rate:250")->workload;
	assert_int_equal(workload->notify_events, 250);
	assert_int_equal(workload->back_to_back, 250);
	workload = &part_named("write-back-to-back:output")->workload;
	assert_int_equal(workload->write, LIVE_OUTPUT);
	assert_int_equal(workload->notify, NOTIFY_DEFAULT);
	assert_int_equal(workload->back_to_back, 500);
	workload = &part_named("same-cpu")->workload;
	assert_true(workload->same_cpu);
	assert_int_equal(workload->producer, PRODUCER_SYSCALL);
	assert_int_equal(part_named("producers:3")->workload.producers, 3);
}

static void every_published_figure_is_there(void **state)
{
	size_t figures = 0;

	(void)state;
	plan(56);
	for (size_t i = 0; i < preset.part_count; i++) {
		figures += preset.parts[i].figure_count;
		for (size_t j = 0; j < preset.parts[i].figure_count; j++)
			assert_true(preset.parts[i].figures[j].consumed > 0);
	}
	assert_int_equal(figures, 4 + 4 + 8 + 2 * 11 + 2 + 2 + 4 + 16);
}

static void assert_published(
	const char *part, const char *name, const char *reader, double consumed)
{
	const struct preset_figure *figure = preset_figure_for(part_named(part), name);

	assert_non_null(figure);
	assert_string_equal(figure->reader, reader);
	assert_true(figure->consumed == consumed);
}

static void readers_are_like_those_there(void **state)
{
	(void)state;
	plan(56);
	assert_published("parallel", "libbpf-poll", "rb-libbpf", 12.054);
	assert_published("parallel", "batch/event", "rb-custom", 8.158);
	assert_published("parallel", "perfbuf", "pb-libbpf", 0.931);
	/* The rates were measured with code of its own only. */
	assert_published("sample-rate:25", "perfbuf", "pb-custom", 7.118);
	assert_null(preset_figure_for(part_named("sample-rate:25"), "libbpf-poll"));
	assert_null(preset_figure_for(part_named("parallel"), "batch/paced"));
}

static void parts_have_names_of_their_own(void **state)
{
	(void)state;
	plan(56);
	for (size_t i = 0; i < preset.part_count; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(preset.parts[i].name, preset.parts[j].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_are_as_many_producers_as_cpus_and_four_at_least),
		cmocka_unit_test(who_cannot_answer_is_not_asked),
		cmocka_unit_test(a_question_that_nobody_can_answer_is_not_there),
		cmocka_unit_test(workloads_are_those_of_the_kernels_script),
		cmocka_unit_test(every_published_figure_is_there),
		cmocka_unit_test(readers_are_like_those_there),
		cmocka_unit_test(parts_have_names_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
