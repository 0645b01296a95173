/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every flag, with the commands that have it. The flags of watch are in watch/.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/pin.h"
#include "cli/settings.h"
#include "readers/peers.h"
#include "results/comparison.h"
#include "results/table.h"

#define US INT64_C(1000)
#define MS INT64_C(1000000)
#define S INT64_C(1000000000)

#define DRAIN COMMAND_DRAIN
#define SWEEP COMMAND_SWEEP
#define LIVE COMMAND_LIVE
#define MEASURING (DRAIN | SWEEP | LIVE)

/* Targets of the flags. Those that settings have as another type are separate. */
static struct settings s;
static uint64_t producers, rings;
static int preset;

/* The names that -mode takes, of the current command. */
static const char *mode_names[READERS_MAX + 1];
static const struct reader *modes[READERS_MAX + 1];
static uint64_t both; /* bits of the readers that drain runs by default */

/* In the order of enum page_format, and one more: by the file's name. */
static const char *const page_format_names[] = { "md", "html", "auto", NULL };

static const char *const undecided_names[] = { "fail", "ok", NULL };

static int parse_peer(const char *text, void *target, struct complaint *why)
{
	(void)target;
	return found_peers_add(text, why);
}

/* Tries it with this thread. */
static int parse_cpu(const char *text, void *target, struct complaint *why)
{
	pin_set before;
	uint64_t cpu;
	int err = parse_count(text, &cpu);

	if (!err && sched_getaffinity(0, sizeof(before), before) == 0) {
		err = cpu < PIN_CPUS_MAX ? pin_thread((int)cpu) : -ERANGE;
		sched_setaffinity(0, sizeof(before), before);
	}
	if (err)
		return complain(why, -EINVAL,
			"\"%.48s\" is not a CPU that this process may run on; give 0 to %ld", text,
			sysconf(_SC_NPROCESSORS_CONF) - 1);
	*(int *)target = (int)cpu;
	return 0;
}

