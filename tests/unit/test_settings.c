/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command lines of drain, sweep and live: what each flag sets, the message for each wrong use,
 * and which combinations of modes and waits run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/values.h"
#include "cli/settings.h"
#include "rings/workload.h"
#include "results/table.h"
#include "support/readers.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MS INT64_C(1000000)

static struct settings settings;
static struct complaint why;

/* Parses "live -mode batch": the arguments are separated by single spaces. */
static int parse(const char *line)
{
	static char text[1200]; /* settings point into it */
	char *argv[20] = { NULL }, *rest = text;
	enum command_bit command;
	int argc = 0;

	snprintf(text, sizeof(text), "%s", line);
	while ((argv[argc] = strsep(&rest, " ")))
		argc++;
	command = strcmp(argv[0], "drain") == 0   ? COMMAND_DRAIN
		  : strcmp(argv[0], "sweep") == 0 ? COMMAND_SWEEP
						  : COMMAND_LIVE;
	return settings_parse(&settings, command, argv, &why);
}

static const struct workload *parse_well(const char *line)
{
	const int result = parse(line);

	if (result != 0)
		fail_msg("%s: %d: %s", line, result, why.text);
	return &settings.workload;
}

/* What the process writes to a stream while it parses, and chooses the readers; to be freed. */
static char *printed_while_parsing(FILE *stream, const char *line, int expected)
{
	static struct peers peers;
	const int number = fileno(stream), file = memfd_create("printed", MFD_CLOEXEC);
	char *text;
	off_t length;
	int before, result;

	fflush(stream);
	before = dup(number);
	assert_true(before >= 0 && file >= 0 && dup2(file, number) == number);
	result = parse(line);
	if (result == 0)
		result = settings_choose(&settings, &peers, &why);
	fflush(stream);
	assert_int_equal(dup2(before, number), number);
	length = lseek(file, 0, SEEK_END);
	text = calloc(1, (size_t)length + 1);
	assert_non_null(text);
	assert_int_equal(pread(file, text, (size_t)length, 0), length);
	close(before);
	close(file);
	assert_int_equal(result, expected);
	return text;
}

/* What each flag sets. */

static const struct value {
	const char *line;
	const void *field;
	size_t size;
	int64_t value;
} values[] = {
#define SETS(line, field, value)                                     \
	{                                                            \
		line, &settings.field, sizeof(settings.field), value \
	}
	SETS("live", workload.source, SOURCE_BPF),
	SETS("live", workload.producer, PRODUCER_RUN),
	SETS("live", workload.producers, 1),
	SETS("live", workload.rate, (int64_t)PARSE_RATE_MAX),
	SETS("live", workload.duration_ns, 500 * MS),
	SETS("live", workload.event_size, 64),
	SETS("live", workload.discard, 0),
	SETS("live", workload.ring_size, 1 << 20),
	SETS("live", workload.rings, 1),
	SETS("live", workload.notify, NOTIFY_DEFAULT),
	SETS("live", workload.latency_budget_ns, 200000),
	SETS("live", workload.timer_slack_ns, 0),
	SETS("live", workload.work_ns, 0),
	SETS("live", workload.write, LIVE_RESERVE),
	SETS("live", workload.same_cpu, false),
	SETS("live", plan.rounds, 6),
	SETS("live", format, FORMAT_TEXT),
	SETS("live", output, 0),
	SETS("live", advise, false),
	SETS("drain", workload.events, 50000),
	SETS("drain", workload.event, EVENT_SKB_META),
	SETS("drain", workload.ring_size, 512 << 20),
	SETS("drain", workload.read_timeout_ns, 5 * MS),
	SETS("drain", workload.consumer_cpu, -1),
	SETS("drain", plan.rounds, 20),
	SETS("drain", plan.duration_ns, 0),
	SETS("drain", touches.chosen[0], TOUCH_FIELDS),
	SETS("drain", caches.chosen[0], CACHES_COLD),
	SETS("drain", size_count, 1),
	SETS("drain", sizes[0], 80),
	SETS("drain -event-size 16+24", workload.event, EVENT_SIZED),
	SETS("drain -cpu 0", workload.consumer_cpu, 0),
	SETS("drain -n 500k", workload.events, 500000),
	SETS("drain -time 10s", plan.duration_ns, 10000 * MS),
	SETS("drain -touch all", touches.count, 4),
	SETS("drain -touch header,none", touches.chosen[1], TOUCH_NONE),
	SETS("drain -caches other", caches.chosen[0], CACHES_OTHER),
	SETS("drain -caches own -ring-size 64KiB", cache_ring_size, 65536),
	SETS("sweep", workload.events, 0),
	SETS("sweep", workload.event, EVENT_SIZED),
	SETS("sweep", plan.rounds, 10),
	SETS("sweep", size_count, 15),
	SETS("sweep -sizes 16,80:2048:16", size_count, 125),
	SETS("sweep -sizes 16,80:2048:16", sizes[0], 16),
	SETS("sweep -sizes 16,80:2048:16", sizes[1], 80),
	SETS("sweep -sizes 16,80:2048:16", sizes[124], 2048),
	SETS("sweep -sizes 1K:3K:1K,64", sizes[3], 64),
	SETS("sweep -sizes 64,16:100:48,64", size_count, 2),
	SETS("sweep -sizes 16:64:18446744073709551615", size_count, 1),
	SETS("sweep -sizes 24+40,64", sizes[0], 0),
	SETS("live -producers 64", workload.producers, 64),
	SETS("live -producer run", workload.producer, PRODUCER_RUN),
	SETS("live -producer syscall", workload.producer, PRODUCER_SYSCALL),
	SETS("live -rate max", workload.rate, (int64_t)PARSE_RATE_MAX),
	SETS("live -rate 500k", workload.rate, 500000),
	SETS("live -rate 2", workload.rate, 2),
	SETS("live -rate 1G", workload.rate, 1000000000),
	SETS("live -rate 1k -duration 1ms", workload.rate, 1000),
	SETS("live -duration 1ms", workload.duration_ns, MS),
	SETS("live -duration 1h", workload.duration_ns, 3600000 * MS),
	SETS("live -rounds 1", plan.rounds, 1),
	SETS("live -rounds 1024", plan.rounds, 1024),
	SETS("live -latency-budget 10us", workload.latency_budget_ns, 10000),
	SETS("live -latency-budget 1s", workload.latency_budget_ns, 1000 * MS),
	SETS("live -timer-slack 0", workload.timer_slack_ns, 0),
	SETS("live -timer-slack 1us", workload.timer_slack_ns, 1000),
	SETS("live -notify default", workload.notify, NOTIFY_DEFAULT),
	SETS("live -notify never", workload.notify, NOTIFY_NEVER),
	SETS("live -notify force", workload.notify, NOTIFY_FORCE),
	SETS("live -notify sampled:1k", workload.notify, NOTIFY_SAMPLED),
	SETS("live -notify sampled:1k", workload.notify_events, 1000),
	SETS("live -notify sampled:1", workload.notify_events, 1),
	/* The ring's size is not known yet. */
	SETS("live -advise -notify sampled:1M", workload.notify_events, 1000000),
	SETS("live -event-size 16", workload.event_size, 16),
	SETS("live -event-size 64KiB", workload.event_size, 65536),
	SETS("live -event-size mixed", workload.event_size, 0),
	SETS("live -ring-size 64KiB", workload.ring_size, 65536),
	SETS("live -ring-size 2GiB", workload.ring_size, INT64_C(1) << 31),
	SETS("live -ring-size 64KiB -event-size 65520", workload.event_size, 65520),
	SETS("live -ring-size 64KiB -event-size mixed", workload.ring_size, 65536),
	SETS("live -rings 64", workload.rings, 64),
	SETS("live -work 100ns", workload.work_ns, 100),
	SETS("live -work 0", workload.work_ns, 0),
	SETS("live -source bpf", workload.source, SOURCE_BPF),
	SETS("live -source memory -wait busy", workload.source, SOURCE_MEMORY),
	SETS("live -cpu 0", workload.consumer_cpu, 0),
	SETS("live -write reserve", workload.write, LIVE_RESERVE),
	SETS("live -write output", workload.write, LIVE_OUTPUT),
	SETS("live -event-size 16+17+18+19+20+21+22+23+24", workload.write, LIVE_OUTPUT),
	SETS("live -back-to-back 500", workload.back_to_back, 500),
	SETS("live -same-cpu", workload.same_cpu, true),
	SETS("live -overwrite", workload.overwrite, true),
	SETS("live -overwrite", combination_count, 3),
	SETS("live -format csv", format, FORMAT_CSV),
	SETS("live -advise", advise, true),
};

