/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live: defaults that depend on other flags, the combinations of mode and wait, and whether what
 * was asked for makes sense together.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cli/settings.h"
#include "measure/measure.h"

#define PRESET_DURATION_NS INT64_C(200000000)

static void add_mode(struct typed *typed, const char *name)
{
	const struct reader *reader;

	for (int mode = 0; (reader = settings_mode(mode)); mode++)
		if (strcmp(reader->name, name) == 0)
			flag_names_add(&typed->modes, mode);
}

/* What the kernel's benchmark has, and waiting paced. */
static void choose_for_preset(struct settings *s, struct typed *typed)
{
	if (typed->modes.count == 0) {
		add_mode(typed, "batch");
		add_mode(typed, "libbpf");
		add_mode(typed, "perfbuf");
	}
	if (typed->waits.count == 0) {
		flag_names_add(&typed->waits, WAIT_EVENT);
		flag_names_add(&typed->waits, WAIT_PACED);
		flag_names_add(&typed->waits, WAIT_LIBBPF_POLL);
	}
	if (!typed->duration_given)
		s->workload.duration_ns = PRESET_DURATION_NS;
}

static int check_notify(const struct workload *workload, struct complaint *why)
{
	const uint64_t room = workload->ring_size - 1;
	char size[FORMAT_SIZE];

	/* First without the product, which may overflow. */
	if (workload->notify != NOTIFY_SAMPLED ||
		(workload->notify_events <= room && live_plan_of(workload).notify_bytes <= room))
		return 0;
	return complain(why, -EINVAL,
		"-notify: a ring of %s is full before %" PRIu64
		" events wait in it, so nobody would ever be notified; give fewer, or a larger "
		"-ring-size",
		format_size(workload->ring_size, size, sizeof(size)), workload->notify_events);
}

static int check_ring(const struct workload *workload, struct complaint *why)
{
	int err = settings_check_ring(workload->ring_size, "1MiB", why);

	if (!err)
		err = settings_check_ring_holds(workload->ring_size,
			workload->mix ? workload->mix->largest : workload->event_size, why);
	return err ? err : check_notify(workload, why);
}

/* A reservation's size is a constant of the program, so there can be but a few of them. */
static int choose_write(struct workload *workload, const struct typed *typed, struct complaint *why)
{
	const struct mix *mix = workload->mix;

	if (!mix || mix->kind_count > 0 || workload->write == LIVE_OUTPUT ||
		workload->source == SOURCE_MEMORY)
		return 0;
	if (typed->write_given)
		return complain(why, -EINVAL,
			"-write: %s has more than %d sizes, which a program cannot reserve; leave "
			"out -write, and bpf_ringbuf_output copies the events",
			mix->name, MIX_KINDS);
	workload->write = LIVE_OUTPUT;
	return 0;
}

static int check_burst(const struct workload *workload, struct complaint *why)
{
	if (workload->burst % workload->producers > 0)
		return complain(why, -EINVAL,
			"-rate: %" PRIu64 " events of a burst cannot be dealt evenly to %" PRIu32
			" producers; give a multiple",
			workload->burst, workload->producers);
	return 0;
}

static int check_producers(const struct workload *workload, struct complaint *why)
{
	const bool memory = workload->source == SOURCE_MEMORY,
		   output = workload->write == LIVE_OUTPUT;
	char duration[FORMAT_SIZE];

	if (workload->producer == PRODUCER_SYSCALL && memory)
		return complain(why, -EINVAL,
			"-producer: syscall runs a BPF program; leave it out, or leave out -source "
			"memory");
	if (output && memory)
		return complain(why, -EINVAL,
			"-write: output is what BPF programs can do; leave it out, or leave out "
			"-source memory");
	if (output && workload->discard > 0)
		return complain(why, -EINVAL,
			"-discard: what -write output has written cannot be taken back; leave out "
			"one of them");
	if (workload->discard >= 1)
		return complain(why, -EINVAL,
			"-discard: 100%% leaves no event to read; give for example -discard 1%%");
	if (workload->rate != PARSE_RATE_MAX &&
		(double)workload->rate * (double)workload->duration_ns / 1e9 < 1)
		return complain(why, -EINVAL,
			"-rate: %" PRIu64 " a second is not one event in %s; give a larger one, or "
			"a longer -duration",
			workload->rate,
			format_duration(workload->duration_ns, duration, sizeof(duration)));
	return 0;
}

static int check_order(const struct workload *workload, struct complaint *why)
{
	if (!workload->order || workload->rings > 1)
		return 0;
	return complain(why, -EINVAL,
		"-order: one ring has one order; give -rings 2 or more, and as many -producers");
}

