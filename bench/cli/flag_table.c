/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every flag, with the commands that have it. The flags of watch are in watch/.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/process.h"
#include "cli/settings.h"
#include "readers/peers.h"
#include "results/result_file.h"
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

/* The names that -mode takes, of the current command. */
static const char *mode_names[READERS_MAX + 1];
const struct reader *settings_modes[READERS_MAX + 1];
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
	{ "n", DRAIN, FLAG_COUNT, &s.workload.events, "COUNT", NULL, "50000", 1, EVENTS_MAX,
		.help = "Events that each reader reads per round." },
	{ "n", SWEEP, FLAG_COUNT, &s.workload.events, "COUNT", "as many as fill 64MiB", "50000", 1,
		EVENTS_MAX, .help = "Events of each size that each reader reads per round." },
	{ "mode", DRAIN | SWEEP, FLAG_NAMES, &s.modes, "PATHS", "both; for sweep all",
		.choices = mode_names, .words = "both all", .both = &both,
		.help = "Readers to measure: both (copy and view), all, or names separated by "
			"commas; the list command describes each." },
	{ "read-timeout", DRAIN | SWEEP, FLAG_DURATION, &s.workload.read_timeout_ns, "TIME",
		.help = "How long a reader waits for an event that is not ready; then the "
			"measurement fails." },
	{ "ring-size", MEASURING, FLAG_SIZE, &s.workload.ring_size, "SIZE",
		.help = "Size of each ring: a power of two, from one page to 2GiB. If the ring "
			"cannot hold all events, drain and sweep produce and read them in parts." },
	{ "caches", DRAIN | SWEEP, FLAG_NAMES, &s.caches, "LIST", "cold", "cold",
		.choices = caches_names,
		.help = "State of the caches before each reading: cold (the ring is flushed to "
			"memory), own (a producer on the reader's CPU has just filled it), other "
			"(a producer on another CPU has); all, or several, separated by commas. "
			"Without -ring-size, own and other use a ring of half the L2 cache." },
	{ "touch", DRAIN | SWEEP, FLAG_NAMES, &s.touches, "LIST", "fields", "fields",
		.choices = touch_names,
		.help = "What a reader loads of each event: none, header (the first 8 bytes), "
			"fields (each field as a whole) or bytes (every byte); all, or several, "
			"separated by commas." },
	{ "batch", DRAIN | SWEEP, FLAG_COUNT, &s.workload.batch, "COUNT",
		.help = "Records per ringview_release in the batch reader; 0 releases all ready "
			"records at once." },
	{ "producers", LIVE, FLAG_COUNT, &producers, "COUNT", NULL, NULL, 1, LIVE_PRODUCERS_MAX,
		.help = "Number of producer threads. Each has a CPU of its own if there are enough." },
	{ "producer", LIVE, FLAG_CHOICE, &s.workload.producer, "KIND",
		.choices = live_producer_names,
		.help = "How producers run the BPF program: run (BPF_PROG_TEST_RUN, many events "
			"per call) or syscall (on a tracepoint, one event per system call)." },
	{ "write", LIVE, FLAG_CHOICE, &s.workload.write, "HOW", .choices = live_write_names,
		.help = "How producers write an event: reserve (bpf_ringbuf_reserve and "
			"bpf_ringbuf_submit) or output (bpf_ringbuf_output, which copies it)." },
	{ "back-to-back", LIVE, FLAG_COUNT, &s.workload.back_to_back, "EVENTS", NULL, "500",
		.help = "The consumer's thread alternates: it produces this many events, then "
			"reads them. With 0, producers have threads of their own." },
	{ "same-cpu", LIVE, FLAG_BOOLEAN, &s.workload.same_cpu, NULL,
		.help = "Run the producers on the consumer's CPU." },
	{ "rate", LIVE, FLAG_CUSTOM, &s.workload, "RATE", "max", "500k",
		.words = "max burst:", .parse = parse_live_rate,
		.help = "Events per second of all producers together, max (as many as possible), "
			"or bursts: burst:2000/20ms produces 2000 events at once, every 20 ms." },
	{ "source", MEASURING, FLAG_CHOICE, &s.workload.source, "SOURCE", .choices = source_names,
		.help = "Where the rings are: bpf (in the kernel) or memory (plain memory, filled "
			"from user space; needs no privileges)." },
	{ "duration", LIVE, FLAG_DURATION, &s.workload.duration_ns, "TIME", "500ms", "500ms", MS,
		.help = "How long each combination of -mode and -wait runs in a round." },
	{ "rounds", MEASURING, FLAG_COUNT, &s.plan.rounds, "COUNT", NULL, NULL, 1,
		STATISTICS_ROUNDS_MAX,
		.help = "Number of rounds; a round measures every reader once. It is rounded up so "
			"that every reader runs equally often in each position of a round." },
	{ "runs", MEASURING, FLAG_COUNT, &s.runs, "COUNT", NULL, "5", 1, TABLE_RUNS_MAX,
		.help = "Repeat the whole measurement COUNT times, each in a new process. The "
			"intervals then include the differences between runs." },
	{ "time", DRAIN | SWEEP, FLAG_DURATION, &s.plan.duration_ns, "TIME", "", "10s", MS,
		.help = "Instead of -rounds: as many rounds as fit into this time, for each event "
			"size and -touch; at least as many as -rounds 1 makes, at most 1024." },
	{ "precision", DRAIN | SWEEP, FLAG_PERCENT, &s.plan.precision, "PERCENT", "", "1%",
		.help = "Instead of -rounds: measure until the 95 % confidence interval of every "
			"median is within plus or minus PERCENT; for each event size and -touch, "
			"at most 1024 rounds or about 2 minutes." },
	{ "mode", LIVE, FLAG_NAMES, &s.modes, "MODES", "batch", "batch", .choices = mode_names,
		.help = "Readers to measure: all, or names separated by commas; the list command "
			"describes each. libbpf runs only with the libbpf waits, dropin "
			"(libringview-libbpf instead of libbpf) with all waits but event. perfbuf "
			"(a perf buffer instead of a ring) and peers wait in their own way." },
	{ "baseline", MEASURING, FLAG_STRING, &s.baseline, "NAME",
		"the best-known reader that runs", "batch", .choices = mode_names,
		.help = "The reader that ratios refer to; in live with its wait, such as "
			"batch/paced. It is measured twice; the difference is the noise." },
	{ "peer", MEASURING, FLAG_CUSTOM, NULL, "PROGRAM", NULL, "./peer", .parse = parse_peer,
		.help = "Also measure PROGRAM, which speaks the protocol of peers/README.md. Its "
			"file name is its name in -mode. If -mode is given, name it there." },
	{ "wait", LIVE, FLAG_NAMES, &s.waits, "WAITS", "all; with -advise paced", "all",
		.choices = live_wait_names,
		.help = "How the reader waits: event (sleeps until notified), paced (polls within "
			"-latency-budget, sleeps in between), busy (polls, never sleeps), "
			"libbpf-poll (ring_buffer__poll), libbpf-spin (ring_buffer__consume in a "
			"loop), libbpf-sleep (ring_buffer__consume, then sleeps for "
			"-latency-budget); all, or several, separated by commas." },
	{ "latency-budget", LIVE, FLAG_DURATION, &s.workload.latency_budget_ns, "TIME", NULL, NULL,
		10 * US, S,
		.help = "How long an event may wait for a paced reader, and how long libbpf-sleep "
			"sleeps; 10us to 1s. At a -rate, p99 is compared with it." }, /* ringview_options */
	{ "timer-slack", LIVE, FLAG_DURATION, &s.workload.timer_slack_ns, "TIME", NULL, "1us", 0, S,
		.help = "How late the timers of the consumer's thread may fire "
			"(PR_SET_TIMERSLACK), at most 1s. 0 keeps the current value." },
	{ "notify", LIVE, FLAG_CUSTOM, &s.workload, "WHEN", "default", "sampled:100",
		.words = "default never force sampled:", .parse = parse_notify,
		.help = "When producers notify the consumer: default (if it has released every "
			"earlier record), never, force (for each event) or sampled:N (once N "
			"events are waiting)." },
	{ "event-size", LIVE, FLAG_CUSTOM, &s, "SIZE", "64", "64", .words = MIX_NAMED,
		.parse = parse_event_size,
		.help = "Size of an event, 16 to 65536 B, or a mix of sizes such as 24+40+56 or "
			"mixed; drain -help describes mixes." },
	{ "discard", MEASURING, FLAG_PERCENT, &s.workload.discard, "PERCENT", NULL, "1%", 0, 100,
		.help = "Share of the events that producers reserve and then discard." },
	{ "rings", LIVE, FLAG_COUNT, &rings, "COUNT", NULL, NULL, 1, LIVE_RINGS_MAX,
		.help = "Number of rings, all read by one consumer. Producers are assigned to them "
			"in turn." },
	{ "overwrite", LIVE, FLAG_BOOLEAN, &s.workload.overwrite, NULL,
		.help = "Use rings that overwrite their oldest records when full "
			"(BPF_F_RB_OVERWRITE, Linux 6.19). Needs -mode copy." },
	{ "order", LIVE, FLAG_BOOLEAN, &s.workload.order, NULL,
		.help = "Count the events that are read out of timestamp order; needs two or more "
			"rings. -mode ordered reads in order by ringview_group_peek_ordered, -mode "
			"scan by a hand-written loop." },
	{ "work", LIVE, FLAG_DURATION, &s.workload.work_ns, "TIME", NULL, "100ns", 0, S,
		.help = "Time that the consumer computes for each event, in addition to reading "
			"it; at most 1s." },
	{ "cpu", MEASURING, FLAG_CUSTOM, &s.workload.consumer_cpu, "CPU",
		"any CPU that taskset allows; for live the last one", "0", .parse = parse_cpu,
		.help = "The CPU that reads. In drain and sweep it also writes; in live, producers "
			"run on the other CPUs that taskset allows." },
	{ "format", MEASURING, FLAG_CHOICE, &s.format, "FORMAT", .choices = format_names,
		.help = "Format of the results: text, json, csv, or gobench (for benchstat). "
			"Without it, -o FILE.json and FILE.csv choose theirs." },
	{ "o", MEASURING, FLAG_STRING, &s.output, "FILE",
		.help = "Write the results to a file instead of standard output." },
	{ "v", MEASURING, FLAG_BOOLEAN, &s.verbose, NULL,
		.help = "Print details: every ratio, all cautions in full, and the machine." },
	{ "watch", LIVE, FLAG_BOOLEAN, &s.watch, NULL,
		.help = "Show the progress of each run on standard error: updated in place on a "
			"terminal, otherwise one line per second." },
	{ "advise", LIVE, FLAG_BOOLEAN, &s.advise, NULL,
		.help = "Find a ring size that loses no events, for one -mode and one -wait." },
	{ "event-size", DRAIN, FLAG_CUSTOM, &s, "SIZE", "80", "64", .words = MIX_NAMED,
		.parse = parse_event_size,
		.help = "Size of the events of -event sized, 16 to 65536 B, or a mix of sizes: "
			"24+40+56 (at random), 64*9+1024 (with weights), mixed (16, 24, 64, 200 "
			"and 1000 B) or @FILE (one size per line, repeated in that order)." },
	{ "sizes", SWEEP, FLAG_CUSTOM, &s, "LIST", "12 sizes from 16 to 4096, and three mixes",
		"16,64", .parse = parse_sizes,
		.help = "Event sizes, 16 to 65536 B, separated by commas: single sizes, ranges "
			"first:last:step, and mixes as in -event-size of drain." },
	{ "event", DRAIN, FLAG_CHOICE, &s.workload.event, "EVENT", .choices = event_names,
		.help = "Type of the events: skb_meta (metadata of a packet, 80 B) or sized (a "
			"sequence number and a pattern, of any size)." },
	{ "threshold", COMMAND_COMPARE, FLAG_PERCENT, &s.threshold, "PERCENT",
		.help = "A difference of at most this is the same; a larger one is faster or "
			"slower." },
	{ "undecided", COMMAND_COMPARE, FLAG_CHOICE, &s.undecided, "WHAT",
		.choices = undecided_names,
		.help = "What to do if noise, too few rounds or a reader that NEW lacks leave a "
			"comparison undecided: fail (exit with status 3) or ok (with status 0)." },
	{ "force", COMMAND_COMPARE, FLAG_BOOLEAN, &s.force, NULL,
		.help = "Compare results even if their machines or settings differ." },
	{ "o", COMMAND_REPORT, FLAG_STRING, &s.output, "FILE",
		.help = "Write the page to this file. Without it, Markdown is written to standard "
			"output." },
	{ "format", COMMAND_REPORT, FLAG_CHOICE, &s.format, "FORMAT", .choices = page_format_names,
		.help = "Format of the page: html (self-contained, with charts), md (Markdown with "
			"tables, for a pull request) or auto (html if the name of FILE ends in "
			".html, md if it ends in .md)." },
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
		"Fills a BPF ring buffer by BPF_PROG_TEST_RUN and measures how fast readers empty "
		"it. Commands: drain (the default), sweep, live, compare, report, list, watch; "
		"-help after a command describes it and its flags. Also installed as "
		"ringview-bench.",
		DRAIN, flags, FLAGS },
	{ PROGRAM " sweep", NULL,
		"Measures readers with events of many sizes, and reports from which size on "
		"zero-copy is faster.",
		SWEEP, flags, FLAGS },
	{ PROGRAM " live", NULL,
		"Measures readers while producers write: events lost, latency, and the cost to the "
		"producers and to the consumer.",
		LIVE, flags, FLAGS },
	{ PROGRAM " compare", "OLD.json NEW.json",
		"Compares two results of -format json; each file may hold several runs. Exits with "
		"status 0 if everything is the same or faster, 1 if a reader is slower or failed, 2 if the "
		"files cannot be compared, 3 if the comparison is undecided.",
		COMMAND_COMPARE, flags, FLAGS },
	{ PROGRAM " report", "RESULT.json...",
		"Writes up to 32 result files of -format json as one page, HTML (with charts and the "
		"results) or Markdown (short, for a pull request). With several files, compares each "
		"with an earlier one of the same workload. Exits with status 0, or 2 if no page "
		"was written.",
		COMMAND_REPORT, flags, FLAGS },
	{ PROGRAM " list", NULL,
		"Lists the readers, waits and sources that are available here, why others are not, "
		"and the privileges that they need.",
		COMMAND_LIST, flags, FLAGS },
};