static void each_flag_sets_its_value(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		const struct value *v = &values[i];
		int64_t found = 0;

		parse_well(v->line);
		memcpy(&found, v->field, v->size);
		if (v->size == sizeof(int))
			found = (int32_t)found;
		if (found != v->value)
			fail_msg("%s: entry %zu is %lld", v->line, i, (long long)found);
	}
}

static void texts_and_shares_are_kept(void **state)
{
	(void)state;
	assert_true(parse_well("live -discard 1%")->discard == 0.01);
	assert_true(parse_well("live -discard 0")->discard == 0);
	assert_true(parse_well("drain -discard 0.999")->discard == 0.999);
	parse_well("live -o file");
	assert_string_equal(settings.output, "file");
	parse_well("live -baseline batch/paced");
	assert_string_equal(settings.baseline, "batch/paced");
	parse_well("live -mode view -baseline view");
	parse_well("live -baseline libbpf-spin");
}

static void an_event_size_may_be_a_mix(void **state)
{
	const struct mix *mix = parse_well("live -event-size 64*9+1KiB")->mix;
	uint32_t large = 0;

	(void)state;
	assert_string_equal(mix->name, "64*9+1KiB");
	assert_int_equal(mix->count, 10);
	assert_int_equal(mix->kind_count, 2);
	assert_int_equal(mix->largest, 1024);
	assert_true(mix->mean == 160);
	assert_int_equal(mix->stride_sum, 9 * 72 + 1032);
	for (uint64_t id = 0; id < 10000; id++)
		large += mix_size(mix, id) == 1024;
	assert_in_range(large, 900, 1100);
	mix = parse_well("live -event-size 16+17+18+19+20+21+22+23+24")->mix;
	assert_int_equal(mix->kind_count, 0);
	assert_int_equal(parse_well("live -event-size mixed")->mix->count, 5);
}

static void sizes_of_a_file_come_in_its_order(void **state)
{
	const struct workload *workload;
	char name[] = "/tmp/ringview-XXXXXX", line[64];
	const int fd = mkstemp(name);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "100\n7\n3000\n", 11), 11);
	close(fd);
	snprintf(line, sizeof(line), "live -event-size=@%s", name);
	workload = parse_well(line);
	unlink(name);
	assert_true(workload->mix->in_order);
	assert_string_equal(workload->mix->name + 1, strrchr(name, '/') + 1);
	for (uint64_t id = 0; id < 9; id++)
		assert_int_equal(mix_size(workload->mix, UINT64_C(5) << LIVE_SEQUENCE_BITS | id),
			((const uint32_t[]){ 100, 16, 3000 })[id % 3]);
}

static void producers_share_a_burst(void **state)
{
	const struct workload *workload = parse_well("live -rate burst:2k/20ms -producers 4");
	const struct live_interval interval = live_plan_of(workload).interval;

	(void)state;
	assert_int_equal(workload->burst, 2000);
	assert_int_equal(workload->burst_ns, 20000000);
	assert_int_equal(workload->rate, 100000);
	assert_int_equal(live_due_offset(&interval, 499), 0);
	assert_int_equal(live_due_offset(&interval, 500), 20000000);
	assert_int_equal(live_due_offset(&interval, 1999), 60000000);
	assert_int_equal(live_due_count(&interval, 0), 500);
	assert_int_equal(live_due_count(&interval, 19999999), 500);
	assert_int_equal(live_due_count(&interval, 20000000), 1000);
}

