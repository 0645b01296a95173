/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every flag with the commands that have it, but for those of watch.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "readers/peers.h"
#include "cli/settings.h"
#include "results/table.h"

#define US INT64_C(1000)
#define MS INT64_C(1000000)
#define S INT64_C(1000000000)

#define DRAIN COMMAND_DRAIN
#define SWEEP COMMAND_SWEEP
#define LIVE COMMAND_LIVE
#define MEASURING (DRAIN | SWEEP | LIVE)

#define CPUS_MAX 65536 /* more than any kernel has */

/* Where the flags' values go. */
static struct settings s;
static struct typed typed;

/* What -mode takes, of the command at hand. */
static const char *mode_names[READERS_MAX + 1];
static const struct reader *modes[READERS_MAX + 1];
/* In the order of enum page_format; one more: as the file's name ends. */
static const char *const page_format_names[] = { "md", "html", "auto", NULL };

static const char *const undecided_names[] = { "fail", "ok", NULL };

static bool add_both(const char *word, struct flag_names *names)
{
	if (strcmp(word, "both") != 0)
		return false;
	for (int i = 0; modes[i]; i++)
		if (modes[i]->by_default) {
			flag_names_add(names, i);
			names->named |= UINT64_C(1) << i;
		}
	return true;
}

static int parse_peer(const char *text, void *target, struct complaint *why)
{
	(void)target;
	return found_peers_add(text, why);
}

/* Whether it takes part is seen when all is known. */
static int parse_baseline(const char *text, void *target, struct complaint *why)
{
	(void)why;
	*(const char **)target = text;
	return 0;
}

/* default, never, force, or sampled:N. */
static int parse_notify(const char *text, void *target, struct complaint *why)
{
	const size_t length = strcspn(text, ":");
	uint64_t events = 0;
	int notify = 0;

	(void)target;
	while (live_notify_names[notify] &&
		(strlen(live_notify_names[notify]) != length ||
			memcmp(live_notify_names[notify], text, length)))
		notify++;
	/* The number belongs to sampled, and to no other. */
	if (!live_notify_names[notify] || (notify == NOTIFY_SAMPLED) != (text[length] == ':') ||
		(text[length] && (parse_count(text + length + 1, &events) || events == 0)))
		return complain(why, -EINVAL,
			"\"%.48s\" is not default, never, force, or sampled:N with a count of "
			"events; give for example -notify sampled:100",
			text);
	s.workload.notify = (enum live_notify)notify;
	s.workload.notify_events = events;
	return 0;
}

/* The value is checked together with the others. */
static int parse_ring_size(const char *text, void *target, struct complaint *why)
{
	typed.ring_size_given = true;
	return parse_size(text, target)
		       ? complain(why, -EINVAL,
				 "\"%.48s\" is not a size; give for example -ring-size 1MiB", text)
		       : 0;
}

static int note_duration(const char *text, void *target, struct complaint *why)
{
	int64_t duration;

	typed.duration_given = true;
	if (parse_duration(text, &duration) || duration < MS)
		return complain(why, -EINVAL,
			"\"%.48s\" is not a duration of at least 1ms; give for example -duration "
			"500ms",
			text);
	*(int64_t *)target = duration;
	return 0;
}

