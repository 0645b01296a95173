/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "common_settings.h"
#include "live/live_checks.h"
#include "live/live_choice.h"
#include "live/live_settings.h"

#define US INT64_C(1000)
#define MS INT64_C(1000000)
#define S INT64_C(1000000000)

#define RATE_MAX 1000000000 /* one a nanosecond: more is a mistake */

#define CPUS_MAX 65536 /* more than any kernel has */

/* What was typed, where the settings have another type or do not tell whether it was. */
struct typed {
	struct live_settings *settings;
	struct live_choice choice;
	uint64_t producers, rings;
	int source, producer, write, preset;
	bool duration_given;
	bool ring_size_given;
};

/* The last CPU that this process may run on, or -1 if it is the only one. */
static int last_cpu(void)
{
	cpu_set_t allowed[CPUS_MAX / CPU_SETSIZE];
	int cpu = CPUS_MAX - 1;

	if (sched_getaffinity(0, sizeof(allowed), allowed) < 0 ||
		CPU_COUNT_S(sizeof(allowed), allowed) < 2)
		return -1;
	while (!CPU_ISSET_S((size_t)cpu, sizeof(allowed), allowed))
		cpu--;
	return cpu;
}

void live_settings_init(struct live_settings *settings)
{
	*settings = (struct live_settings){
		.workload = {
			.source = SOURCE_BPF,
			.producer = PRODUCER_RUN,
			.producers = 1,
			.rate = PARSE_RATE_MAX,
			.duration_ns = 500 * MS,
			.event_size = 64,
			.ring_size = 1 << 20,
			.rings = 1,
			.notify = NOTIFY_DEFAULT,
			.latency_budget_ns = 200 * US,
			.consumer_cpu = last_cpu(),
		},
		.rounds = 6,
		.format = FORMAT_TEXT,
	};
}

static int parse_live_rate(const char *text, void *target, char *error, size_t error_size)
{
	uint64_t *rate = target, parsed;

	if (parse_rate(text, &parsed) || parsed > RATE_MAX) {
		snprintf(error, error_size,
			"\"%.48s\" is not max, or 1 to 1G events a second; give for example -rate "
			"500k",
			text);
		return -EINVAL;
	}
	*rate = parsed;
	return 0;
}

static int parse_event_size(const char *text, void *target, char *error, size_t error_size)
{
	uint32_t *size = target;
	uint64_t parsed = 0;

	if (strcmp(text, "mixed") != 0 && (parse_size(text, &parsed) || parsed < SIZED_EVENT_MIN ||
						  parsed > SIZED_EVENT_MAX)) {
		snprintf(error, error_size,
			"\"%.48s\" is not mixed, or a size of %d to %d B; give for example "
			"-event-size 64",
			text, SIZED_EVENT_MIN, SIZED_EVENT_MAX);
		return -EINVAL;
	}
	*size = (uint32_t)parsed;
	return 0;
}

/* default, never, force, or sampled:N. */
static int parse_notify(const char *text, void *target, char *error, size_t error_size)
{
	struct live_workload *workload = target;
	const char *colon = strchr(text, ':');
	const size_t length = colon ? (size_t)(colon - text) : strlen(text);
	uint64_t events = 0;
	int notify = 0;

	while (live_notify_names[notify] &&
		(strlen(live_notify_names[notify]) != length ||
			memcmp(live_notify_names[notify], text, length)))
		notify++;
	/* The number belongs to sampled, and to no other. */
	if (!live_notify_names[notify] || (notify == NOTIFY_SAMPLED) != (colon != NULL) ||
		(colon && (parse_count(colon + 1, &events) || events == 0))) {
		snprintf(error, error_size,
			"\"%.48s\" is not default, never, force, or sampled:N with a count of "
			"events; give for example -notify sampled:100",
			text);
		return -EINVAL;
	}
	workload->notify = (enum live_notify)notify;
	workload->notify_events = events;
	return 0;
}

/* The value is checked together with the others. */
static int parse_ring_size(const char *text, void *target, char *error, size_t error_size)
{
	struct typed *typed = target;

	typed->ring_size_given = true;
	if (parse_size(text, &typed->settings->workload.ring_size) == 0)
		return 0;
	snprintf(error, error_size, "\"%.48s\" is not a size; give for example -ring-size 1MiB",
		text);
	return -EINVAL;
}