static void the_default_cpu_is_the_last_that_is_allowed(void **state)
{
	cpu_set_t allowed, one;
	int last = -1;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(allowed), &allowed), 0);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &allowed))
			last = cpu;
	parse_well("live");
	assert_int_equal(settings.workload.consumer_cpu, CPU_COUNT(&allowed) > 1 ? last : -1);
	CPU_ZERO(&one);
	CPU_SET(last, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	parse_well("live");
	assert_int_equal(sched_setaffinity(0, sizeof(allowed), &allowed), 0);
	assert_int_equal(settings.workload.consumer_cpu, -1);
}

/* Modes and waits. */

#define PEERS " perfbuf cilium-ebpf aya libbpf-1.7" /* what -mode all includes */
#define EACH_BUSY "copy/busy view/busy batch/busy memcpy-batch/busy dropin/busy"
#define LIBBPF "libbpf-poll libbpf-spin libbpf-sleep"

static const struct {
	const char *line, *combinations;
} combined[] = {
	{ "live", "batch/event batch/paced batch/busy " LIBBPF },
	{ "live -mode all -wait all",
		"copy/event copy/paced copy/busy view/event view/paced view/busy batch/event "
		"batch/paced batch/busy memcpy-batch/event memcpy-batch/paced memcpy-batch/busy "
		"dropin/paced dropin/busy dropin/libbpf-poll dropin/libbpf-spin dropin/libbpf-sleep " LIBBPF
			PEERS },
	/* In the order written; each once. */
	{ "live -mode batch,copy -wait libbpf-spin,busy,event",
		"batch/busy batch/event copy/busy copy/event libbpf-spin" },
	{ "live -mode view,view -wait busy,busy,libbpf-poll,libbpf-poll", "view/busy libbpf-poll" },
	{ "live -mode view,all,copy -wait busy",
		"view/busy copy/busy batch/busy memcpy-batch/busy dropin/busy" PEERS },
	/* The last flag counts. */
	{ "live -mode libbpf,view -mode copy -wait all -wait busy", "copy/busy" },
	{ "live -mode aya -mode all,libbpf-1.7 -wait busy", EACH_BUSY PEERS },
	{ "live -mode all -wait paced",
		"copy/paced view/paced batch/paced memcpy-batch/paced dropin/paced" PEERS },
	/* libbpf's loops run once, with any mode. */
	{ "live -wait libbpf-poll", "libbpf-poll" },
	{ "live -mode copy,view -wait libbpf-spin,event", "copy/event view/event libbpf-spin" },
	{ "live -mode libbpf", LIBBPF },
	{ "live -mode libbpf -wait all", LIBBPF },
	{ "live -mode libbpf -wait libbpf-spin", "libbpf-spin" },
	/* A peer has one way to wait. */
	{ "live -mode aya", "aya" },
	{ "live -mode cilium-ebpf,libbpf-1.7 -wait all", "cilium-ebpf libbpf-1.7" },
	{ "live -mode aya,batch -wait libbpf-poll,paced", "batch/paced libbpf-poll aya" },
	{ "live -mode aya -wait libbpf-spin", "libbpf-spin aya" },
	{ "live -mode aya,libbpf", LIBBPF " aya" },
	{ "live -mode dropin", "dropin/paced dropin/busy dropin/libbpf-poll dropin/libbpf-spin "
			       "dropin/libbpf-sleep " LIBBPF },
	{ "live -mode dropin -wait paced", "dropin/paced" },
	{ "live -mode dropin,batch -wait libbpf-poll,event,busy",
		"dropin/libbpf-poll dropin/busy batch/event batch/busy libbpf-poll" },
	{ "live -mode dropin -wait paced -rings 2", "dropin/paced" },
	{ "live -mode perfbuf", "perfbuf" },
	{ "live -mode perfbuf,batch -wait paced -event-size 65516", "batch/paced perfbuf" },
	{ "live -mode perfbuf -ring-size 64KiB -event-size 16 -back-to-back 2047", "perfbuf" },
	/* Shows what it is like to wait for notifications that never come. */
	{ "live -notify never -wait event,libbpf-poll", "batch/event libbpf-poll" },
	{ "live -overwrite", "copy/event copy/paced copy/busy" },
	{ "live -wait busy", "batch/busy" },
	{ "live -advise", "batch/paced" },
	{ "live -advise -source memory", "batch/paced" },
	{ "live -advise=false -wait busy", "batch/busy" },
	{ "live -advise -mode copy", "copy/paced" },
	{ "live -wait event -advise", "batch/event" },
	{ "live -advise -wait libbpf-poll", "libbpf-poll" },
	{ "live -advise -rate max", "batch/paced" },
	{ "live -advise -rate 100k", "batch/paced" },
};

static const char *combinations(void)
{
	static char names[512];
	char name[64];

	names[0] = '\0';
	for (size_t i = 0; i < settings.combination_count; i++)
		sprintf(names + strlen(names), "%s%s", i > 0 ? " " : "",
			combination_name(settings.combinations[i], name, sizeof(name)));
	return names;
}

static void modes_and_waits_make_combinations(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(combined); i++) {
		parse_well(combined[i].line);
		if (strcmp(combinations(), combined[i].combinations) != 0)
			fail_msg("%s: %s", combined[i].line, combinations());
	}
	parse_well("live -mode cilium-ebpf,libbpf-1.7 -wait all");
	assert_ptr_equal(settings.combinations[1].reader, &libbpf17_reader);
	assert_int_equal(settings.combinations[1].wait, WAIT_OWN);
	parse_well("live -wait libbpf-spin");
	assert_ptr_equal(settings.combinations[0].reader, &libbpf_reader);
	assert_int_equal(settings.combinations[0].wait, WAIT_LIBBPF_SPIN);
	parse_well("live -mode all,libbpf-1.7 -wait busy");
	assert_true(settings_names(&settings, &libbpf17_reader));
	assert_false(settings_names(&settings, &aya_reader));
}

#define OUT(name, reason) name ": left out: it " reason "\n"
#define KERNEL "reads only rings of the kernel"
#define LIBBPF_OUT OUT("libbpf", KERNEL)