static const struct flag flags[] = {
	{ "n", DRAIN, FLAG_COUNT, &s.workload.events, "COUNT",
		.help = "Events to produce and read.", NULL, "50000", 1, EVENTS_MAX },
	{ "n", SWEEP, FLAG_COUNT, &s.workload.events, "COUNT",
		.help = "Events of each size. Default: as many as fill 64MiB.", "", "50000", 1,
		EVENTS_MAX },
	{ "mode", DRAIN | SWEEP, FLAG_NAMES, &s.modes, "PATHS",
		.help = "Read paths: copy, view, both, all, or a list of names with commas; the list command "
			"explains them.",
		"both; of sweep, all", .choices = mode_names, .words = "both all", .both = &both },
	{ "read-timeout", DRAIN | SWEEP, FLAG_DURATION, &s.workload.read_timeout_ns, "TIME",
		.help = "How long a read waits if there is no event." },
	{ "ring-size", MEASURING, FLAG_SIZE, &s.workload.ring_size, "SIZE",
		.help = "Size of each ring: a power of two, a page to 2GiB. If it does not hold all events, "
			"drain writes and reads them in several parts." },
	{ "caches", DRAIN | SWEEP, FLAG_NAMES, &s.caches, "LIST",
		.help = "Where the ring is when it is read: cold (flushed to memory), own (as left by a producer "
			"on the reader's CPU), other (as left by one on another CPU); or several with commas. Without -ring-size, a ring in a "
			"cache has half the size of the second-level one.",
		"cold", "cold", .choices = caches_names, .words = "all" },
	{ "touch", DRAIN | SWEEP, FLAG_NAMES, &s.touches, "LIST",
		.help = "What is read of each event: none, header (its first 8 bytes), fields or bytes (all); "
			"or several with commas.",
		"fields", "fields", .choices = touch_names, .words = "all" },
	{ "batch", DRAIN | SWEEP, FLAG_COUNT, &s.workload.batch, "COUNT",
		.help = "Records per release in path batch; 0: all that are ready." },
	{ "producers", LIVE, FLAG_COUNT, &producers, "COUNT",
		.help = "Threads that write events, each on a CPU of its own if there are enough.",
		NULL, NULL, 1, LIVE_PRODUCERS_MAX },
	{ "producer", LIVE, FLAG_CHOICE, &s.workload.producer, "KIND",
		.help = "What runs the BPF program: run: BPF_PROG_TEST_RUN, many events per call; syscall: a "
			"system call for each event.",
		.choices = live_producer_names },
	{ "write", LIVE, FLAG_CHOICE, &s.workload.write, "HOW",
		.help = "How producers write: reserve: bpf_ringbuf_reserve and submit; output: "
			"bpf_ringbuf_output, which copies the event.",
		.choices = live_write_names },
	{ "back-to-back", LIVE, FLAG_COUNT, &s.workload.back_to_back, "EVENTS",
		.help = "The consumer's thread alternates: it produces this many events, then reads them. 0: "
			"producers have threads of their own.",
		NULL, "500" },
	{ "same-cpu", LIVE, FLAG_BOOLEAN, &s.workload.same_cpu, NULL,
		.help = "Run the producers on the consumer's CPU." },
	{ "rate", LIVE, FLAG_CUSTOM, &s.workload, "RATE",
		.help = "Events per second of all producers together; max; or burst:2000/20ms: 2000 at once, "
			"every 20 ms.",
		"max", "500k", .words = "max burst:", .parse = parse_live_rate },
	{ "source", MEASURING, FLAG_CHOICE, &s.workload.source, "SOURCE",
		.help = "bpf: a ring of the kernel. memory: a ring in plain memory, which needs no privileges.",
		.choices = source_names },
	{ "duration", LIVE, FLAG_DURATION, &s.workload.duration_ns, "TIME",
		.help = "How long each combination runs in each round.", "500ms", "500ms", MS },
	{ "rounds", MEASURING, FLAG_COUNT, &s.rounds, "COUNT",
		.help = "Rounds; each measures everything once. Rounded up, so that everything is equally often "
			"in every position.",
		NULL, NULL, 1, STATISTICS_ROUNDS_MAX },
	{ "runs", MEASURING, FLAG_COUNT, &s.runs, "COUNT",
		.help = "Repeat everything COUNT times, each in a new process; intervals then include the "
			"differences between runs.",
		NULL, "5", 1, TABLE_RUNS_MAX },
	{ "time", DRAIN | SWEEP, FLAG_DURATION, &s.plan.duration_ns, "TIME",
		.help = "Instead of -rounds: as many as fit into this time, for each size and touch.",
		"", "10s", MS },
	{ "precision", DRAIN | SWEEP, FLAG_PERCENT, &s.plan.precision, "PERCENT",
		.help = "Instead of -rounds: until the 95 % interval of every median is at most plus or minus "
			"this, or there were 1024 rounds or two minutes.",
		"", "1%" },
	{ "mode", LIVE, FLAG_NAMES, &s.modes, "MODES",
		.help = "Readers: all, or a list of names with commas; the list command explains them. libbpf "
			"has only its own waits, dropin (libringview-libbpf in its place) all but event; "
			"perfbuf (libbpf's perf buffer instead of a ring) and peers ignore -wait.",
		"batch", "batch", .choices = mode_names, .words = "all" },
	{ "baseline", MEASURING, FLAG_STRING, &s.baseline, "NAME",
		.help = "The reader that ratios refer to, in live also with its wait (batch/paced); it runs "
			"twice to show the noise.",
		"the best-known that takes part", "batch", .choices = mode_names },
	{ "peer", MEASURING, FLAG_CUSTOM, NULL, "PROGRAM",
		.help = "A reader of your own: a program that speaks the protocol of peers/README.md. It runs in "
			"addition to the default readers, or as -mode says, under the name of its file.",
		NULL, "./peer", .parse = parse_peer },
	{ "wait", LIVE, FLAG_NAMES, &s.waits, "WAITS",
		.help = "How to wait: event (until notified), paced (polls within the latency budget), busy "
			"(never sleeps), libbpf-poll and libbpf-spin (libbpf's loops), libbpf-sleep "
			"(ring_buffer__consume and a sleep, as often as paced), or all; or several with commas.",
		"all; with -advise paced", "all", .choices = live_wait_names, .words = "all" },
	{ "latency-budget", LIVE, FLAG_DURATION, &s.workload.latency_budget_ns, "TIME",
		.help = "How long an event may wait for a paced reader, and the interval of libbpf-sleep.",
		NULL, NULL, 10 * US, S }, /* as in struct ringview_options */
	{ "timer-slack", LIVE, FLAG_DURATION, &s.workload.timer_slack_ns, "TIME",
		.help = "How late the consumer's timers may be (PR_SET_TIMERSLACK); 0 keeps the current value.",
		NULL, "1us", 0, S },
	{ "notify", LIVE, FLAG_CUSTOM, &s.workload, "WHEN",
		.help = "When producers notify: default (if the reader has released everything), never, force "
			"(each event), or sampled:N (once N events wait).",
		"default", "sampled:100",
		.words = "default never force sampled:", .parse = parse_notify },
	{ "event-size", LIVE, FLAG_CUSTOM, &s.workload, "SIZE",
		.help = "Size of events, 16 to 65536 B; or a mix, as in drain.", "64", "64",
		.words = MIX_NAMED, .parse = parse_live_event_size },
	{ "discard", MEASURING, FLAG_PERCENT, &s.workload.discard, "PERCENT",
		.help = "Share of the events that the producer reserves and then discards.", NULL,
		"1%", 0, 100 },
	{ "rings", LIVE, FLAG_COUNT, &rings, "COUNT",
		.help = "Rings, all read by one consumer; producers are assigned to them in turn.",
		NULL, NULL, 1, LIVE_RINGS_MAX },
	{ "overwrite", LIVE, FLAG_BOOLEAN, &s.workload.overwrite, NULL,
		.help = "Rings overwrite their oldest events (BPF_F_RB_OVERWRITE, Linux 6.19); only with mode "
			"copy." },
	{ "order", LIVE, FLAG_BOOLEAN, &s.workload.order, NULL,
		.help = "Count events of two or more rings that are read out of the order of time. -mode "
			"ordered reads in order by ringview_group_peek_ordered, scan by a loop of its own." },
	{ "work", LIVE, FLAG_DURATION, &s.workload.work_ns, "TIME",
		.help = "How long the consumer works on each event.", NULL, "100ns", 0, S },
	{ "cpu", MEASURING, FLAG_CUSTOM, &s.workload.consumer_cpu, "CPU",
		.help = "Read on this CPU only. In drain and sweep it writes too; in live, producers run on the "
			"others that taskset allows.",
		"any that taskset allows; of live, the last", "0", .parse = parse_cpu },
	{ "format", MEASURING, FLAG_CHOICE, &s.format, "FORMAT",
		.help = "Format of the results; gobench is for benchstat.",
		.choices = format_names },
	{ "o", MEASURING, FLAG_STRING, &s.output, "FILE",
		.help = "Write the results to a file instead of standard output." },
	{ "v", MEASURING, FLAG_BOOLEAN, &s.verbose, NULL,
		.help = "Details: every ratio, all cautions in full, where it ran." },
	{ "preset", LIVE, FLAG_CHOICE, &preset, "NAME",
		.help = "kernel-selftests: what the kernel's own ring buffer benchmark measures, in about four "
			"minutes. -duration is then 200ms by default; -mode and -wait choose the readers, by "
			"default batch, libbpf and perfbuf with event, paced and libbpf-poll.",
		.choices = live_preset_names },
	{ "watch", LIVE, FLAG_BOOLEAN, &s.watch, NULL,
		.help = "Show each run in progress on standard error: in place on a terminal, otherwise a line "
			"per second." },
	{ "advise", LIVE, FLAG_BOOLEAN, &s.advise, NULL,
		.help = "Find the size that the ring needs, for one mode and one wait." },
	{ "event-size", DRAIN, FLAG_CUSTOM, &s, "SIZE",
		.help = "Size of sized events, 16 to 65536 B; or a mix: 24+40+56 at random, 64*9+1024 with "
			"weights, mixed (16, 24, 64, 200 and 1000 B), @FILE (one per line, repeated in that "
			"order).",
		"80", "64", .words = MIX_NAMED, .parse = parse_event_size },
	{ "sizes", SWEEP, FLAG_CUSTOM, &s, "LIST",
		.help = "Event sizes, 16 to 65536 B: sizes, ranges first:last:step, and mixes as in drain's "
			"-event-size, with commas between.",
		"12 sizes from 16 to 4096, and three mixes", "16,64", .parse = parse_sizes },
	{ "event", DRAIN, FLAG_CHOICE, &s.workload.event, "EVENT",
		.help = "skb_meta: metadata of a packet, 80 B. sized: a sequence number and a pattern, of any "
			"size.",
		.choices = event_names },
	{ "threshold", COMMAND_COMPARE, FLAG_PERCENT, &s.threshold, "PERCENT",
		.help = "Differences within this are the same; larger ones are faster or slower." },
	{ "undecided", COMMAND_COMPARE, FLAG_CHOICE, &s.undecided, "WHAT",
		.help = "Result of a comparison that noise or too few rounds leave undecided: fail, with exit "
			"status 3, or ok.",
		.choices = undecided_names },
	{ "force", COMMAND_COMPARE, FLAG_BOOLEAN, &s.force, NULL,
		.help = "Compare results of different machines or settings too." },
	{ "o", COMMAND_REPORT, FLAG_STRING, &s.output, "FILE",
		.help = "Write the page to this file: HTML if its name ends in .html, Markdown if it ends in "
			".md. Without it, Markdown on standard output." },
	{ "format", COMMAND_REPORT, FLAG_CHOICE, &s.format, "FORMAT",
		.help = "html: one page with plots that loads nothing else; md: the tables, for a pull request; "
			"auto: by FILE's name.",
		.choices = page_format_names },
};