static int check_advise(const struct typed *typed, struct complaint *why)
{
	if (typed->settings->combination_count > 1)
		return complain(why, -EINVAL,
			"-advise: a ring's size is for one way of reading, and these are %zu; give "
			"one -mode and one -wait",
			typed->settings->combination_count);
	if (typed->settings->combinations[0].mode == MODE_PERFBUF)
		return complain(why, -EINVAL,
			"-advise: it is for rings, and a perf buffer does not tell how full it was; "
			"give another -mode");
	if (typed->ring_size_given)
		return complain(why, -EINVAL,
			"-ring-size: -advise finds the size; leave out -ring-size, or leave out "
			"-advise");
	return 0;
}

/* The preset sets all that its questions are about, and chooses who is asked. */
static const char *const preset_flags[] = { "duration", "rounds", "mode", "wait", "latency-budget",
	"timer-slack", "cpu", "format", "o", "watch", "preset", NULL };

static bool goes_with_preset(const char *name)
{
	for (size_t i = 0; preset_flags[i]; i++)
		if (strcmp(preset_flags[i], name) == 0)
			return true;
	return false;
}

static bool is_given(const struct flag *flags, const char *name)
{
	while (strcmp(flags->name, name) != 0)
		flags++;
	return *flags->given;
}

static int check_preset(
	const struct typed *typed, const struct flag *flags, size_t count, struct complaint *why)
{
	for (size_t i = 0; i < count; i++)
		if (*flags[i].given && !goes_with_preset(flags[i].name))
			return complain(why, -EINVAL,
				"-%s: -preset %s sets this itself; leave out one of them",
				flags[i].name, live_preset_names[typed->preset]);
	for (int mode = 0; mode < MODE_COUNT; mode++)
		if (chosen_names_has(&typed->choice.modes, mode) &&
			live_mode_program((enum live_mode)mode))
			return complain(why, -EINVAL,
				"-mode: %s is not asked by -preset %s; leave it out",
				live_mode_names[mode], live_preset_names[typed->preset]);
	return 0;
}

#define PRESET_DURATION_NS (200 * MS)

/* What the kernel's benchmark has, and waiting paced. */
static void choose_for_preset(struct typed *typed)
{
	if (typed->choice.modes.count == 0) {
		chosen_names_add(&typed->choice.modes, MODE_BATCH);
		chosen_names_add(&typed->choice.modes, MODE_LIBBPF);
		chosen_names_add(&typed->choice.modes, MODE_PERFBUF);
	}
	if (typed->choice.waits.count == 0) {
		chosen_names_add(&typed->choice.waits, WAIT_EVENT);
		chosen_names_add(&typed->choice.waits, WAIT_PACED);
		chosen_names_add(&typed->choice.waits, WAIT_LIBBPF_POLL);
	}
	if (!typed->duration_given)
		typed->settings->workload.duration_ns = PRESET_DURATION_NS;
}

/* What depends on more than one flag: defaults, combinations, and whether they make sense. */
static int conclude(struct typed *typed, struct complaint *why)
{
	struct live_settings *settings = typed->settings;
	struct live_workload *workload = &settings->workload;
	int err;

	workload->source = (enum source_kind)typed->source;
	workload->producer = (enum live_producer)typed->producer;
	workload->write = (enum live_way)typed->write;
	workload->producers = (uint32_t)typed->producers;
	workload->rings = (uint32_t)typed->rings;
	if (settings->preset)
		choose_for_preset(typed);
	if (typed->choice.modes.count == 0)
		chosen_names_add(&typed->choice.modes, MODE_BATCH);
	if (typed->choice.waits.count == 0 && settings->advise)
		chosen_names_add(&typed->choice.waits, WAIT_PACED);
	if (typed->choice.waits.count == 0)
		chosen_names_add_name(&typed->choice.waits, "all");
	live_choice_combine(&typed->choice, settings);
	if (settings->preset)
		live_choice_leave_out_peers(settings);
	settings->named_modes = typed->choice.modes.named;
	err = check_output(settings->output, why);
	if (!err && !settings->advise)
		err = live_check_ring(workload, why);
	if (!err)
		err = live_check_producers(workload, why);
	if (!err)
		err = live_check_back_to_back(workload, why);
	if (!err)
		err = live_choice_check(&typed->choice, settings, why);
	if (!err && settings->advise)
		err = check_advise(typed, why);
	if (!err)
		live_choice_leave_out(settings);
	return err;
}