/* What "all" included and cannot run is left out, with a line on standard error. */
static void what_cannot_run_is_left_out(void **state)
{
	static const struct {
		const char *line, *printed;
	} cases[] = {
		{ "live -source memory", LIBBPF_OUT },
		{ "live -source memory -mode view -wait all", LIBBPF_OUT },
		{ "live -source memory -mode all -wait paced,busy",
			OUT("dropin", KERNEL) OUT("perfbuf", "reads only buffers of the kernel") },
		{ "live -source memory -mode copy,batch -wait event", "" },
		{ "live -source memory -mode copy,batch -wait busy,paced", "" },
		{ "live -rings 2 -mode all -wait event",
			OUT("perfbuf", "has a buffer for each CPU, and no rings") },
		{ "live -mode all -wait event -event-size 65517",
			OUT("perfbuf", "takes events of at most 65516 B") },
		/* 2730 records of 24 B in a ring, and 2047 of 32 B here. */
		{ "live -mode all -wait event -event-size 16 -ring-size 64KiB -back-to-back 2048",
			OUT("perfbuf", "has no room for the events of a turn") },
		/* With larger pages no ring is as small. */
		{ "live -mode all -wait event -event-size 32752 -ring-size 32KiB",
			OUT("perfbuf", "needs 16 B in addition to an event, and has no room for "
				       "both") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases) - (sysconf(_SC_PAGESIZE) > 32768); i++) {
		char *text = printed_while_parsing(stderr, cases[i].line, 0);

		assert_string_equal(text, cases[i].printed);
		free(text);
	}
	free(printed_while_parsing(stderr, "live -source memory", 0));
	assert_string_equal(combinations(), "batch/event batch/paced batch/busy");
}

/* A wrong command line prints nothing by itself: the command prints its one line. */
static void nothing_is_printed_if_something_is_wrong(void **state)
{
	char *text =
		printed_while_parsing(stderr, "live -source memory -advise -wait all", -EINVAL);

	(void)state;
	assert_string_equal(text, "");
	free(text);
}

/* Wrong uses. */

#define BAD_RATE                                                                   \
	" is not max, a rate of 1 to 1G events per second, or burst:EVENTS/TIME; " \
	"give for example -rate 500k or -rate burst:2000/20ms"
#define BAD_SIZE                                                                       \
	" is not a size of 16 to 65536 B, or a mix; give for example -event-size 64, " \
	"24+40+56, 64*9+1024, mixed or @FILE"
#define NOT_MEASURED " is not measured; add it to -mode and -wait, or give a reader that is"
#define BAD_NOTIFY                                                                          \
	" is not default, never, force, or sampled:N, where N is a number of events; give " \
	"for example -notify sampled:100"
#define BAD_LIST                                                                                   \
	" is not a list of at most 512 sizes of 16 to 65536 B, or mixes; give for example -sizes " \
	"16,64 or 80:2048:16 or 64,24+40+56"
#define BAD_RANGE                                                                                \
	" is not first:last:step, from the smaller size to the larger; give for example -sizes " \
	"16:80:16"
#define MODES                                                                                         \
	"; give one or more of all, copy, view, batch, memcpy-batch, ordered, scan, dropin, libbpf, " \
	"perfbuf, cilium-ebpf, aya, libbpf-1.7"
#define WAITS \
	"; give one or more of all, event, paced, busy, libbpf-poll, libbpf-spin, libbpf-sleep"
#define LIBBPF_WAITS                                                                              \
	"-mode: libbpf supports no wait of -wait; give one or more of libbpf-poll, libbpf-spin, " \
	"libbpf-sleep, or another -mode"
#define NO_WAIT                                                                                     \
	"-wait: no reader of -mode supports this wait; add one that does, such as batch, or leave " \
	"out -wait"
#define NOT_IN_MEMORY " reads only rings of the kernel; leave it out, or leave out -source memory"