static const struct flag flags[] = {
	{ "n", DRAIN, FLAG_COUNT, &s.events, "COUNT", .help = "Events to produce and read.", NULL,
		"50000", 1, EVENTS_MAX },
	{ "n", SWEEP, FLAG_COUNT, &s.events, "COUNT",
		.help = "Events of each size. Default: what fills 64MiB.", "", "50000", 1,
		EVENTS_MAX },
	{ "mode", DRAIN | SWEEP, FLAG_NAMES, &typed.modes, "PATHS",
		.help = "Read paths: copy, view, both, all, or a list of names with commas; the list command "
			"explains them.",
		"both; of sweep all", .choices = mode_names, .words = "both all",
		.several = add_both },
	{ "read-timeout", DRAIN | SWEEP, FLAG_DURATION, &s.read_timeout_ns, "TIME",
		.help = "How long a read waits if no event is there.", NULL, "5ms", 0,
		FLAG_UNLIMITED },
	{ "ring-size", DRAIN | SWEEP, FLAG_SIZE, &s.ring_size, "SIZE",
		.help = "Size of the ring: a power of two, a page to 2GiB. More events than it holds are "
			"written and read in several goes.",
		"512MiB; in a cache, half of the second-level one" },
	{ "caches", DRAIN | SWEEP, FLAG_NAMES, &typed.caches, "LIST",
		.help = "Where the ring is when it is read: cold (flushed to memory), own (as a producer on the "
			"reader's CPU left it), other (as one on another CPU did); or several with commas.",
		"cold", "cold", .choices = caches_names },
	{ "discard", DRAIN | SWEEP, FLAG_PERCENT, &s.discard, "PERCENT",
		.help = "Share of the events that the producer reserves and then discards.", NULL,
		"1%", 0, 100 },
	{ "touch", DRAIN | SWEEP, FLAG_NAMES, &typed.touches, "LIST",
		.help = "What is read of each event: none, header (its first 8 bytes), fields or bytes (all); "
			"or several with commas.",
		"fields", "fields", .choices = touch_names },
	{ "batch", DRAIN | SWEEP, FLAG_COUNT, &s.batch, "COUNT",
		.help = "Records for each release in path batch; 0: all that are there.", NULL,
		NULL, 0, FLAG_UNLIMITED },
	{ "producers", LIVE, FLAG_COUNT, &typed.producers, "COUNT",
		.help = "Threads that write events, each on a CPU of its own if there are enough.",
		NULL, NULL, 1, LIVE_PRODUCERS_MAX },
	{ "producer", LIVE, FLAG_CHOICE, &typed.producer, "KIND",
		.help = "How the BPF program is run: run: BPF_PROG_TEST_RUN, many events a call; syscall: by a "
			"system call for each event.",
		.choices = live_producer_names },
	{ "write", LIVE, FLAG_CHOICE, &typed.write, "HOW",
		.help = "How producers write: reserve: in the ring, by bpf_ringbuf_reserve and submit; output: "
			"elsewhere, then bpf_ringbuf_output copies the event.",
		.choices = live_write_names },
	{ "back-to-back", LIVE, FLAG_COUNT, &s.workload.back_to_back, "EVENTS",
		.help = "The consumer's thread alternates: it produces this many events, then reads them. 0: "
			"producers have threads of their own.",
		NULL, "500", 0, FLAG_UNLIMITED },
	{ "same-cpu", LIVE, FLAG_BOOLEAN, &s.workload.same_cpu, NULL,
		.help = "Run the producers on the consumer's CPU." },
	{ "rate", LIVE, FLAG_CUSTOM, &s.workload, "RATE",
		.help = "Events a second of all producers together; max; or burst:2000/20ms: 2000 at once, and "
			"again after each 20 ms.",
		"max", "500k", .words = "max burst:", .parse = parse_live_rate },
	{ "source", MEASURING, FLAG_CHOICE, &s.source, "SOURCE",
		.help = "bpf: a ring of the kernel. memory: a ring in plain memory, which needs no privileges.",
		.choices = source_names },
	{ "duration", LIVE, FLAG_CUSTOM, &s.workload.duration_ns, "TIME",
		.help = "How long each combination runs in each round.", "500ms", "500ms",
		.parse = note_duration },
	{ "rounds", MEASURING, FLAG_COUNT, &s.rounds, "COUNT",
		.help = "Rounds; each measures everything once. Rounded up, so that everything is equally often "
			"in every position.",
		NULL, NULL, 1, STATISTICS_ROUNDS_MAX },
	{ "runs", MEASURING, FLAG_COUNT, &s.runs, "COUNT",
		.help = "Repeat everything COUNT times, each in a new process; intervals then include the "
			"differences between runs.",
		NULL, "5", 1, TABLE_RUNS_MAX },
	{ "time", DRAIN | SWEEP, FLAG_DURATION, &s.plan.duration_ns, "TIME",
		.help = "Instead of -rounds: as many as fit into this time for each size and touch.",
		"", "10s", 1000000, FLAG_UNLIMITED },
	{ "precision", DRAIN | SWEEP, FLAG_PERCENT, &s.plan.precision, "PERCENT",
		.help = "Instead of -rounds: until the 95 % interval of every median is no wider than plus or "
			"minus this (1024 rounds or two minutes at most).",
		"", "1%" },
	{ "mode", LIVE, FLAG_NAMES, &typed.modes, "MODES",
		.help = "Who reads: all, or a list of names with commas; the list command explains them. libbpf "
			"goes with its own waits only, dropin (libringview-libbpf in its place) with all but event; "
			"perfbuf (the perf buffer of libbpf, in place of a ring) and peers ignore -wait.",
		"batch", "batch", .choices = mode_names, .words = "all" },
	{ "baseline", MEASURING, FLAG_CUSTOM, &s.baseline, "NAME",
		.help = "The reader that ratios refer to, in live also with its wait (batch/paced); it runs "
			"twice to show the noise.",
		"the best known that takes part", "batch", .choices = mode_names,
		.parse = parse_baseline },
	{ "peer", MEASURING, FLAG_CUSTOM, NULL, "PROGRAM",
		.help = "A reader of your own: a program that speaks the protocol of peers/README.md. It runs in "
			"addition to the default readers, or as -mode says, under the name of its file.",
		NULL, "./peer", .parse = parse_peer },
	{ "wait", LIVE, FLAG_NAMES, &typed.waits, "WAITS",
		.help = "How to wait: event (until notified), paced (polling within the latency budget), busy "
			"(never sleeping), libbpf-poll and libbpf-spin (the loops of libbpf), libbpf-sleep "
			"(ring_buffer__consume and a sleep, as often as paced), or all; or several with commas.",
		"all; with -advise paced", "all", .choices = live_wait_names, .words = "all" },
	{ "latency-budget", LIVE, FLAG_DURATION, &s.workload.latency_budget_ns, "TIME",
		.help = "How long an event may wait for a paced reader, and the interval of libbpf-sleep.",
		NULL, NULL, 10 * US, S }, /* as in struct ringview_options */
	{ "timer-slack", LIVE, FLAG_DURATION, &s.workload.timer_slack_ns, "TIME",
		.help = "How late timers of the consumer may be (PR_SET_TIMERSLACK); 0 keeps the current value.",
		NULL, "1us", 0, S },
	{ "notify", LIVE, FLAG_CUSTOM, &s.workload, "WHEN",
		.help = "When producers notify: default (if the reader has released everything), never, force "
			"(each event), or sampled:N (once N events wait).",
		"default", "sampled:100",
		.words = "default never force sampled:", .parse = parse_notify },
	{ "event-size", LIVE, FLAG_CUSTOM, &s.workload, "SIZE",
		.help = "Size of events, 16 to 65536 B; or a mix, as in drain.", "64", "64",
		.words = MIX_NAMED, .parse = parse_live_event_size },
	{ "discard", LIVE, FLAG_PERCENT, &s.workload.discard, "PERCENT",
		.help = "Share of the events that producers reserve and then discard.", NULL, "1%",
		0, 100 },
	{ "ring-size", LIVE, FLAG_CUSTOM, &s.workload.ring_size, "SIZE",
		.help = "Size of each ring: a power of two, a page to 2GiB.", "1MiB", "1MiB",
		.parse = parse_ring_size },
	{ "rings", LIVE, FLAG_COUNT, &typed.rings, "COUNT",
		.help = "Rings, all read by one consumer; producers are assigned to them in turn.",
		NULL, NULL, 1, LIVE_RINGS_MAX },
	{ "overwrite", LIVE, FLAG_BOOLEAN, &s.workload.overwrite, NULL,
		.help = "Rings overwrite their oldest events (BPF_F_RB_OVERWRITE, Linux 6.19); of mode copy "
			"only." },
	{ "order", LIVE, FLAG_BOOLEAN, &s.workload.order, NULL,
		.help = "Counts events that come out of the order of time, of two rings or more; with "
			"-mode ordered by ringview_group_peek_ordered, with scan by hand." },
	{ "work", LIVE, FLAG_DURATION, &s.workload.work_ns, "TIME",
		.help = "How long the consumer works on each event.", NULL, "100ns", 0, S },
	{ "cpu", DRAIN | SWEEP, FLAG_INTEGER, &s.cpu, "CPU", .help = "Run on this CPU only.",
		"any that taskset allows", "0", 0, CPUS_MAX - 1 },
	{ "cpu", LIVE, FLAG_INTEGER, &s.workload.consumer_cpu, "CPU",
		.help = "The consumer's CPU; producers run on the others that taskset allows.",
		"the last that taskset allows", "0", 0, CPUS_MAX - 1 },
	{ "format", MEASURING, FLAG_CHOICE, &s.format, "FORMAT",
		.help = "How to write the results; gobench is for benchstat.",
		.choices = format_names },
	{ "o", MEASURING, FLAG_STRING, &s.output, "FILE",
		.help = "Write the results to a file instead of standard output." },
	{ "v", MEASURING, FLAG_BOOLEAN, &s.verbose, NULL,
		.help = "Details too: every ratio, cautions in full, where it ran." },
	{ "preset", LIVE, FLAG_CHOICE, &typed.preset, "NAME",
		.help = "kernel-selftests: what the kernel's own ring buffer benchmark measures, in about four "
			"minutes. The default of -duration is 200ms then; -mode and -wait choose the readers: "
			"batch, libbpf and perfbuf; event, paced and libbpf-poll.",
		.choices = live_preset_names },
	{ "watch", LIVE, FLAG_BOOLEAN, &s.watch, NULL,
		.help = "Show each run while it is under way, on standard error: in place on a terminal, otherwise "
			"a line each second." },
	{ "advise", LIVE, FLAG_BOOLEAN, &s.advise, NULL,
		.help = "Find the size that the ring needs, for one mode and one wait." },
	{ "event-size", DRAIN, FLAG_CUSTOM, &s, "SIZE",
		.help = "Size of sized events, 16 to 65536 B; or a mix: 24+40+56 at random, 64*9+1024 with "
			"weights, mixed (16, 24, 64, 200 and 1000 B), @FILE one a line in that order, and again.",
		"80", "64", .words = MIX_NAMED, .parse = parse_event_size },
	{ "sizes", SWEEP, FLAG_CUSTOM, &s, "LIST",
		.help = "Event sizes, 16 to 65536 B: a list with commas of sizes, of first:last:step, and of "
			"mixes as in drain's -event-size.",
		"12 sizes from 16 to 4096, and three mixes", "16,64", .parse = parse_sizes },
	{ "event", DRAIN, FLAG_CHOICE, &s.event, "EVENT",
		.help = "skb_meta: metadata of a packet, 80 B. sized: a sequence number and a pattern, of any "
			"size.",
		.choices = event_names },
	{ "threshold", COMMAND_COMPARE, FLAG_PERCENT, &s.threshold, "PERCENT",
		.help = "Differences that are shown to be smaller than this are the same; larger ones are "
			"faster or slower." },
	{ "undecided", COMMAND_COMPARE, FLAG_CHOICE, &s.undecided, "WHAT",
		.help = "What it is where the rounds do not decide, for noise or as they are too few: fail, with "
			"exit status 3, or ok.",
		.choices = undecided_names },
	{ "force", COMMAND_COMPARE, FLAG_BOOLEAN, &s.force, NULL,
		.help = "Compare results of different machines or settings too." },
	{ "o", COMMAND_REPORT, FLAG_STRING, &s.output, "FILE",
		.help = "Write the page to this file: HTML when it ends in .html, Markdown when it ends in .md. "
			"Without it, to standard output, as Markdown." },
	{ "format", COMMAND_REPORT, FLAG_CHOICE, &s.format, "FORMAT",
		.help = "html, one page with plots that refers to nothing outside of it; md, the tables for a pull "
			"request; auto, as FILE ends.",
		.choices = page_format_names },
};

