/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common_settings.h"
#include "live/live_checks.h"
#include "live/live_settings.h"

#define US INT64_C(1000)
#define MS INT64_C(1000000)
#define S INT64_C(1000000000)

#define RATE_MAX 1000000000 /* one a nanosecond: more is a mistake */

#define CPUS_MAX 65536 /* more than any kernel has */

#define NAMES_MAX 16

/* What a list of names chooses from, and what it has chosen. */
struct choice {
	const char *what; /* "mode" */
	const char *const *names;
	int chosen[NAMES_MAX]; /* each once, in the order of the list */
	size_t count;          /* 0: the flag was not given */
	unsigned int named;    /* bits of those that "all" alone did not bring */
};

/* What was typed, where the settings have another type or do not tell whether it was. */
struct typed {
	struct live_settings *settings;
	struct choice modes, waits;
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

static void choose(struct choice *choice, int value)
{
	for (size_t i = 0; i < choice->count; i++)
		if (choice->chosen[i] == value)
			return;
	choice->chosen[choice->count++] = value;
}

static bool is_named(const struct choice *choice, int value)
{
	return choice->named & 1u << value;
}

/* Chooses all names, or the one. False when there is no such name. */
static bool choose_name(struct choice *choice, const char *name)
{
	const bool all = strcmp(name, "all") == 0;
	bool found = all;

	for (int i = 0; choice->names[i]; i++) {
		if (!all && strcmp(name, choice->names[i]) != 0)
			continue;
		choose(choice, i);
		if (!all)
			choice->named |= 1u << i;
		found = true;
	}
	return found;
}

static void write_names(char *text, size_t size, const char *const *names)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; names[i] && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "", names[i]);
}