/* {line, the whole message} */
static const struct {
	const char *line, *message;
} refused[] = {
	{ "live -producers 0",
		"-producers: \"0\" is not a count from 1 to 64; give for example -producers 1" },
	{ "live -producers 65",
		"-producers: \"65\" is not a count from 1 to 64; give for example -producers 1" },
	{ "live -producer thread",
		"-producer: unknown value \"thread\"; give one of run, syscall" },
	{ "live -write copy", "-write: unknown value \"copy\"; give one of reserve, output" },
	{ "live -back-to-back -1",
		"-back-to-back: \"-1\" is not a count; give for example -back-to-back 500" },
	{ "live -rate 0", "-rate: \"0\"" BAD_RATE },
	{ "live -rate 2G", "-rate: \"2G\"" BAD_RATE },
	{ "live -rate fast", "-rate: \"fast\"" BAD_RATE },
	{ "live -rate -1", "-rate: \"-1\"" BAD_RATE },
	{ "live -rate ", "-rate: \"\"" BAD_RATE },
	{ "live -rate burst:", "-rate: \"burst:\"" BAD_RATE },
	{ "live -rate burst:0/1ms", "-rate: \"burst:0/1ms\"" BAD_RATE },
	{ "live -rate burst:5/0", "-rate: \"burst:5/0\"" BAD_RATE },
	{ "live -rate burst:5", "-rate: \"burst:5\"" BAD_RATE },
	{ "live -rate burst:9999999999/1s", "-rate: \"burst:9999999999/1s\"" BAD_RATE },
	{ "live -rate burst:1/1h", "-rate: \"burst:1/1h\"" BAD_RATE },
	{ "live -rate 1m", "-rate: \"1m\": for mega write M, for giga G; give for example "
			   "-rate 1M" },
	{ "live -rate 1",
		"-rate: no event would be produced within -duration; give a higher rate, or a "
		"longer -duration" },
	{ "live -rate 999 -duration 1ms",
		"-rate: no event would be produced within -duration; give a higher rate, or a "
		"longer -duration" },
	{ "live -rate burst:2000/20ms -producers 3",
		"-rate: the producers share a burst evenly; give a multiple of -producers" },
	{ "live -duration 999us",
		"-duration: \"999us\" is not a duration of at least 1ms; give for example -duration "
		"500ms" },
	{ "live -duration 10",
		"-duration: \"10\" is not a duration of at least 1ms; give for example -duration "
		"500ms" },
	{ "live -rounds 0",
		"-rounds: \"0\" is not a count from 1 to 1024; give for example -rounds 6" },
	{ "live -rounds 1025",
		"-rounds: \"1025\" is not a count from 1 to 1024; give for example -rounds 6" },
	{ "live -mode both", "-mode: unknown value \"both\"" MODES },
	{ "live -mode vew", "-mode: unknown value \"vew\"; did you mean view?" },
	{ "live -mode copy,", "-mode: unknown value \"\"" MODES },
	{ "live -mode ", "-mode: unknown value \"\"" MODES },
	{ "live -mode event", "-mode: unknown value \"event\"" MODES },
	{ "live -wait libbpf", "-wait: unknown value \"libbpf\"; did you mean libbpf-poll?" },
	{ "live -wait event,,busy", "-wait: unknown value \"\"" WAITS },
	{ "live -mode aya -wait own", "-wait: unknown value \"own\"" WAITS },
	{ "live -latency-budget 9us",
		"-latency-budget: \"9us\" is not a duration from 10\xc2\xb5s to 1s; give for example "
		"-latency-budget 200\xc2\xb5s" },
	{ "live -latency-budget 2s",
		"-latency-budget: \"2s\" is not a duration from 10\xc2\xb5s to 1s; give for example "
		"-latency-budget 200\xc2\xb5s" },
	{ "live -timer-slack -1ns",
		"-timer-slack: \"-1ns\" is not a duration from 0s to 1s; give for example "
		"-timer-slack 1us" },
	{ "live -timer-slack 2s",
		"-timer-slack: \"2s\" is not a duration from 0s to 1s; give for example "
		"-timer-slack 1us" },
	{ "live -notify sometimes", "-notify: \"sometimes\"" BAD_NOTIFY },
	{ "live -notify ", "-notify: \"\"" BAD_NOTIFY },
	{ "live -notify sampled", "-notify: \"sampled\"" BAD_NOTIFY },
	{ "live -notify sampled:", "-notify: \"sampled:\"" BAD_NOTIFY },
	{ "live -notify sampled:0", "-notify: \"sampled:0\"" BAD_NOTIFY },
	{ "live -notify sampled:-1", "-notify: \"sampled:-1\"" BAD_NOTIFY },
	{ "live -notify never:3", "-notify: \"never:3\"" BAD_NOTIFY },
	{ "live -notify forc", "-notify: \"forc\"" BAD_NOTIFY },
	{ "live -notify sampled:1M",
		"-notify: a ring of 1MiB is full before 1000000 events wait in it, so no producer "
		"would notify; give fewer, or a larger -ring-size" },
	{ "live -event-size 15", "-event-size: \"15\"" BAD_SIZE },
	{ "live -event-size 65537", "-event-size: \"65537\"" BAD_SIZE },
	{ "live -event-size 0", "-event-size: \"0\"" BAD_SIZE },
	{ "live -event-size big", "-event-size: \"big\"" BAD_SIZE },
	{ "live -discard 1",
		"-discard: \"1\" is not a percentage from 0% to 100%; give for example -discard 1%" },
	{ "live -discard 101%",
		"-discard: \"101%\" is not a percentage from 0% to 100%; give for example -discard "
		"1%" },
	{ "live -discard 100%",
		"-discard: 100% leaves no event to read; give for example -discard 1%" },
	{ "live -ring-size large",
		"-ring-size: \"large\" is not a size; give for example -ring-size 1MiB" },
	{ "live -rings 0", "-rings: \"0\" is not a count from 1 to 64; give for example -rings 1" },
	{ "live -rings 65",
		"-rings: \"65\" is not a count from 1 to 64; give for example -rings 1" },
	{ "live -work -1ns",
		"-work: \"-1ns\" is not a duration from 0s to 1s; give for example -work 100ns" },
	{ "live -work 2s",
		"-work: \"2s\" is not a duration from 0s to 1s; give for example -work 100ns" },
	{ "live -source file", "-source: unknown value \"file\"; give one of bpf, memory" },
	{ "live -format xml",
		"-format: unknown value \"xml\"; give one of text, json, csv, gobench" },
	{ "live -o ", "-o: the value is empty; give a FILE, or leave out -o" },
	{ "live -o", "-o needs a value; give -o FILE" },
	{ "live more", "unexpected argument \"more\"; see bpf_ringbuf_zc_benchmark live -help" },
	{ "drain live",
		"unexpected argument \"live\"; a command comes first: bpf_ringbuf_zc_benchmark "
		"live" },
	{ "live -precision 1%",
		"-precision is a flag of drain, sweep; see bpf_ringbuf_zc_benchmark live -help" },
	{ "live -ringsize 1", "unknown flag -ringsize; did you mean -ring-size?" },
	{ "live -advise=maybe",
		"-advise: \"maybe\" is not true or false; give -advise or -advise=false" },
	{ "live -ring-size 64KiB -event-size 64KiB",
		"-ring-size: an event of 65536 B does not fit into a ring of 64KiB; give a larger "
		"one" },
	{ "live -ring-size 64KiB -event-size 65528",
		"-ring-size: an event of 65528 B does not fit into a ring of 64KiB; give a larger "
		"one" },
	/* Flags against each other. */
	{ "live -baseline batch/pased",
		"-baseline: unknown reader \"batch/pased\"; did you mean batch/paced?" },
	{ "live -baseline vew", "-baseline: unknown reader \"vew\"; did you mean view?" },
	{ "live -baseline nothing",
		"-baseline: unknown reader \"nothing\"; give a reader that is measured" },
	{ "live -baseline view",
		"-baseline: \"view\" is not measured; add it to -mode, or give a reader that is" },
	{ "live -wait paced -baseline batch/event", "-baseline: \"batch/event\"" NOT_MEASURED },
	{ "live -wait paced -baseline libbpf-poll", "-baseline: \"libbpf-poll\"" NOT_MEASURED },
	{ "live -wait event -latency-budget 1ms",
		"-latency-budget: only paced readers and libbpf-sleep have one; add such a -wait, or "
		"leave out -latency-budget" },
	{ "live -mode libbpf -wait event", LIBBPF_WAITS },
	{ "live -mode copy,libbpf -wait paced", LIBBPF_WAITS },
	{ "live -mode all,libbpf -wait busy", LIBBPF_WAITS },
	{ "live -mode libbpf -wait event,libbpf-poll", LIBBPF_WAITS },
	{ "live -mode aya,cilium-ebpf -wait libbpf-poll,event", NO_WAIT },
	{ "live -mode dropin -wait event,libbpf-poll", NO_WAIT },
	{ "live -mode copy,dropin -wait event",
		"-mode: dropin supports no wait of -wait; give one or more of paced, busy, "
		"libbpf-poll, libbpf-spin, libbpf-sleep, or another -mode" },
	{ "live -source memory -mode dropin -wait paced", "-mode: dropin" NOT_IN_MEMORY },
	{ "live -mode all,aya -source memory", "-mode: aya" NOT_IN_MEMORY },
	{ "live -source memory -wait libbpf-poll", "-wait: libbpf" NOT_IN_MEMORY },
	{ "live -source memory -wait busy,libbpf-spin", "-wait: libbpf" NOT_IN_MEMORY },
	{ "live -source memory -wait libbpf-sleep", "-wait: libbpf" NOT_IN_MEMORY },
	{ "live -source memory -mode libbpf", "-mode: libbpf" NOT_IN_MEMORY },
	{ "live -source memory -mode batch,libbpf", "-mode: libbpf" NOT_IN_MEMORY },
	{ "live -source memory -mode all -wait libbpf-spin,all", "-wait: libbpf" NOT_IN_MEMORY },
	{ "live -mode batch,cilium-ebpf -rings 2",
		"-mode: cilium-ebpf reads one ring; leave it out, or leave out -rings" },
	{ "live -mode all,perfbuf -source memory",
		"-mode: perfbuf reads only buffers of the kernel; leave it out, or leave out -source "
		"memory" },
	{ "live -mode perfbuf -rings 2",
		"-mode: perfbuf has a buffer for each CPU, and no rings; leave it out, or leave out "
		"-rings" },
	{ "live -mode perfbuf -event-size 64KiB",
		"-mode: perfbuf takes events of at most 65516 B; leave it out, or give a smaller "
		"-event-size" },
	{ "live -mode perfbuf -advise",
		"-advise: a perf buffer does not report how full it was; give another -mode" },
	{ "live -producer syscall -source memory -wait busy",
		"-producer: syscall needs a ring of the kernel; leave out -producer or -source "
		"memory" },
	{ "live -write output -source memory",
		"-write: output needs a ring of the kernel; leave out -write or -source memory" },
	{ "live -write output -discard 1%",
		"-discard: bpf_ringbuf_output cannot discard events; leave out one of -discard and "
		"-write output" },
	{ "live -write reserve -event-size 16+17+18+19+20+21+22+23+24",
		"-write: a BPF program can reserve at most 8 different sizes, and "
		"16+17+18+19+20+21+22+23+24 has more; leave out -write to use "
		"bpf_ringbuf_output" },
	{ "live -order",
		"-order: the events of one ring are always in order; give -rings 2 or more, and "
		"as many -producers" },
	{ "live -order -rings 2",
		"-order: the events of one ring are always in order; give -rings 2 or more, and "
		"as many -producers" },
	{ "live -back-to-back 500 -producers 2",
		"-back-to-back: the consumer is the only producer; leave out -producers" },
	{ "live -back-to-back 500 -rate 500k",
		"-back-to-back: events are produced once the previous ones have been read, not at a "
		"rate; leave out -rate" },
	{ "live -back-to-back 500 -same-cpu",
		"-same-cpu: -back-to-back has only one thread; leave out -same-cpu" },
	{ "live -back-to-back 500 -notify sampled:501",
		"-notify: a turn has fewer than N events, so none would notify; give sampled:N "
		"with N at most -back-to-back" },
	{ "live -back-to-back 2731 -event-size 16 -ring-size 64KiB",
		"-back-to-back: a ring of 64KiB does not hold 2731 events, so each turn would "
		"lose some; give fewer, or a larger -ring-size" },
	{ "live -back-to-back 5 -mode aya",
		"-mode: aya reads in a process of its own; leave it out, or leave out "
		"-back-to-back" },
	{ "live -overwrite -mode batch",
		"-mode: batch does not read rings that overwrite; leave it out, or leave out "
		"-overwrite" },
	{ "live -overwrite -mode copy -wait libbpf-poll",
		"-wait: libbpf does not read rings that overwrite; leave it out, or leave out "
		"-overwrite" },
	{ "live -overwrite -back-to-back 5",
		"-overwrite: cannot be combined with -advise or -back-to-back, as an overwriting "
		"ring is never full; leave out -overwrite, or both of them" },
	{ "live -advise -wait all",
		"-advise: the ring's size is found for one reader; give one -mode and one -wait" },
	{ "live -advise -mode copy,batch",
		"-advise: the ring's size is found for one reader; give one -mode and one -wait" },
	/* Also if the size is the default, or wrong. */
	{ "live -advise -ring-size 2MiB",
		"-ring-size: -advise finds the size; leave out one of them" },
	{ "live -ring-size 1MiB -advise",
		"-ring-size: -advise finds the size; leave out one of them" },
	{ "live -advise -ring-size 5000",
		"-ring-size: -advise finds the size; leave out one of them" },
	/* Also if the value is the default. */
	{ "live -runs 2 -advise", "-runs: -advise is for a single run; leave out one of them" },
	{ "live -runs 2 -watch", "-runs: -watch is for a single run; leave out one of them" },
	/* drain and sweep. */
	{ "drain -runs 2 -rounds 600",
		"-runs: 2 runs of 600 rounds are more than 1024 rounds; give fewer" },
	{ "drain -runs 2 -time 1s",
		"-runs: all runs need the same number of rounds; give -rounds instead of -time" },
	{ "drain -runs 2 -precision 1%",
		"-runs: all runs need the same number of rounds; give -rounds instead of "
		"-precision" },
	{ "drain -rounds 5 -time 1s",
		"-rounds and -time: each sets when to stop; give only one of them" },
	{ "drain -rounds 5 -precision 1%",
		"-rounds and -precision: each sets when to stop; give only one of them" },
	{ "sweep -time 1s -precision 1%",
		"-time and -precision: each sets when to stop; give only one of them" },
	{ "drain -precision 0%", "-precision: 0 is never reached; give for example -precision 1%" },
	{ "drain -discard 100%",
		"-discard: 100% leaves no event to read; give for example -discard 1%" },
	{ "drain -discard 1% -event-size 16+17+18+19+20+21+22+23+24",
		"-discard: 16+17+18+19+20+21+22+23+24 has more than 8 sizes, so "
		"bpf_ringbuf_output writes its events, which cannot be discarded; leave out "
		"-discard, or give a mix of fewer sizes" },
	{ "drain -event-size 64",
		"-event-size: skb_meta events have 80 B; for other sizes add -event sized" },
	{ "drain -event skb_meta -event-size 64+80",
		"-event-size: skb_meta events have 80 B; for other sizes add -event sized" },
	{ "drain -mode libbpf -source memory", "-mode: libbpf" NOT_IN_MEMORY },
	{ "drain -mode copy -baseline view",
		"-baseline: \"view\" is not measured; add it to -mode, or give a reader that is" },
	{ "drain -mode copy,view -batch 8",
		"-batch: only the batch reader releases in batches; add it to -mode, or leave out "
		"-batch" },
	{ "drain -n 1m",
		"-n: \"1m\" is not a count from 1 to 1000000000000 (for mega write M, for giga G)"
		"; give for example -n 50000" },
	{ "drain -peer /nonexistent",
		"-peer: cannot open /nonexistent: No such file or directory" },
	{ "sweep -sizes ", "-sizes: \"\"" BAD_LIST },
	{ "sweep -sizes 8", "-sizes: \"8\"" BAD_LIST },
	{ "sweep -sizes 64,65537", "-sizes: \"64,65537\"" BAD_LIST },
	{ "sweep -sizes small", "-sizes: \"small\"" BAD_LIST },
	{ "sweep -sizes 16,,32", "-sizes: \"16,,32\"" BAD_LIST },
	{ "sweep -sizes ,16", "-sizes: \",16\"" BAD_LIST },
	{ "sweep -sizes 16,", "-sizes: \"16,\"" BAD_LIST },
	{ "sweep -sizes -16", "-sizes: \"-16\"" BAD_LIST },
	{ "sweep -sizes 16:65536:1", "-sizes: \"16:65536:1\"" BAD_LIST },
	{ "sweep -sizes 0:18446744073709551615:1",
		"-sizes: \"0:18446744073709551615:1\"" BAD_LIST },
	{ "sweep -sizes 16:131072:65536", "-sizes: \"16:131072:65536\"" BAD_LIST },
	{ "sweep -sizes 64:16:8", "-sizes: \"64:16:8\"" BAD_RANGE },
	{ "sweep -sizes 16:64:0", "-sizes: \"16:64:0\"" BAD_RANGE },
	{ "sweep -sizes 16:64", "-sizes: \"16:64\"" BAD_RANGE },
	{ "sweep -sizes 16:64:", "-sizes: \"16:64:\"" BAD_RANGE },
	{ "sweep -sizes 16:64:8:1", "-sizes: \"16:64:8:1\"" BAD_RANGE },
	{ "sweep -sizes 16,65536 -ring-size 64KiB",
		"-ring-size: an event of 65536 B does not fit into a ring of 64KiB; give a larger "
		"one" },
};

