/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure/live_measure.h"
#include "results/live_table.h"
#include "commands/preset.h"

#define PRODUCERS_AT_LEAST 4
#define WORDS_MAX 16

static const char data[] =
#include "kernel-selftests.preset.inc"
	;

/* Whether a combination can answer: between turns of its own a paced reader would only sleep, and a
 * perf buffer has but one way to write. */
static bool answers(
	const struct workload *workload, const char *flags, struct combination combination)
{
	if (combination.wait == WAIT_PACED && workload->back_to_back > 0)
		return false;
	return !combination.reader->reads_perf || !strstr(flags, "-write");
}

/* Of the flags of live; what all parts share is that of @settings. */
static void set_workload(struct preset_part *part, const struct settings *settings, char *flags)
{
	static struct settings of_part;
	char *words[WORDS_MAX] = { (char *)"live", (char *)"-ring-size", (char *)"512KiB",
		(char *)"-event-size", (char *)"16" };
	struct complaint why;
	int count = 5;

	for (char *word; (word = strsep(&flags, " ")) && count + 1 < WORDS_MAX;)
		if (*word)
			words[count++] = word;
	if (settings_parse(&of_part, COMMAND_LIVE, count, words, &why))
		abort(); /* the file is part of this program */
	part->workload = of_part.workload;
	part->workload.duration_ns = settings->workload.duration_ns;
	part->workload.latency_budget_ns = settings->workload.latency_budget_ns;
	part->workload.timer_slack_ns = settings->workload.timer_slack_ns;
	part->workload.consumer_cpu = settings->workload.consumer_cpu;
}

static void add_part(
	struct preset *preset, const struct settings *settings, uint32_t cpus, char *line)
{
	struct preset_part *part = &preset->parts[preset->part_count++];
	const char *question = strsep(&line, "|"), *setting = strsep(&line, "|");
	char *flags = strsep(&line, "|"), copy[128];

	*part = (struct preset_part){ .combination_count = 0 };
	snprintf(part->question, sizeof(part->question), "%s", question);
	snprintf(part->setting, sizeof(part->setting), "%s", setting);
	snprintf(part->name, sizeof(part->name), "%.40s%s%.20s", question, *setting ? ":" : "",
		setting);
	snprintf(part->title, sizeof(part->title), "%s", line);
	snprintf(copy, sizeof(copy), "%s", flags);
	set_workload(part, settings, copy);
	if (part->workload.producers > (cpus < PRODUCERS_AT_LEAST ? PRODUCERS_AT_LEAST : cpus))
		return;
	for (size_t i = 0; i < settings->combination_count; i++)
		if (answers(&part->workload, flags, settings->combinations[i]))
			part->combinations[part->combination_count++] = settings->combinations[i];
}

static void add_figure(struct preset_part *part, const char *line)
{
	struct preset_figure *f = &part->figures[part->figure_count++];
	const char *at = line + strcspn(line, " ");
	double *const values[] = { &f->consumed, &f->consumed_deviation, &f->lost,
		&f->lost_deviation };

	snprintf(f->reader, sizeof(f->reader), "%.*s", (int)(at - line), line);
	/* By their digits: strtod() would obey the decimal point of the locale. */
	for (int i = 0; i < 4; i++) {
		unsigned int whole, thousandths;
		int length = 0;

		sscanf(at, " %u.%3u%n", &whole, &thousandths, &length);
		at += length;
		*values[i] = whole + thousandths / 1000.0;
	}
}

void preset_read(struct preset *preset, const struct settings *settings, uint32_t cpus)
{
	char *text = strdup(data), *next = text, *line;

	*preset = (struct preset){ .part_count = 0 };
	while (text && (line = strsep(&next, "\n"))) {
		if (line[0] == '=') {
			add_figure(&preset->parts[preset->part_count - 1], line + 1);
		} else if (line[0] == '?') {
			struct preset_remark *remark = &preset->remarks[preset->remark_count++];

			line++;
			for (int i = 0; i < 2; i++)
				snprintf(remark->places[i], sizeof(remark->places[i]), "%s",
					strsep(&line, "|"));
			snprintf(remark->words, sizeof(remark->words), "%s", line);
		} else if (line[0] && line[0] != '#') {
			add_part(preset, settings, cpus, line);
		}
	}
	free(text);
}

