/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the preset asks on machines of several sizes, and what was published for it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
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
		count += preset.parts[i].asked &&
			 strcspn(preset.parts[i].name, ":") == strlen(question) &&
			 strncmp(preset.parts[i].name, question, strlen(question)) == 0;
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
	assert_int_equal(parts_of("overwrite"), 16);
	assert_true(preset.part_count <= sizeof(preset.parts) / sizeof(preset.parts[0]));
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
	assert_false(part_named("write-sampled:output")->asked);
	assert_int_equal(part_named("write-sampled:output")->combination_count, 0);
	assert_true(part_named("same-cpu")->asked);
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
	workload = &part_named("overwrite:3")->workload;
	assert_true(workload->overwrite);
	assert_int_equal(workload->producers, 3);
	assert_int_equal(workload->notify, NOTIFY_NEVER);
	assert_int_equal(workload->ring_size, 524288);
	assert_int_equal(workload->consumer_cpu, -1);
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
	assert_int_equal(figures, 4 + 4 + 8 + 2 * 11 + 2 + 2 + 4 + 16 + 16);
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
	assert_published("overwrite:4", "no-consumer", "rb-prod", 9.272);
}

static void parts_have_names_of_their_own(void **state)
{
	(void)state;
	plan(56);
	for (size_t i = 0; i < preset.part_count; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(preset.parts[i].name, preset.parts[j].name);
}

static void note_progress(void *context, size_t done, size_t total)
{
	*(double *)context = (double)preset.done + (double)done / (double)total;
	assert_int_equal(preset.asked, 2);
}

/* On rings in memory, which overwrite on any kernel. */
/* The time per event of a round is infinite if its threads did not run. */
static bool all_ran(const struct table *table)
{
	for (size_t i = 0; i < table->row_count; i++)
		for (size_t r = 0; r < table->rows[i].rounds; r++)
			if (isinf(table->rows[i].cells[METRIC_NS].rounds[r]))
				return false;
	return true;
}

static void producers_overwrite_without_a_consumer(void **state)
{
	enum { CAPACITY = 524288 / (8 + 16), ROUNDS = 3 };
	static const char *const asked[] = { "overwrite:1", "overwrite:2" };
	struct table table = { 0 };
	struct complaint why;
	char *text = NULL;
	double progress = 0;
	const struct request request = {
		.plan.rounds = ROUNDS, .progress = note_progress, .progress_context = &progress
	};
	size_t size;
	FILE *out;

	(void)state;
	plan(2);
	for (size_t i = 0; i < preset.part_count; i++) {
		struct preset_part *part = &preset.parts[i];

		part->asked =
			strcmp(part->name, asked[0]) == 0 || strcmp(part->name, asked[1]) == 0;
		part->workload.source = SOURCE_MEMORY;
		part->workload.duration_ns = 30000000;
	}
	do { /* again if a producer of a round did not run, on a loaded machine */
		table_free(&table);
		table.command = "live";
		preset.done = 0;
		preset.asked = 2;
		assert_int_equal(preset_measure(&preset, &request, &table, &why), 0);
	} while (!all_ran(&table));
	assert_true(progress > 1);
	assert_int_equal(table.row_count, 2);
	for (size_t i = 0; i < table.row_count; i++) {
		const struct row *row = &table.rows[i];

		assert_string_equal(row->question, asked[i]);
		assert_string_equal(row->path, "no-consumer");
		assert_int_equal(row->rounds, ROUNDS);
		assert_true(row_value(row, METRIC_PRODUCED) > CAPACITY);
		assert_true(row_value(row, METRIC_CONSUMED) == 0);
		for (size_t r = 0; r < ROUNDS; r++)
			assert_true(row->cells[METRIC_NS].rounds[r] > 0);
		assert_non_null(strstr(row->verdict, "No consumer"));
		/* Both producers of a ring may be in a reservation, and one stall the other. */
		assert_true(i > 0 || row_value(row, METRIC_LOST) == 0);
	}
	out = open_memstream(&text, &size);
	preset_write_text(out, &preset, &table, &preset.parts[0].workload);
	fclose(out);
	assert_non_null(strstr(text, "no-consumer"));
	assert_non_null(strstr(text, "rb-prod"));
	assert_non_null(strstr(text, "two producers that overwrite a ring, as one"));
	assert_null(strstr(text, "batch/event"));
	free(text);
	table_free(&table);
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
		cmocka_unit_test(producers_overwrite_without_a_consumer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