static void each_wrong_use_gets_its_message(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++)
		if (parse(refused[i].line) != -EINVAL || strcmp(why.text, refused[i].message) != 0)
			fail_msg("%s:\n%s", refused[i].line, why.text);
}

static void a_cpu_is_one_that_there_is(void **state)
{
	static const char *const wrong[] = { "-1", "65535", "65536", "any", "", "0,1",
		"99999999999999999999" };
	char line[64], message[160];

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		snprintf(line, sizeof(line), "%s -cpu %s", i % 2 ? "drain" : "live", wrong[i]);
		snprintf(message, sizeof(message),
			"-cpu: \"%s\" is not a CPU that this process may run on; give 0 to %ld",
			wrong[i], sysconf(_SC_NPROCESSORS_CONF) - 1);
		assert_int_equal(parse(line), -EINVAL);
		assert_string_equal(why.text, message);
	}
}

/* The message begins with the flag. */
static void each_wrong_value_of_drain_is_refused(void **state)
{
	static const char *const wrong[][2] = { { "-n", "0" }, { "-n", "-1" }, { "-n", "many" },
		{ "-n", "" }, { "-n", "1.5" }, { "-n", "10MiB" }, { "-n", "99999999999999999999" },
		{ "-n", "1000000000001" }, { "-mode", "fast" }, { "-mode", "copy,fast" },
		{ "-mode", "" }, { "-mode", "copy," }, { "-touch", "all,some" }, { "-touch", "" },
		{ "-source", "file" }, { "-format", "xml" }, { "-event", "packet" },
		{ "-event-size", "15" }, { "-event-size", "65537" }, { "-event-size", "0" },
		{ "-event-size", "-16" }, { "-event-size", "big" }, { "-event-size", "16,32" },
		{ "-ring-size", "100KiB" }, { "-ring-size", "2KiB" }, { "-ring-size", "0" },
		{ "-ring-size", "4GiB" }, { "-ring-size", "large" }, { "-ring-size", "-4096" },
		{ "-ring-size", "99999999999GiB" }, { "-rounds", "0" }, { "-rounds", "1025" },
		{ "-rounds", "-2" }, { "-rounds", "few" }, { "-duration", "1s" }, { "-time", "0" },
		{ "-time", "10" }, { "-time", "-1s" }, { "-time", "long" },
		{ "-precision", "high" }, { "-precision", "-1%" }, { "-precision", "0" },
		{ "-read-timeout", "5" }, { "-read-timeout", "-1ms" }, { "-batch", "-1" },
		{ "-batch", "all" }, { "-caches", "warm" }, { "-runs", "0" }, { "-runs", "65" },
		{ "-discard", "-1%" }, { "-baseline", "" }, { "-peer", "" } };
	char line[64];

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		snprintf(line, sizeof(line), "drain %s %s", wrong[i][0], wrong[i][1]);
		if (parse(line) != -EINVAL ||
			strncmp(why.text, wrong[i][0], strlen(wrong[i][0])) != 0)
			fail_msg("%s: %s", line, why.text);
	}
}