#define FLAGS (sizeof(flags) / sizeof(flags[0]))

/* By number of the bit. */
static const struct flag_command commands[] = {
	{ PROGRAM, "[COMMAND]",
		"Fills a BPF ring buffer through BPF_PROG_TEST_RUN and measures how fast it can be read. "
		"Commands: drain (the default), sweep, live, compare, report, list, watch; each has "
		"-help. Installed as ringview-bench, too.",
		DRAIN, flags, FLAGS },
	{ PROGRAM " sweep", NULL, "Reads events of many sizes: from which size on zero-copy wins.",
		SWEEP, flags, FLAGS },
	{ PROGRAM " live", NULL,
		"Writes and reads rings at the same time: how many events are lost, their latency, and "
		"what each costs producers and the consumer.",
		LIVE, flags, FLAGS },
	{ PROGRAM " compare", "OLD.json NEW.json",
		"Compares two results of -format json. Each file may hold several runs. The exit status "
		"is 0 if all is the same or faster, 1 if anything became slower, 2 if they cannot be "
		"compared, 3 if that is not decided.",
		COMMAND_COMPARE, flags, FLAGS },
	{ PROGRAM " report", "RESULT.json...",
		"Writes results of -format json as a page for people. With several files, compares each "
		"with an earlier one of the same workload. HTML has charts and the result files; "
		"Markdown is short, for a pull request. The exit status is 0, or 2 if there is no page.",
		COMMAND_REPORT, flags, FLAGS },
	{ PROGRAM " list", NULL,
		"Lists the read paths, sources and privileges that are available here, and why others "
		"are not.",
		COMMAND_LIST, flags, FLAGS },
};