const struct flag_command *flag_commands[] = { &commands[0], &commands[1], &commands[2],
	&commands[3], &commands[4], &commands[5], NULL, NULL };

void settings_add_command(const struct flag_command *command)
{
	flag_commands[sizeof(commands) / sizeof(commands[0])] = command;
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

/* Asks unknown peers for their names before -mode is read, as it may contain them. */
static int find_peers(char **argv, struct complaint *why)
{
	bool wanted = s.command & (SWEEP | COMMAND_LIST);
	struct complaint said;

	for (; argv[0] && argv[1]; argv++) {
		const char *program = flags_value(argv + 1, "peer");

		if (program && *program && found_peers_add(program, &said))
			return complain(why, -EINVAL, "-peer: %s", said.text);
		wanted |= flags_value(argv + 1, "mode") != NULL;
	}
	if (wanted)
		found_peers_look();
	return 0;
}

static void find_modes(void)
{
	size_t count = 0;

	both = 0;
	for (size_t i = 0; readers[i]; i++)
		if (s.command == LIVE ? readers[i]->lives : readers[i]->drains) {
			both |= (uint64_t)readers[i]->by_default << count;
			settings_modes[count] = readers[i];
			mode_names[count++] = readers[i]->name;
		}
	settings_modes[count] = NULL;
	mode_names[count] = NULL;
}

static void set_defaults(enum command_bit command)
{
	memset(given, 0, sizeof(given));
	producers = rings = 1;
	s = (struct settings){
		.command = command,
		.runs = 1,
		.touches = { { TOUCH_FIELDS }, .count = 1 },
		.caches = { { CACHES_COLD }, .count = 1 },
		/* -precision is not given. */
		.plan = { .rounds = command == LIVE ? 6 : command == SWEEP ? 10 : 20,
			.precision = -1 },
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
			.ring_size = 1 << 20,
			.rate = PARSE_RATE_MAX,
			.duration_ns = 500 * MS,
			.latency_budget_ns = 200 * US,
			.consumer_cpu = last_cpu(),
		};
	if (command == SWEEP)
		settings_default_sizes(&s);
}

int settings_parse(
	struct settings *settings, enum command_bit command, char **argv, struct complaint *why)
{
	struct flag_arguments files = { .values = s.files };
	const size_t least = command == COMMAND_COMPARE ? 2 : command == COMMAND_REPORT ? 1 : 0;
	int err = 0;

	set_defaults(command);
	if (command & (MEASURING | COMMAND_LIST) && !flags_help(argv))
		err = find_peers(argv, why);
	find_modes();
	files.capacity = command == COMMAND_REPORT ? FILES_MAX : least;
	if (!err)
		err = flags_parse(
			&commands[__builtin_ctz(command)], flag_commands, argv, &files, given, why);
	s.file_count = files.count;
	s.workload.producers = (uint32_t)producers;
	s.workload.rings = (uint32_t)rings;
	if (!err && files.count < least)
		err = complain(why, -EINVAL, "%s",
			least == 2 ? "compare needs two files, OLD.json and NEW.json"
				   : "report needs a result file; make one with -format json -o "
				     "result.json");
	if (!err && command & MEASURING)
		err = settings_conclude(&s, why);
	*settings = s;
	return err;
}