/* Each flag that takes a value, of all three commands. */
static void every_flag_needs_its_value(void **state)
{
	char line[64], start[64];

	(void)state;
	for (int c = 0; c < 3; c++)
		for (size_t i = 0; i < flag_commands[c]->flag_count; i++) {
			const struct flag *flag = &flag_commands[c]->flags[i];

			if (!flags_has(flag_commands[c], flag) || flag->kind == FLAG_BOOLEAN)
				continue;
			snprintf(line, sizeof(line), "%s -%s",
				((const char *const[]){ "drain", "sweep", "live" })[c], flag->name);
			snprintf(start, sizeof(start), "-%s needs a value; give ", flag->name);
			assert_int_equal(parse(line), -EINVAL);
			if (strncmp(why.text, start, strlen(start)) != 0)
				fail_msg("%s: %s", line, why.text);
		}
}

static void a_ring_is_a_power_of_two_that_the_kernel_accepts(void **state)
{
	static const char *const sizes[] = { "0B", "2KiB", "5000B", "100KiB", "3MiB", "4GiB",
		"1TiB" };
	char line[64], message[256];

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		snprintf(line, sizeof(line), "live -ring-size %s", sizes[i]);
		snprintf(message, sizeof(message),
			"-ring-size: %s is not a power of two from %ldKiB (a page) to 2GiB; give for "
			"example -ring-size 1MiB",
			sizes[i], sysconf(_SC_PAGESIZE) / 1024);
		assert_int_equal(parse(line), -EINVAL);
		assert_string_equal(why.text, message);
	}
}