/* -mode and -wait: all, or names with commas between. */
static int parse_choice(const char *text, void *target, char *error, size_t error_size)
{
	struct choice *choice = target;
	char *copy = strdup(text), *next = copy, *name, known[192];
	int err = 0;

	if (!copy)
		return -ENOMEM;
	choice->count = 0;
	choice->named = 0;
	while (!err && (name = strsep(&next, ","))) {
		if (choose_name(choice, name))
			continue;
		write_names(known, sizeof(known), choice->names);
		snprintf(error, error_size, "unknown %s \"%.48s\"; choose all, or some of %s",
			choice->what, name, known);
		err = -EINVAL;
	}
	free(copy);
	return err;
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

static bool is_of_libbpf(int wait)
{
	return wait == WAIT_LIBBPF_POLL || wait == WAIT_LIBBPF_SPIN;
}

/* Whether the modes or waits of libbpf were named, all brings them not. */
static bool names_libbpf(const struct typed *typed)
{
	return is_named(&typed->modes, MODE_LIBBPF) || is_named(&typed->waits, WAIT_LIBBPF_POLL) ||
	       is_named(&typed->waits, WAIT_LIBBPF_SPIN);
}

static void add_combination(struct live_settings *settings, int mode, int wait)
{
	settings->combinations[settings->combination_count++] = (struct live_combination){
		.mode = (enum live_mode)mode,
		.wait = (enum live_wait)wait,
	};
}

/* The loops of libbpf come whatever the mode is, unless only modes were named that wait themselves:
 * then the default brings them not. */
static bool wants_libbpf(const struct typed *typed, int wait)
{
	if (is_named(&typed->waits, wait) || is_named(&typed->modes, MODE_LIBBPF))
		return true;
	for (size_t m = 0; m < typed->modes.count; m++)
		if (!live_mode_waits_itself((enum live_mode)typed->modes.chosen[m]))
			return true;
	return false;
}

/* Each mode with each wait, then the loops of libbpf, then what waits in its own way. */
static void combine(const struct typed *typed)
{
	const struct choice *modes = &typed->modes, *waits = &typed->waits;
	struct live_settings *settings = typed->settings;

	settings->combination_count = 0;
	for (size_t m = 0; m < modes->count; m++)
		for (size_t w = 0; w < waits->count && modes->chosen[m] < MODE_LIBBPF; w++)
			if (live_mode_has_wait((enum live_mode)modes->chosen[m],
				    (enum live_wait)waits->chosen[w]))
				add_combination(settings, modes->chosen[m], waits->chosen[w]);
	for (size_t w = 0; w < waits->count; w++)
		if (is_of_libbpf(waits->chosen[w]) && wants_libbpf(typed, waits->chosen[w]))
			add_combination(settings, MODE_LIBBPF, waits->chosen[w]);
	for (size_t m = 0; m < modes->count; m++)
		if (live_mode_waits_itself((enum live_mode)modes->chosen[m]))
			add_combination(settings, modes->chosen[m], WAIT_OWN);
}

static size_t count_of(const struct live_settings *settings, enum live_mode mode)
{
	size_t count = 0;

	for (size_t i = 0; i < settings->combination_count; i++)
		count += settings->combinations[i].mode == mode;
	return count;
}

/* What came by "all", and cannot take part: a line for each mode, and for each loop of libbpf.
 * Peers are asked first whether they are there (live_peers.c). */
static void leave_out_impossible(struct live_settings *settings)
{
	enum live_mode told = MODE_COUNT;
	size_t kept = 0;

	for (size_t i = 0; i < settings->combination_count; i++) {
		const struct live_combination combination = settings->combinations[i];
		const enum live_mode mode = combination.mode;
		const char *reason = live_obstacle_of(&settings->workload, mode).reason;

		if (!reason || live_mode_program(mode)) {
			settings->combinations[kept++] = combination;
			continue;
		}
		if (mode != told || mode == MODE_LIBBPF)
			fprintf(stderr, "%s: left out: it %s\n",
				mode == MODE_LIBBPF ? live_wait_names[combination.wait]
						    : live_mode_names[mode],
				reason);
		told = mode;
	}
	settings->combination_count = kept;
}

static bool has_mode_for(const struct typed *typed, enum live_wait wait)
{
	for (size_t m = 0; m < typed->modes.count; m++)
		if (live_mode_has_wait((enum live_mode)typed->modes.chosen[m], wait))
			return true;
	return false;
}

/* A wait of ringview was named, and no mode that has it was chosen. */
static bool has_waits_without_mode(const struct typed *typed)
{
	for (int wait = WAIT_EVENT; wait <= WAIT_BUSY; wait++)
		if (is_named(&typed->waits, wait) && !has_mode_for(typed, (enum live_wait)wait))
			return true;
	return false;
}

/* A reader of others that was named has to be able to run. */
static int check_named_mode(
	const struct live_workload *workload, enum live_mode mode, struct complaint *why)
{
	const struct live_obstacle obstacle = live_obstacle_of(workload, mode);

	if (!obstacle.reason)
		return 0;
	return complain(why, -EINVAL, "-mode: %s %s; leave it out, or %s", live_mode_names[mode],
		obstacle.reason, obstacle.remedy);
}

static int check_named_modes(const struct typed *typed, struct complaint *why)
{
	int err = 0;

	for (int mode = 0; mode < MODE_COUNT && !err; mode++)
		if (is_named(&typed->modes, mode))
			err = check_named_mode(
				&typed->settings->workload, (enum live_mode)mode, why);
	return err;
}

static int check_combinations(const struct typed *typed, struct complaint *why)
{
	const struct live_settings *settings = typed->settings;

	if (is_named(&typed->modes, MODE_LIBBPF) &&
		(count_of(settings, MODE_LIBBPF) == 0 || has_waits_without_mode(typed)))
		return complain(why, -EINVAL,
			"-mode: libbpf waits with libbpf-poll or libbpf-spin; give these as -wait, "
			"or another -mode");
	if (has_waits_without_mode(typed))
		return complain(why, -EINVAL,
			"-wait: event, paced and busy are for copy, view and batch, the last two "
			"also for dropin; give one of these as -mode too, or leave out -wait");
	if (is_named(&typed->modes, MODE_DROPIN) && count_of(settings, MODE_DROPIN) == 0)
		return complain(why, -EINVAL,
			"-mode: dropin waits with libbpf-poll, libbpf-spin, paced or busy; give "
			"these as -wait, or another -mode");
	if (settings->workload.source == SOURCE_MEMORY && names_libbpf(typed))
		return complain(why, -EINVAL,
			"-mode and -wait: libbpf reads only rings of the kernel; leave it out, or "
			"leave out -source memory");
	return check_named_modes(typed, why);
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
		if (is_named(&typed->modes, mode) && live_mode_program((enum live_mode)mode))
			return complain(why, -EINVAL,
				"-mode: %s is not asked by -preset %s; leave it out",
				live_mode_names[mode], live_preset_names[typed->preset]);
	return 0;
}

#define PRESET_DURATION_NS (200 * MS)

/* What the kernel's benchmark has, and waiting paced. */
static void choose_for_preset(struct typed *typed)
{
	if (typed->modes.count == 0) {
		choose(&typed->modes, MODE_BATCH);
		choose(&typed->modes, MODE_LIBBPF);
		choose(&typed->modes, MODE_PERFBUF);
	}
	if (typed->waits.count == 0) {
		choose(&typed->waits, WAIT_EVENT);
		choose(&typed->waits, WAIT_PACED);
		choose(&typed->waits, WAIT_LIBBPF_POLL);
	}
	if (!typed->duration_given)
		typed->settings->workload.duration_ns = PRESET_DURATION_NS;
}

/* Peers that came by "all" are not asked. */
static void leave_out_peers(struct live_settings *settings)
{
	size_t kept = 0;

	for (size_t i = 0; i < settings->combination_count; i++)
		if (!live_mode_program(settings->combinations[i].mode))
			settings->combinations[kept++] = settings->combinations[i];
	settings->combination_count = kept;
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
	if (typed->modes.count == 0)
		choose(&typed->modes, MODE_BATCH);
	if (typed->waits.count == 0 && settings->advise)
		choose(&typed->waits, WAIT_PACED);
	if (typed->waits.count == 0)
		choose_name(&typed->waits, "all");
	combine(typed);
	if (settings->preset)
		leave_out_peers(settings);
	settings->named_modes = typed->modes.named;
	err = check_output(settings->output, why);
	if (!err && !settings->advise)
		err = live_check_ring(workload, why);
	if (!err)
		err = live_check_producers(workload, why);
	if (!err)
		err = live_check_back_to_back(workload, why);
	if (!err)
		err = check_combinations(typed, why);
	if (!err && settings->advise)
		err = check_advise(typed, why);
	if (!err)
		leave_out_impossible(settings);
	return err;
}

int live_settings_parse(
	struct live_settings *settings, int argc, char **argv, struct complaint *why)
{
	struct live_workload *workload = &settings->workload;
	struct typed typed = {
		.settings = settings,
		.modes = { .what = "mode", .names = live_mode_names },
		.waits = { .what = "wait", .names = live_wait_names },
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
			.target = &typed.modes,
			.placeholder = "MODES",
			.parse = parse_choice,
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
			.target = &typed.waits,
			.placeholder = "WAITS",
			.parse = parse_choice,
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
