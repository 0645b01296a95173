/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel's script asks, in its order, as workloads of live.
 *
 * A batch of its producer, many events a system call, is what -producer run does; a batch of one is
 * a system call for each event. A ring has 512 KiB there, and so has perf's buffer for each CPU.
 */
#include <stdio.h>
#include <string.h>

#include "live/preset.h"

#define RING_SIZE (512 * 1024)
#define EVENT_SIZE 16 /* the smallest that can be checked; theirs have 8 B */
#define BATCH 500
#define SAMPLE_RATE 500
#define PRODUCERS_AT_LEAST 4

enum question {
	PARALLEL,
	PARALLEL_SAMPLED,
	BACK_TO_BACK,
	RATE,
	WRITE_BACK_TO_BACK,
	WRITE_SAMPLED,
	SAME_CPU,
	PRODUCERS
};

const struct preset_question preset_questions[] = {
	[PARALLEL] = { "parallel", "One producer, and the consumer on another CPU" },
	[PARALLEL_SAMPLED] = { "parallel-sampled", "The same, notified once in 500 events" },
	[BACK_TO_BACK] = { "back-to-back",
		"Back to back: 500 events are written, then read, by one thread" },
	[RATE] = { "sample-rate",
		"Back to back, effect of the sample rate: so many a turn, and a notification" },
	[WRITE_BACK_TO_BACK] = { "write-back-to-back",
		"Back to back: reserve and submit, against output" },
	[WRITE_SAMPLED] = { "write-sampled",
		"Parallel, notified once in 500: reserve and submit, against output" },
	[SAME_CPU] = { "same-cpu",
		"Producer and consumer compete for one CPU, an event a system call" },
	[PRODUCERS] = { "producers", "So many producers" },
	{ NULL },
};

static const uint32_t rates[] = { 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2000, 3000 };
static const uint32_t producers[] = { 1, 2, 3, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct planning {
	struct preset *preset;
	const struct settings *settings;
};

static struct preset_part *add(struct planning *p, enum question question)
{
	struct preset_part *part = &p->preset->parts[p->preset->count++];

	*part = (struct preset_part){ .question = &preset_questions[question] };
	part->workload = p->settings->workload;
	part->workload.ring_size = RING_SIZE;
	part->workload.event_size = EVENT_SIZE;
	return part;
}

static void sample(struct preset_part *part, uint32_t rate)
{
	part->workload.notify = NOTIFY_SAMPLED;
	part->workload.notify_events = rate;
}

static bool answers(const struct preset_part *part, struct live_combination combination)
{
	const enum question question = (enum question)(part->question - preset_questions);

	/* Between its own turns it would only sleep. */
	if (combination.wait == WAIT_PACED && part->workload.back_to_back > 0)
		return false;
	/* It has but one way to write. */
	if (combination.mode == MODE_PERFBUF)
		return question != WRITE_BACK_TO_BACK && question != WRITE_SAMPLED;
	return true;
}

/* Gives the part that was added last its combinations, or takes it away where none can answer. */
static void end(struct planning *p, struct preset_part *part)
{
	const struct settings *settings = p->settings;

	for (size_t i = 0; i < settings->combination_count; i++)
		if (answers(part, settings->combinations[i]))
			part->combinations[part->combination_count++] = settings->combinations[i];
	p->preset->count -= part->combination_count == 0;
}

static void ask_parallel(struct planning *p)
{
	struct preset_part *part = add(p, PARALLEL);

	end(p, part);
	part = add(p, PARALLEL_SAMPLED);
	sample(part, SAMPLE_RATE);
	end(p, part);
}

static void ask_back_to_back(struct planning *p)
{
	for (int sampled = 0; sampled < 2; sampled++) {
		struct preset_part *part = add(p, BACK_TO_BACK);

		part->workload.back_to_back = BATCH;
		if (sampled)
			sample(part, SAMPLE_RATE);
		strcpy(part->setting, sampled ? "sampled:500" : "default");
		end(p, part);
	}
}

static void ask_rates(struct planning *p)
{
	for (size_t i = 0; i < COUNT(rates); i++) {
		struct preset_part *part = add(p, RATE);

		part->workload.back_to_back = rates[i];
		sample(part, rates[i]);
		snprintf(part->setting, sizeof(part->setting), "%u", rates[i]);
		end(p, part);
	}
}

static void ask_writes(struct planning *p, enum question question)
{
	for (int write = LIVE_RESERVE; write <= LIVE_OUTPUT; write++) {
		struct preset_part *part = add(p, question);

		part->workload.write = (enum live_way)write;
		if (question == WRITE_BACK_TO_BACK)
			part->workload.back_to_back = BATCH;
		else
			sample(part, SAMPLE_RATE);
		snprintf(part->setting, sizeof(part->setting), "%s", live_write_names[write]);
		end(p, part);
	}
}

static void ask_same_cpu(struct planning *p)
{
	struct preset_part *part = add(p, SAME_CPU);

	part->workload.same_cpu = true;
	part->workload.producer = PRODUCER_SYSCALL;
	end(p, part);
}

static void ask_producers(struct planning *p, uint32_t cpus)
{
	const uint32_t most = cpus < PRODUCERS_AT_LEAST ? PRODUCERS_AT_LEAST : cpus;

	for (size_t i = 0; i < COUNT(producers) && producers[i] <= most; i++) {
		struct preset_part *part = add(p, PRODUCERS);

		part->workload.producers = producers[i];
		snprintf(part->setting, sizeof(part->setting), "%u", producers[i]);
		end(p, part);
	}
}

void preset_plan(struct preset *preset, const struct settings *settings, uint32_t cpus)
{
	struct planning p = { .preset = preset, .settings = settings };

	preset->count = 0;
	ask_parallel(&p);
	ask_back_to_back(&p);
	ask_rates(&p);
	ask_writes(&p, WRITE_BACK_TO_BACK);
	ask_writes(&p, WRITE_SAMPLED);
	ask_same_cpu(&p);
	ask_producers(&p, cpus);
}

const struct preset_part *preset_find(
	const struct preset *preset, const char *name, const char *setting)
{
	for (size_t i = 0; i < preset->count; i++)
		if (strcmp(preset->parts[i].question->name, name) == 0 &&
			strcmp(preset->parts[i].setting, setting) == 0)
			return &preset->parts[i];
	return NULL;
}

const char *preset_part_name(const struct preset_part *part, char text[PRESET_NAME_SIZE])
{
	snprintf(text, PRESET_NAME_SIZE, "%s%s%s", part->question->name,
		part->setting[0] ? ":" : "", part->setting);
	return text;
}