#define FLAGS (sizeof(flags) / sizeof(flags[0]))

static bool given[FLAGS];

bool settings_given(const char *flag)
{
	for (size_t i = 0; i < FLAGS; i++)
		if (given[i] && strcmp(flags[i].name, flag) == 0)
			return true;
	return false;
}

/* In the order of enum command_bit. */
static const struct flag_command commands[] = {
	{ PROGRAM, "[COMMAND]",
		"Fills a BPF ring buffer through BPF_PROG_TEST_RUN and measures how fast it can be read. "
		"Commands: drain (the default), sweep, live, compare, report, list, watch; each has "
		"-help. Also installed as ringview-bench.",
		DRAIN, flags, FLAGS },
	{ PROGRAM " sweep", NULL,
		"Reads events of many sizes: shows from which size on zero-copy wins.", SWEEP,
		flags, FLAGS },
	{ PROGRAM " live", NULL,
		"Writes and reads rings at the same time: how many events are lost, their latency, and "
		"what each costs producers and the consumer.",
		LIVE, flags, FLAGS },
	{ PROGRAM " compare", "OLD.json NEW.json",
		"Compares two results of -format json. Each file may hold several runs. The exit status "
		"is 0 if everything is the same or faster, 1 if anything became slower, 2 if they cannot "
		"be compared, 3 if that is undecided.",
		COMMAND_COMPARE, flags, FLAGS },
	{ PROGRAM " report", "RESULT.json...",
		"Writes results of -format json as a page. With several files, compares each with an "
		"earlier one of the same workload. HTML has charts and the result files; Markdown is "
		"short, for a pull request. The exit status is 0, or 2 if there is no page.",
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

/* -rounds, -time and -precision say when to stop: one at most. */
static int check_ends(struct complaint *why)
{
	const bool by_rounds = settings_given("rounds"), by_time = settings_given("time"),
		   by_precision = settings_given("precision"), several = s.runs > 1;
	const struct rule rules[] = {
		{ by_rounds && by_time,
			"-rounds and -time: each says when to stop; give one of them" },
		{ by_rounds && by_precision,
			"-rounds and -precision: each says when to stop; give one of them" },
		{ by_time && by_precision,
			"-time and -precision: each says when to stop; give one of them" },
		{ several && by_time,
			"-runs: all runs need the same number of rounds; give -rounds instead of -time" },
		{ several && by_precision,
			"-runs: all runs need the same number of rounds; give -rounds instead of "
			"-precision" },
		{ several && s.advise,
			"-runs: -advise is for a single run; leave out one of them" },
		{ several && s.watch, "-runs: -watch is for a single run; leave out one of them" },
		{ false, NULL },
	};

	if (s.runs * s.rounds > STATISTICS_ROUNDS_MAX)
		return complain(why, -EINVAL,
			"-runs: %" PRIu64 " runs of %" PRIu64
			" rounds are more than %d rounds; give fewer",
			s.runs, s.rounds, STATISTICS_ROUNDS_MAX);
	return settings_check_rules(rules, why);
}

/* A preset sets everything that its questions are about. */
static int check_preset(struct complaint *why)
{
	static const char *const allowed[] = { "duration", "rounds", "mode", "wait",
		"latency-budget", "timer-slack", "cpu", "format", "o", "v", "watch", "preset",
		NULL };

	for (size_t i = 0; i < FLAGS && s.preset; i++) {
		const char *const *name = allowed;

		while (*name && strcmp(*name, flags[i].name) != 0)
			name++;
		if (given[i] && !*name)
			return complain(why, -EINVAL,
				"-%s: -preset %s sets this itself; leave out one of them",
				flags[i].name, live_preset_names[preset]);
	}
	return 0;
}

/* Returns the last CPU that this process may run on; -1 if it is the only one. */
static int last_cpu(void)
{
	pin_set allowed;
	int cpu = PIN_CPUS_MAX - 1;

	if (sched_getaffinity(0, sizeof(allowed), allowed) < 0 ||
		CPU_COUNT_S(sizeof(allowed), allowed) < 2)
		return -1;
	while (!CPU_ISSET_S((size_t)cpu, sizeof(allowed), allowed))
		cpu--;
	return cpu;
}

static const char *value_of(char **argv, int i, const char *name)
{
	const char *text = argv[i] + strspn(argv[i], "-");
	const size_t length = strlen(name);

	if (text == argv[i] || strncmp(text, name, length) != 0)
		return NULL;
	return text[length] == '=' ? text + length + 1 : text[length] == '\0' ? argv[i + 1] : NULL;
}

/* Asks unknown peers for their names before -mode is read, as it may contain them. An error of -peer
 * is reported when that flag is read. */
static void find_peers(enum command_bit command, int argc, char **argv)
{
	bool wanted = command & (SWEEP | COMMAND_LIST);
	struct complaint ignored;

	for (int i = 1; i < argc; i++) {
		const char *program = value_of(argv, i, "peer");

		if (strcmp(argv[i], "-h") == 0 ||
			strncmp(argv[i] + strspn(argv[i], "-"), "help", 4) == 0)
			return;
		if (program)
			found_peers_add(program, &ignored);
		wanted |= value_of(argv, i, "mode") != NULL;
	}
	if (wanted)
		found_peers_look();
}

static void set_defaults(enum command_bit command)
{
	size_t count = 0;

	both = 0;
	for (size_t i = 0; readers[i]; i++)
		if (command == LIVE ? readers[i]->lives : readers[i]->drains) {
			both |= (uint64_t)readers[i]->by_default << count;
			modes[count] = readers[i];
			mode_names[count++] = readers[i]->name;
		}
	modes[count] = NULL;
	mode_names[count] = NULL;
	memset(given, 0, sizeof(given));
	producers = rings = 1;
	preset = -1;
	s = (struct settings){
		.runs = 1,
		.rounds = command == LIVE ? 6 : command == SWEEP ? 10 : 20,
		.touches = { { TOUCH_FIELDS }, .count = 1 },
		.caches = { { CACHES_COLD }, .count = 1 },
		.plan = { .precision = -1 }, /* not given */
		.workload = {
			.event = command == DRAIN ? EVENT_SKB_META : EVENT_SIZED,
			.events = command == DRAIN ? 50000 : 0,
			.ring_size = 512 << 20,
			.notify = NOTIFY_NEVER,
			.read_timeout_ns = 5 * MS,
			.consumer_cpu = -1,
		},
		.threshold = COMPARISON_THRESHOLD,
		.format = command == COMMAND_REPORT ? 2 : 0,
	};
	if (command == LIVE)
		s.workload = (struct workload){
			.event = EVENT_TIMED,
			.event_size = 64,
			.ring_size = 1 << 20,
			.rate = PARSE_RATE_MAX,
			.duration_ns = 500 * MS,
			.latency_budget_ns = 200 * US,
			.consumer_cpu = last_cpu(),
		};
	mixes_forget();
	if (command == SWEEP)
		settings_default_sizes(&s);
}

int settings_parse(struct settings *settings, enum command_bit command, int argc, char **argv,
	struct complaint *why)
{
	struct flag_arguments files = { .values = s.files };
	const size_t least = command == COMMAND_COMPARE ? 2 : command == COMMAND_REPORT ? 1 : 0;
	int err;

	if (command & (MEASURING | COMMAND_LIST))
		find_peers(command, argc, argv);
	set_defaults(command);
	files.capacity = command == COMMAND_REPORT ? FILES_MAX : least;
	err = flags_parse(
		&commands[__builtin_ctz(command)], flag_commands, argc, argv, &files, given, why);
	s.file_count = files.count;
	s.preset = preset >= 0;
	s.workload.producers = (uint32_t)producers;
	s.workload.rings = (uint32_t)rings;
	if (!err && files.count < least)
		err = complain(why, -EINVAL, "%s",
			least == 2 ? "compare needs two files, OLD.json and NEW.json"
				   : "report needs a result file; make one with -format json -o "
				     "result.json");
	if (!err && command & MEASURING)
		err = check_preset(why);
	if (!err && command & MEASURING)
		err = check_ends(why);
	if (!err && command & (DRAIN | SWEEP))
		err = settings_conclude_drain(&s, command == SWEEP, why);
	else if (!err && command == LIVE)
		err = settings_conclude_live(&s, why);
	*settings = s;
	return err;
}