static int check_back_to_back(const struct workload *workload, struct complaint *why)
{
	const uint64_t events = workload->back_to_back;
	char size[FORMAT_SIZE];

	if (events == 0)
		return 0;
	if (workload->producers > 1)
		return complain(why, -EINVAL,
			"-back-to-back: the consumer makes the events itself, as the only "
			"producer; leave out -producers");
	if (workload->rate != PARSE_RATE_MAX)
		return complain(why, -EINVAL,
			"-back-to-back: events are made when those before them are read, not at a "
			"rate; leave out -rate");
	if (workload->same_cpu)
		return complain(why, -EINVAL,
			"-same-cpu: -back-to-back has but one thread; leave out -same-cpu");
	if (workload->notify == NOTIFY_SAMPLED && workload->notify_events > events)
		return complain(why, -EINVAL,
			"-notify: of the %" PRIu64 " events of a turn none would notify; give "
			"-notify sampled:%" PRIu64 ", or fewer",
			events, events);
	if (events > (workload->ring_size - 1) / workload_largest_stride(workload))
		return complain(why, -EINVAL,
			"-back-to-back: a ring of %s does not hold %" PRIu64
			" events, so the others of each turn would be lost; give fewer, or a "
			"larger -ring-size",
			format_size(workload->ring_size, size, sizeof(size)), events);
	return 0;
}

static int check_overwrite(
	const struct settings *s, const struct typed *typed, struct complaint *why)
{
	if (!s->workload.overwrite)
		return 0;
	if (s->preset || s->advise || s->workload.back_to_back > 0)
		return complain(why, -EINVAL,
			"-overwrite: a ring that overwrites is never too small; leave out -overwrite, or "
			"-preset, -advise and -back-to-back");
	for (int wait = 0; live_wait_names[wait]; wait++)
		if (live_wait_is_of_libbpf((enum live_wait)wait) &&
			flag_names_has(&typed->waits, wait))
			return complain(why, -EINVAL,
				"-wait: %s is of libbpf, which does not read rings that overwrite; leave it "
				"out, or leave out -overwrite",
				live_wait_names[wait]);
	return 0;
}

static int check_advise(const struct settings *s, const struct typed *typed, struct complaint *why)
{
	if (s->combination_count > 1)
		return complain(why, -EINVAL,
			"-advise: a ring's size is for one way of reading, and these are %zu; give "
			"one -mode and one -wait",
			s->combination_count);
	if (s->combinations[0].reader->reads_perf)
		return complain(why, -EINVAL,
			"-advise: it is for rings, and a perf buffer does not tell how full it was; "
			"give another -mode");
	if (typed->ring_size_given)
		return complain(why, -EINVAL,
			"-ring-size: -advise finds the size; leave out -ring-size, or leave out "
			"-advise");
	return 0;
}

static int check_baseline(const struct settings *s, struct complaint *why)
{
	static char texts[COMBINATIONS_MAX][64];
	const char *names[COMBINATIONS_MAX + READERS_MAX + 1] = { NULL };
	size_t count = 0;

	for (; count < s->combination_count; count++)
		names[count] = combination_name(
			s->combinations[count], texts[count], sizeof(texts[count]));
	for (int mode = 0; settings_mode(mode); mode++)
		names[count++] = settings_mode(mode)->name;
	return settings_check_baseline(s->baseline,
		combination_find(s->combinations, s->combination_count, s->baseline) != SIZE_MAX,
		names, why);
}

int settings_conclude_live(struct settings *s, struct typed *typed, struct complaint *why)
{
	struct workload *workload = &s->workload;
	const struct reader *reader;
	int err = 0;

	workload->source = (enum source_kind)s->source;
	workload->producer = (enum live_producer)typed->producer;
	workload->write = (enum live_way)typed->write;
	workload->producers = (uint32_t)typed->producers;
	workload->rings = (uint32_t)typed->rings;
	for (int mode = 0; (reader = settings_mode(mode)) && s->preset; mode++)
		if (flag_names_has(&typed->modes, mode) && reader->program)
			return complain(why, -EINVAL,
				"-mode: %s is not asked by -preset %s; leave it out", reader->name,
				live_preset_names[typed->preset]);
	if (s->preset)
		choose_for_preset(s, typed);
	if (typed->modes.count == 0 && workload->overwrite)
		add_mode(typed, "copy");
	if (typed->modes.count == 0) {
		add_mode(typed, "batch");
		for (int mode = 0; (reader = settings_mode(mode)); mode++)
			if (reader->named)
				flag_names_add(&typed->modes, mode);
	}
	if (typed->waits.count == 0 && s->advise)
		flag_names_add(&typed->waits, WAIT_PACED);
	if (typed->waits.count == 0)
		for (int wait = 0; live_wait_names[wait]; wait++)
			if (!workload->overwrite || !live_wait_is_of_libbpf((enum live_wait)wait))
				flag_names_add(&typed->waits, wait);
	if (!s->advise)
		err = check_ring(workload, why);
	if (!err)
		err = choose_write(workload, typed, why);
	if (!err)
		err = check_producers(workload, why);
	if (!err)
		err = check_burst(workload, why);
	if (!err)
		err = check_order(workload, why);
	if (!err)
		err = check_back_to_back(workload, why);
	if (!err)
		err = check_overwrite(s, typed, why);
	if (!err)
		err = settings_combine(s, typed, why);
	if (!err && s->advise)
		err = check_advise(s, typed, why);
	if (!err)
		err = check_baseline(s, why);
	if (!err)
		settings_leave_out(s);
	return err;
}