/* The kernel never fills a ring entirely: 64 KiB hold 2730 events of 16 B, which take 24 B with their
 * headers; mixed ones take 268.8 B on average. */
static void as_many_events_as_notify_fit_into_the_ring(void **state)
{
	static const struct {
		const char *size, *fits, *does_not;
	} cases[] = {
		{ "16", "2730", "2731" }, { "24", "2047", "2048" }, { "mixed", "243", "244" },
		{ "16", "1", "18446744073709551615" },
		{ "16", "1", "768614336404564651" }, /* 2^64 / 24, and one */
	};
	char line[128];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		snprintf(line, sizeof(line),
			"live -ring-size 64KiB -event-size %s -notify sampled:%s", cases[i].size,
			cases[i].fits);
		parse_well(line);
		snprintf(line, sizeof(line),
			"live -ring-size 64KiB -event-size %s -notify sampled:%s", cases[i].size,
			cases[i].does_not);
		assert_int_equal(parse(line), -EINVAL);
		assert_non_null(strstr(why.text, "-notify: a ring of 64KiB is full before "));
	}
}

/* The message repeats the user's text, and its advice still fits. */
static void long_values_leave_room_for_advice(void **state)
{
	static const char *const flags[] = { "-rate", "-event-size", "-notify", "-mode", "-wait",
		"-ring-size", "-cpu" };
	char value[1000], line[1100];

	(void)state;
	memset(value, 'x', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	for (size_t i = 0; i < COUNT(flags); i++) {
		snprintf(line, sizeof(line), "live %s %s", flags[i], value);
		assert_int_equal(parse(line), -EINVAL);
		assert_non_null(strstr(why.text, "; give "));
		assert_true(strlen(why.text) < 250);
	}
}

/* Help. */

static void help_has_every_flag_and_the_defaults(void **state)
{
	static const char *const parts[] = { "\n  -producers COUNT", "\n  -producer KIND",
		"\n  -rate RATE", "\n  -duration TIME", "\n  -rounds COUNT", "\n  -mode MODES",
		"\n  -wait WAITS", "\n  -latency-budget TIME", "\n  -timer-slack TIME",
		"\n  -notify WHEN", "\n  -event-size SIZE", "\n  -discard PERCENT",
		"\n  -ring-size SIZE", "\n  -rings COUNT", "\n  -work TIME", "\n  -source SOURCE",
		"\n  -cpu CPU", "\n  -format FORMAT", "\n  -o FILE", "\n  -advise ",
		"\n  -write HOW", "\n  -back-to-back EVENTS", "\n  -same-cpu ", "(default 1)",
		"(default run)", "(default max)", "(default 500ms)", "(default 6)",
		"(default batch)", "(default all; with -advise paced)", "(default 200\xc2\xb5s)",
		"(default 0s)", "(default default)", "(default 64)", "(default 0%)",
		"(default 1MiB)", "(default bpf)", "(default any CPU that taskset allows;",
		"(default text)" };
	char *text = printed_while_parsing(stdout, "live -rate 5 --help", 1);

	(void)state;
	for (size_t i = 0; i < COUNT(parts); i++)
		if (!strstr(text, parts[i]))
			fail_msg("there is no %s in\n%s", parts[i], text);
	assert_ptr_equal(strstr(text, "usage: bpf_ringbuf_zc_benchmark live [flags]\n"), text);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_flag_sets_its_value),
		cmocka_unit_test(texts_and_shares_are_kept),
		cmocka_unit_test(an_event_size_may_be_a_mix),
		cmocka_unit_test(sizes_of_a_file_come_in_its_order),
		cmocka_unit_test(producers_share_a_burst),
		cmocka_unit_test(the_default_cpu_is_the_last_that_is_allowed),
		cmocka_unit_test(modes_and_waits_make_combinations),
		cmocka_unit_test(what_cannot_run_is_left_out),
		cmocka_unit_test(nothing_is_printed_if_something_is_wrong),
		cmocka_unit_test(each_wrong_use_gets_its_message),
		cmocka_unit_test(a_cpu_is_one_that_there_is),
		cmocka_unit_test(each_wrong_value_of_drain_is_refused),
		cmocka_unit_test(every_flag_needs_its_value),
		cmocka_unit_test(a_ring_is_a_power_of_two_that_the_kernel_accepts),
		cmocka_unit_test(as_many_events_as_notify_fit_into_the_ring),
		cmocka_unit_test(long_values_leave_room_for_advice),
		cmocka_unit_test(help_has_every_flag_and_the_defaults),
	};

	setenv("RINGVIEW_PEERS", "", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
