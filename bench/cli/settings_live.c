/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live: defaults that depend on other flags, and checks of flags against each other.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cli/settings.h"
#include "measure/measure.h"

#define PRESET_DURATION_NS INT64_C(200000000)

static void add_mode(struct settings *s, const char *name)
{
	for (int mode = 0; settings_mode(mode); mode++)
		if (strcmp(settings_mode(mode)->name, name) == 0)
			flag_names_add(&s->modes, mode);
}

/* The modes and waits that were not given. A preset asks what the kernel's benchmark measures, and
 * PACED. */
static void choose_defaults(struct settings *s)
{
	const struct reader *reader;
	const bool modes_given = s->modes.count > 0;
	const unsigned int waits =
		s->advise   ? 1u << WAIT_PACED
		: s->preset ? 1u << WAIT_EVENT | 1u << WAIT_PACED | 1u << WAIT_LIBBPF_POLL
		: s->workload.overwrite ? WAITS_OF_RINGVIEW
					: WAITS_OF_RINGVIEW | WAITS_OF_LIBBPF;

	if (!modes_given)
		add_mode(s, s->workload.overwrite ? "copy" : "batch");
	if (!modes_given && s->preset) {
		add_mode(s, "libbpf");
		add_mode(s, "perfbuf");
	}
	for (int mode = 0; (reader = settings_mode(mode)); mode++)
		if (!modes_given && !s->preset && !s->workload.overwrite && reader->named)
			flag_names_add(&s->modes, mode);
	for (int wait = 0; live_wait_names[wait] && !settings_given("wait"); wait++)
		if (waits >> wait & 1)
			flag_names_add(&s->waits, wait);
	if (s->preset && !settings_given("duration"))
		s->workload.duration_ns = PRESET_DURATION_NS;
}

/* A BPF program reserves constant sizes, so there can be only a few of them. */
static int choose_write(struct workload *w, struct complaint *why)
{
	const struct mix *mix = w->mix;

	if (!mix || mix->kind_count > 0 || w->source == SOURCE_MEMORY)
		return 0;
	if (w->write == LIVE_RESERVE && settings_given("write"))
		return complain(why, -EINVAL,
			"-write: a BPF program can reserve at most %d different sizes, and %s has "
			"more; leave out -write to use bpf_ringbuf_output",
			MIX_KINDS, mix->name);
	w->write = LIVE_OUTPUT;
	return 0;
}

/* Whether -notify sampled:N notifies, and a turn of -back-to-back fits into the ring. */
static int check_counts(const struct workload *w, struct complaint *why)
{
	const uint64_t room = w->ring_size - 1, events = w->back_to_back;
	char size[FORMAT_SIZE];

	format_size(w->ring_size, size, sizeof(size));
	/* First without the product, which may overflow. */
	if (w->notify == NOTIFY_SAMPLED &&
		(w->notify_events > room || live_plan_of(w).notify_bytes > room))
		return complain(why, -EINVAL,
			"-notify: a ring of %s is full before %" PRIu64
			" events wait in it, so no producer would notify; give fewer, or a larger "
			"-ring-size",
			size, w->notify_events);
	if (events > room / workload_largest_stride(w))
		return complain(why, -EINVAL,
			"-back-to-back: a ring of %s does not hold %" PRIu64
			" events, so each turn would lose some; give fewer, or a larger -ring-size",
			size, events);
	return 0;
}

static int check_workload(const struct settings *s, struct complaint *why)
{
	const struct workload *w = &s->workload;
	const bool memory = w->source == SOURCE_MEMORY, output = w->write == LIVE_OUTPUT,
		   paced_rate = w->rate != PARSE_RATE_MAX, turns = w->back_to_back > 0;
	const struct rule rules[] = {
		{ w->producer == PRODUCER_SYSCALL && memory,
			"-producer: syscall needs a ring of the kernel; leave out -producer or "
			"-source memory" },
		{ output && memory,
			"-write: output needs a ring of the kernel; leave out -write or -source "
			"memory" },
		{ output && w->discard > 0,
			"-discard: bpf_ringbuf_output cannot discard events; leave out one of -discard "
			"and -write output" },
		{ w->discard >= 1,
			"-discard: 100% leaves no event to read; give for example -discard 1%" },
		{ paced_rate && (double)w->rate * (double)w->duration_ns / 1e9 < 1,
			"-rate: no event would be produced within -duration; give a higher rate, "
			"or a longer -duration" },
		{ w->burst % w->producers > 0,
			"-rate: the producers share a burst evenly; give a multiple of -producers" },
		{ w->order && w->rings == 1,
			"-order: the events of one ring are always in order; give -rings 2 or "
			"more, and as many -producers" },
		{ turns && w->producers > 1,
			"-back-to-back: the consumer is the only producer; leave out -producers" },
		{ turns && paced_rate,
			"-back-to-back: events are produced once the previous ones have been read, not "
			"at a rate; leave out -rate" },
		{ turns && w->same_cpu,
			"-same-cpu: -back-to-back has only one thread; leave out -same-cpu" },
		{ turns && w->notify == NOTIFY_SAMPLED && w->notify_events > w->back_to_back,
			"-notify: a turn has fewer than N events, so none would notify; give "
			"sampled:N with N at most -back-to-back" },
		{ w->overwrite && (s->advise || turns),
			"-overwrite: cannot be combined with -advise or -back-to-back, as an "
			"overwriting ring is never full; leave out -overwrite, or both of them" },
		{ w->overwrite && s->waits.named & WAITS_OF_LIBBPF,
			"-wait: libbpf does not read rings that overwrite; give event, paced or busy, or "
			"leave out -overwrite" },
		{ false, NULL },
	};

	return settings_check_rules(rules, why);
}

static int check_advise(const struct settings *s, struct complaint *why)
{
	const struct rule rules[] = {
		{ s->combination_count > 1,
			"-advise: the ring's size is found for one reader; give one -mode and one "
			"-wait" },
		{ s->combinations[0].reader->reads_perf,
			"-advise: a perf buffer does not report how full it was; give another -mode" },
		{ settings_given("ring-size"),
			"-ring-size: -advise finds the size; leave out one of them" },
		{ false, NULL },
	};

	return s->advise ? settings_check_rules(rules, why) : 0;
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
	return settings_check_baseline(s,
		combination_find(s->combinations, s->combination_count, s->baseline) != SIZE_MAX,
		names, why);
}

int settings_conclude_live(struct settings *s, struct complaint *why)
{
	struct workload *w = &s->workload;
	const struct reader *reader;
	int err;

	for (int mode = 0; (reader = settings_mode(mode)) && s->preset; mode++)
		if (flag_names_has(&s->modes, mode) && reader->program)
			return complain(why, -EINVAL,
				"-mode: a preset does not run peers such as %s; leave it out",
				reader->name);
	choose_defaults(s);
	err = s->advise ? 0
			: settings_check_ring(w->ring_size,
				  w->mix ? w->mix->largest : w->event_size, "1MiB", why);
	if (!err)
		err = choose_write(w, why);
	if (!err)
		err = check_workload(s, why);
	if (!err && !s->advise)
		err = check_counts(w, why);
	if (!err)
		err = settings_combine(s, why);
	if (!err)
		err = check_advise(s, why);
	if (!err)
		err = check_baseline(s, why);
	if (!err)
		settings_leave_out(s);
	return err;
}