/* What the progress line of a part needs. */
struct preset_run {
	size_t part, parts;
	preset_progress progress;
	void *context;
};

static void show_progress(void *context, size_t done, size_t total)
{
	const struct preset_run *run = context;

	run->progress(run->context, run->part, run->parts, (double)done / (double)total);
}

static int measure_part(struct preset_run *run, const struct preset_part *part, uint64_t rounds,
	struct live_observer *observer, struct table *table, struct complaint *why)
{
	const struct live_request request = {
		.workload = &part->workload,
		.combinations = part->combinations,
		.count = part->combination_count,
		.rounds = rounds,
		.progress = show_progress,
		.progress_context = run,
		.observer = observer,
	};
	struct live_measurement *m = calloc(1, sizeof(*m));
	struct complaint said;
	int err;

	if (!m)
		return complain(why, -ENOMEM, "out of memory");
	err = live_measure(&request, m, why);
	if (!err)
		live_add_group(table, m, part->name);
	if (m->own_memory > table->own_memory)
		table->own_memory = m->own_memory;
	free(m);
	if (err && err != -EINTR) {
		said = *why;
		complain(why, err, "%s: %s", part->name, said.text);
	}
	return err;
}

static int try_to_open(const struct preset_part *part, struct complaint *why)
{
	struct source *source;
	int err = source_open(&source, &part->workload, false, why);

	if (!err)
		source_close(source);
	return err;
}

int preset_measure(struct preset *preset, uint64_t rounds, struct live_observer *observer,
	preset_progress progress, void *context, struct table *table, struct complaint *why)
{
	struct preset_run run = { .progress = progress, .context = context };
	struct complaint obstacle;
	int err = try_to_open(&preset->parts[0], why);

	/* The parts with system calls need more than the others, which are not to be lost for it
	 * after minutes. */
	for (size_t i = 0; i < preset->part_count && !err; i++) {
		struct preset_part *part = &preset->parts[i];

		if (part->combination_count > 0 && part->workload.producer == PRODUCER_SYSCALL &&
			try_to_open(part, &obstacle)) {
			fprintf(stderr, "%s: left out: %s\n", part->name, obstacle.text);
			part->combination_count = 0;
		}
		run.parts += part->combination_count > 0;
	}
	for (size_t i = 0; i < preset->part_count && !err; i++) {
		if (preset->parts[i].combination_count == 0)
			continue;
		err = measure_part(&run, &preset->parts[i], rounds, observer, table, why);
		run.part++;
	}
	return err;
}

/* batch is what code of its own does there: it releases once for all that it found. Some of perf's
 * figures were measured with one of its two readers only. */
const struct preset_figure *preset_figure_for(const struct preset_part *part, const char *name)
{
	static const char *const pairs[][2] = { { "libbpf-poll", "rb-libbpf" },
		{ "batch/event", "rb-custom" }, { "perfbuf", "pb-libbpf" },
		{ "perfbuf", "pb-custom" } };

	for (size_t p = 0; p < sizeof(pairs) / sizeof(pairs[0]); p++)
		for (size_t i = 0; i < part->figure_count && strcmp(pairs[p][0], name) == 0; i++)
			if (strcmp(part->figures[i].reader, pairs[p][1]) == 0)
				return &part->figures[i];
	return NULL;
}

json_t *preset_published_json(const struct preset *preset)
{
	json_t *figures = json_array();

	for (size_t p = 0; p < preset->part_count; p++)
		for (size_t i = 0; i < preset->parts[p].figure_count; i++) {
			const struct preset_figure *f = &preset->parts[p].figures[i];

			json_array_append_new(figures,
				json_pack("{s:s, s:s, s:f, s:f, s:f, s:f}", "question",
					preset->parts[p].name, "reader", f->reader, "mevents_per_s",
					f->consumed, "mevents_per_s_deviation",
					f->consumed_deviation, "mlost_per_s", f->lost,
					"mlost_per_s_deviation", f->lost_deviation));
		}
	return json_pack("{s:{s:s, s:s, s:o}}", "published", "source", PRESET_PUBLISHED_SOURCE,
		"machine", PRESET_PUBLISHED_MACHINE, "figures", figures);
}