int live_settings_parse(
	struct live_settings *settings, int argc, char **argv, struct complaint *why)
{
	struct live_workload *workload = &settings->workload;
	struct typed typed = {
		.settings = settings,
		.choice = { .modes = { .what = "mode", .names = live_mode_names },
			.waits = { .what = "wait", .names = live_wait_names } },
		.producers = workload->producers,
		.rings = workload->rings,
		.source = workload->source,
		.producer = workload->producer,
		.write = workload->write,
		.preset = -1,
	};
	struct flag flags[] = {
		{ .name = "producers",
			.kind = FLAG_COUNT,
			.target = &typed.producers,
			.placeholder = "COUNT",
			.help = "Threads that write events, each on a CPU of its own if there are "
				"enough.",
			.minimal = 1,
			.maximal = LIVE_PRODUCERS_MAX },
		{ .name = "producer",
			.kind = FLAG_CHOICE,
			.target = &typed.producer,
			.placeholder = "KIND",
			.choices = live_producer_names,
			.help = "What makes the BPF program run: run: BPF_PROG_TEST_RUN, many "
				"events a call; syscall: a system call for each event." },
		{ .name = "write",
			.kind = FLAG_CHOICE,
			.target = &typed.write,
			.placeholder = "HOW",
			.choices = live_write_names,
			.help = "How producers write: reserve: in the ring, with "
				"bpf_ringbuf_reserve and submit; output: elsewhere, and "
				"bpf_ringbuf_output copies it." },
		{ .name = "back-to-back",
			.kind = FLAG_COUNT,
			.target = &workload->back_to_back,
			.placeholder = "EVENTS",
			.help = "The consumer's thread lets so many events be made, reads them, and "
				"so on: writing and reading in turns, and not at the same time. 0: "
				"producers have threads of their own.",
			.example = "500",
			.minimal = 0,
			.maximal = FLAG_UNLIMITED },
		{ .name = "same-cpu",
			.kind = FLAG_BOOLEAN,
			.target = &workload->same_cpu,
			.help = "Producers run on the consumer's CPU, and compete with it." },
		{ .name = "rate",
			.kind = FLAG_CUSTOM,
			.target = &workload->rate,
			.placeholder = "RATE",
			.parse = parse_live_rate,
			.words = "max",
			.help = "Events a second of all producers together, or max.",
			.default_text = "max" },
		{ .name = "duration",
			.kind = FLAG_DURATION,
			.target = &workload->duration_ns,
			.placeholder = "TIME",
			.help = "How long each combination runs in each round.",
			.minimal = MS,
			.maximal = FLAG_UNLIMITED },
		{ .name = "rounds",
			.kind = FLAG_COUNT,
			.target = &settings->rounds,
			.placeholder = "COUNT",
			.help = "Rounds, each with every combination once; rounded up so that "
				"each is equally often in every place.",
			.minimal = 1,
			.maximal = LIVE_ROUNDS_MAX },
		{ .name = "mode",
			.kind = FLAG_CUSTOM,
			.target = &typed.choice.modes,
			.placeholder = "MODES",
			.parse = live_choice_parse,
			.choices = live_mode_names,
			.words = "all",
			.list = true,
			.help = "How to read: copy, view, batch, libbpf, dropin (libringview-libbpf in "
				"its place), perfbuf (the perf buffer of libbpf, in place of a "
				"ring), the peers libbpf-1.7, aya and cilium-ebpf, or all; or "
				"several with commas. libbpf goes with its own waits only, dropin "
				"with all but event; perfbuf and peers wait as they do, whatever "
				"-wait "
				"says.",
			.default_text = "batch" },
		{ .name = "wait",
			.kind = FLAG_CUSTOM,
			.target = &typed.choice.waits,
			.placeholder = "WAITS",
			.parse = live_choice_parse,
			.choices = live_wait_names,
			.words = "all",
			.list = true,
			.help = "How to wait: event (until notified), paced (looking at intervals "
				"that keep the latency budget), busy (never sleeping), libbpf-poll "
				"and libbpf-spin (the loops of libbpf), or all; or several with "
				"commas.",
			.default_text = "all; with -advise paced" },
		{ .name = "latency-budget",
			.kind = FLAG_DURATION,
			.target = &workload->latency_budget_ns,
			.placeholder = "TIME",
			.help = "How long an event may wait for a paced reader.",
			.minimal = 10 * US,
			.maximal = S }, /* as in struct ringview_options */
		{ .name = "timer-slack",
			.kind = FLAG_DURATION,
			.target = &workload->timer_slack_ns,
			.placeholder = "TIME",
			.help = "How late timers of the consumer may be (PR_SET_TIMERSLACK); 0: "
				"as the system has it.",
			.example = "1us",
			.minimal = 0,
			.maximal = S },
		{ .name = "notify",
			.kind = FLAG_CUSTOM,
			.target = workload,
			.placeholder = "WHEN",
			.parse = parse_notify,
			.words = "default never force sampled:",
			.help = "When producers notify: default (where the kernel thinks that "
				"the reader has caught up), never, force (each event), or "
				"sampled:N (once N events wait).",
			.default_text = "default" },
		{ .name = "event-size",
			.kind = FLAG_CUSTOM,
			.target = &workload->event_size,
			.placeholder = "SIZE",
			.parse = parse_event_size,
			.words = "mixed",
			.help = "Size of events, 16 to 65536 B; or mixed: 16, 24, 64, 200 and "
				"1000 B.",
			.default_text = "64" },
		{ .name = "discard",
			.kind = FLAG_PERCENT,
			.target = &workload->discard,
			.placeholder = "PERCENT",
			.help = "Share of the events that producers reserve and then discard.",
			.example = "1%",
			.minimal = 0,
			.maximal = 100 },
		{ .name = "ring-size",
			.kind = FLAG_CUSTOM,
			.target = &typed,
			.placeholder = "SIZE",
			.parse = parse_ring_size,
			.help = "Size of each ring: a power of two, a page to 2GiB.",
			.default_text = "1MiB",
			.example = "1MiB" },
		{ .name = "rings",
			.kind = FLAG_COUNT,
			.target = &typed.rings,
			.placeholder = "COUNT",
			.help = "Rings, all read by the one consumer; producers are dealt to them "
				"in turn.",
			.minimal = 1,
			.maximal = LIVE_RINGS_MAX },
		{ .name = "work",
			.kind = FLAG_DURATION,
			.target = &workload->work_ns,
			.placeholder = "TIME",
			.help = "How long the consumer works on each event.",
			.example = "100ns",
			.minimal = 0,
			.maximal = S },
		source_flag(&typed.source),
		{ .name = "cpu",
			.kind = FLAG_INTEGER,
			.target = &workload->consumer_cpu,
			.placeholder = "CPU",
			.help = "The consumer's CPU; the producers have the others that taskset "
				"allows.",
			.default_text = "the last that taskset allows",
			.example = "0",
			.minimal = 0,
			.maximal = CPUS_MAX - 1 },
		format_flag(&settings->format),
		output_flag(&settings->output),
		{ .name = "preset",
			.kind = FLAG_CHOICE,
			.target = &typed.preset,
			.placeholder = "NAME",
			.choices = live_preset_names,
			.help = "kernel-selftests: the questions of the kernel's own ring buffer "
				"benchmark, a table each, in about four minutes. -duration is 200ms "
				"then, and -mode and -wait say who is asked: batch, libbpf and "
				"perfbuf; event, paced and libbpf-poll." },
		{ .name = "watch",
			.kind = FLAG_BOOLEAN,
			.target = &settings->watch,
			.help = "Show each run while it is under way, on standard error: in place on "
				"a terminal, else a line each second." },
		{ .name = "advise",
			.kind = FLAG_BOOLEAN,
			.target = &settings->advise,
			.help = "Find the size that the ring needs, for one mode and one wait." },
	};
	const struct flag_command command = {
		.name = PROGRAM " live",
		.summary = "Writes and reads rings at the same time: how many events are lost, "
			   "how late they are, and what producers and the consumer spend on each.",
		.flags = flags,
		.flag_count = sizeof(flags) / sizeof(flags[0]),
	};
	bool given[sizeof(flags) / sizeof(flags[0])] = { false };
	char error[256];
	int result;

	for (size_t i = 0; i < command.flag_count; i++)
		flags[i].given = &given[i];
	result = flags_parse(&command, argc, argv, NULL, error, sizeof(error));

	if (result > 0) {
		flags_print_help(stdout, &command);
		return 1;
	}
	if (result < 0)
		return complain(why, result, "%s", error);
	settings->preset = typed.preset >= 0;
	typed.duration_given = is_given(flags, "duration");
	if (settings->preset) {
		result = check_preset(&typed, flags, command.flag_count, why);
		if (result)
			return result;
	}
	return conclude(&typed, why);
}