const struct flag_command *flag_commands[] = { &commands[0], &commands[1], &commands[2],
	&commands[3], &commands[4], &commands[5], NULL, NULL };

void settings_add_command(const struct flag_command *command)
{
	flag_commands[sizeof(commands) / sizeof(commands[0])] = command;
}

const struct reader *settings_mode(int number)
{
	return modes[number];
}

static bool is_given(const bool *given, const char *name)
{
	for (size_t i = 0; i < FLAGS; i++)
		if (given[i] && strcmp(flags[i].name, name) == 0)
			return true;
	return false;
}

/* Which of the flags that say when to stop were given: one at most. */
static int check_ends(const bool *given, struct complaint *why)
{
	static const char *const ends[] = { "rounds", "time", "precision" };
	const char *first = NULL;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (!is_given(given, ends[i]))
			continue;
		if (first)
			return complain(why, -EINVAL,
				"-%s and -%s: each says when to stop; give one of them", first,
				ends[i]);
		first = ends[i];
	}
	if (s.runs > 1 && first && strcmp(first, "rounds") != 0)
		return complain(why, -EINVAL,
			"-runs: each has to have the same rounds; leave out -%s", first);
	if (s.runs * s.rounds > STATISTICS_ROUNDS_MAX)
		return complain(why, -EINVAL,
			"-runs: %" PRIu64 " runs of %" PRIu64
			" rounds are more than %d rounds; give fewer",
			s.runs, s.rounds, STATISTICS_ROUNDS_MAX);
	if (s.runs > 1 && (s.advise || s.watch))
		return complain(
			why, -EINVAL, "-runs: leave out -%s", s.advise ? "advise" : "watch");
	return 0;
}

