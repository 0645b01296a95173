/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "live/live_measure.h"
#include "live/preset.h"

struct preset_run {
	struct preset *preset;
	size_t part;
	struct live_observer *observer;
	preset_progress progress;
	void *context;
};

static void show_progress(void *context, size_t done, size_t total)
{
	const struct preset_run *run = context;

	run->progress(run->context, run->part, run->preset->count, (double)done / (double)total);
}

static int measure_part(struct preset_run *run, uint64_t rounds, struct complaint *why)
{
	struct preset_part *part = &run->preset->parts[run->part];
	const struct live_request request = {
		.workload = &part->workload,
		.combinations = part->combinations,
		.count = part->combination_count,
		.rounds = rounds,
		.progress = show_progress,
		.progress_context = run,
		.observer = run->observer,
	};
	int err;

	part->measurement = calloc(1, sizeof(*part->measurement));
	part->results = calloc(1, sizeof(*part->results));
	if (!part->measurement || !part->results)
		return complain(why, -ENOMEM, "out of memory");
	err = live_measure(&request, part->measurement, why);
	if (!err)
		live_results_of(part->results, part->measurement);
	return err;
}

static int try_to_open(const struct preset_part *part, struct complaint *why)
{
	struct live_source *source;
	int err = live_source_open(&source, &part->workload, false, why);

	if (!err)
		live_source_close(source);
	return err;
}

/* The parts with system calls need more than the others, which are not to be lost for it after
 * minutes. */
static int leave_out_syscalls(struct preset *preset, struct complaint *why)
{
	size_t kept = 0;
	char name[PRESET_NAME_SIZE];
	struct complaint obstacle;
	int err = try_to_open(&preset->parts[0], why);

	for (size_t i = 0; i < preset->count && !err; i++) {
		const struct preset_part *part = &preset->parts[i];

		if (part->workload.producer != PRODUCER_SYSCALL ||
			try_to_open(part, &obstacle) == 0)
			preset->parts[kept++] = *part;
		else
			fprintf(stderr, "%s: left out: %s\n", preset_part_name(part, name),
				obstacle.text);
	}
	preset->count = err ? preset->count : kept;
	return err;
}

int preset_measure(struct preset *preset, uint64_t rounds, struct live_observer *observer,
	preset_progress progress, void *context, struct complaint *why)
{
	struct preset_run run = {
		.preset = preset,
		.observer = observer,
		.progress = progress,
		.context = context,
	};
	int err = leave_out_syscalls(preset, why);

	for (; run.part < preset->count && !err; run.part++) {
		char name[PRESET_NAME_SIZE];
		struct complaint said;

		err = measure_part(&run, rounds, why);
		if (err && err != -EINTR) {
			said = *why;
			complain(why, err, "%s: %s",
				preset_part_name(&preset->parts[run.part], name), said.text);
		}
	}
	return err;
}

void preset_free(struct preset *preset)
{
	for (size_t i = 0; i < preset->count; i++) {
		free(preset->parts[i].measurement);
		free(preset->parts[i].results);
	}
}

const struct live_result *preset_result(
	const struct preset_part *part, struct live_combination combination)
{
	for (size_t i = 0; i < part->results->result_count; i++) {
		const struct live_result *result = &part->results->results[i];

		if (live_combination_equal(result->combination, combination))
			return result;
	}
	return NULL;
}