/* A preset sets all that its questions are about, and chooses who is asked. */
static int check_preset(const bool *given, struct complaint *why)
{
	static const char *const with_preset[] = { "duration", "rounds", "mode", "wait",
		"latency-budget", "timer-slack", "cpu", "format", "o", "v", "watch", "preset",
		NULL };

	for (size_t i = 0; i < FLAGS; i++) {
		const char *const *name = with_preset;

		while (*name && strcmp(*name, flags[i].name) != 0)
			name++;
		if (given[i] && !*name)
			return complain(why, -EINVAL,
				"-%s: -preset %s sets this itself; leave out one of them",
				flags[i].name, live_preset_names[typed.preset]);
	}
	return 0;
}

static void begin(enum command_bit command)
{
	size_t count = 0;

	for (size_t i = 0; readers[i]; i++)
		if (command == LIVE ? readers[i]->lives : readers[i]->drains) {
			modes[count] = readers[i];
			mode_names[count++] = readers[i]->name;
		}
	modes[count] = NULL;
	mode_names[count] = NULL;
	typed = (struct typed){
		.producers = 1, .rings = 1, .preset = -1, .sweep = command == SWEEP
	};
	settings_set_defaults(&s, command);
}

int settings_parse(struct settings *settings, enum command_bit command, int argc, char **argv,
	struct complaint *why)
{
	static const char *const missing[] = { "compare needs two files, OLD.json and NEW.json",
		"report needs a result file; make one with -format json -o result.json" };
	struct flag_arguments files = { .values = s.files };
	bool given[FLAGS] = { false };
	size_t least = command == COMMAND_COMPARE ? 2 : command == COMMAND_REPORT ? 1 : 0;
	int err;

	if (command & (MEASURING | COMMAND_LIST))
		settings_find_peers(command, argc, argv);
	begin(command);
	files.capacity = command == COMMAND_REPORT ? FILES_MAX : least;
	err = flags_parse(
		&commands[__builtin_ctz(command)], flag_commands, argc, argv, &files, given, why);
	s.file_count = files.count;
	if (!err && files.count < least)
		err = complain(why, -EINVAL, "%s", missing[command == COMMAND_REPORT]);
	if (!err && s.output && s.output[0] == '\0')
		err = complain(why, -EINVAL,
			"-o: the name of the file is empty; give one, or leave out -o");
	s.preset = typed.preset >= 0;
	s.named = typed.modes.named;
	if (!err && s.preset)
		err = check_preset(given, why);
	if (!err && command & MEASURING)
		err = check_ends(given, why);
	if (!err && command & MEASURING)
		err = settings_check_cpu(command == LIVE ? s.workload.consumer_cpu : s.cpu, why);
	typed.ring_size_given |= is_given(given, "ring-size");
	typed.event_given = is_given(given, "event");
	typed.write_given = is_given(given, "write");
	if (!err && command & (DRAIN | SWEEP))
		err = settings_conclude_drain(&s, &typed, why);
	else if (!err && command == LIVE)
		err = settings_conclude_live(&s, &typed, why);
	*settings = s;
	return err;
}
