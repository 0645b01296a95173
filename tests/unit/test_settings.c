/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line of live: what each flag sets, the line that each wrong value gets, and which
 * combinations come of modes and waits.
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
#define ARGUMENTS_MAX 16
#define ARGUMENTS(...) ((const char *const[ARGUMENTS_MAX]){ "live", __VA_ARGS__ })

static struct settings settings;
static struct complaint why;

static int parse(const char *const arguments[ARGUMENTS_MAX])
{
	int count = 0;

	while (count < ARGUMENTS_MAX && arguments[count])
		count++;
	why.text[0] = '\0';
	return settings_parse(&settings, COMMAND_LIVE, count, (char **)arguments, &why);
}

static const struct workload *parse_well(const char *const arguments[ARGUMENTS_MAX])
{
	const int result = parse(arguments);

	if (result != 0)
		fail_msg("%d: %s", result, why.text);
	return &settings.workload;
}

static void assert_refused(const char *const arguments[ARGUMENTS_MAX], const char *line)
{
	assert_int_equal(parse(arguments), -EINVAL);
	assert_string_equal(why.text, line);
}

/* What goes through a stream of the process while it parses, in a text to be freed. */
static char *printed_while_parsing(
	FILE *stream, const char *const arguments[ARGUMENTS_MAX], int expected)
{
	const int number = fileno(stream), file = memfd_create("printed", MFD_CLOEXEC);
	char *text;
	off_t length;
	int before, result;

	fflush(stream);
	before = dup(number);
	assert_true(before >= 0 && file >= 0 && dup2(file, number) == number);
	result = parse(arguments);
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

/* The names of the combinations, with blanks between. */
static const char *combinations(void)
{
	static char names[512];
	char name[64];

	names[0] = '\0';
	for (size_t i = 0; i < settings.combination_count; i++) {
		if (i > 0)
			strcat(names, " ");
		strcat(names, combination_name(settings.combinations[i], name, sizeof(name)));
	}
	return names;
}

static void assert_combinations(const char *const arguments[ARGUMENTS_MAX], const char *expected)
{
	parse_well(arguments);
	assert_string_equal(combinations(), expected);
}

/* Each flag. */

static void the_defaults_are_those_of_the_help(void **state)
{
	const struct workload *workload = parse_well(ARGUMENTS(NULL));

	(void)state;
	assert_int_equal(workload->source, SOURCE_BPF);
	assert_int_equal(workload->producer, PRODUCER_RUN);
	assert_int_equal(workload->producers, 1);
	assert_true(workload->rate == PARSE_RATE_MAX);
	assert_int_equal(workload->duration_ns, 500000000);
	assert_int_equal(workload->event_size, 64);
	assert_true(workload->discard == 0);
	assert_int_equal(workload->ring_size, 1 << 20);
	assert_int_equal(workload->rings, 1);
	assert_int_equal(workload->notify, NOTIFY_DEFAULT);
	assert_int_equal(workload->latency_budget_ns, 200000);
	assert_int_equal(workload->timer_slack_ns, 0);
	assert_int_equal(workload->work_ns, 0);
	assert_int_equal(settings.rounds, 6);
	assert_int_equal(settings.format, FORMAT_TEXT);
	assert_null(settings.output);
	assert_false(settings.advise);
}

static void producers_are_counted(void **state)
{
	(void)state;
	assert_int_equal(parse_well(ARGUMENTS("-producers", "1"))->producers, 1);
	assert_int_equal(parse_well(ARGUMENTS("-producers", "64"))->producers, 64);
}

static void producer_is_what_makes_the_program_run(void **state)
{
	(void)state;
	assert_int_equal(parse_well(ARGUMENTS("-producer", "run"))->producer, PRODUCER_RUN);
	assert_int_equal(parse_well(ARGUMENTS("-producer", "syscall"))->producer, PRODUCER_SYSCALL);
}

static void rate_is_events_a_second(void **state)
{
	(void)state;
	assert_true(parse_well(ARGUMENTS("-rate", "max"))->rate == PARSE_RATE_MAX);
	assert_int_equal(parse_well(ARGUMENTS("-rate", "500k"))->rate, 500000);
	assert_int_equal(parse_well(ARGUMENTS("-rate", "2"))->rate, 2);
	assert_int_equal(parse_well(ARGUMENTS("-rate", "1G"))->rate, 1000000000);
}

static void duration_is_that_of_a_combination(void **state)
{
	(void)state;
	assert_int_equal(parse_well(ARGUMENTS("-duration", "1ms"))->duration_ns, 1000000);
	assert_int_equal(parse_well(ARGUMENTS("-duration", "1h"))->duration_ns, 3600000000000);
}

static void rounds_are_counted(void **state)
{
	(void)state;
	parse_well(ARGUMENTS("-rounds", "1"));
	assert_int_equal(settings.rounds, 1);
	parse_well(ARGUMENTS("-rounds", "1024"));
	assert_int_equal(settings.rounds, 1024);
}

static void latency_budget_is_that_of_paced_readers(void **state)
{
	(void)state;
	assert_int_equal(
		parse_well(ARGUMENTS("-latency-budget", "10us"))->latency_budget_ns, 10000);
	assert_int_equal(
		parse_well(ARGUMENTS("-latency-budget", "1s"))->latency_budget_ns, 1000000000);
}

static void timer_slack_is_the_consumers(void **state)
{
	(void)state;
	assert_int_equal(parse_well(ARGUMENTS("-timer-slack", "0"))->timer_slack_ns, 0);
	assert_int_equal(parse_well(ARGUMENTS("-timer-slack", "1us"))->timer_slack_ns, 1000);
}

static void notify_is_when_producers_notify(void **state)
{
	const struct workload *workload;

	(void)state;
	assert_int_equal(parse_well(ARGUMENTS("-notify", "default"))->notify, NOTIFY_DEFAULT);
	assert_int_equal(parse_well(ARGUMENTS("-notify", "never"))->notify, NOTIFY_NEVER);
	assert_int_equal(parse_well(ARGUMENTS("-notify", "force"))->notify, NOTIFY_FORCE);
	workload = parse_well(ARGUMENTS("-notify", "sampled:1k"));
	assert_int_equal(workload->notify, NOTIFY_SAMPLED);
	assert_int_equal(workload->notify_events, 1000);
	assert_int_equal(parse_well(ARGUMENTS("-notify", "sampled:1"))->notify_events, 1);
}

/* It is of use to see what waiting for notifications that never come is like. */
static void notify_never_goes_with_waits_for_notifications(void **state)
{
	(void)state;
	assert_combinations(ARGUMENTS("-notify", "never", "-wait", "event,libbpf-poll"),
		"batch/event libbpf-poll");
}

static void baseline_is_a_reader_or_a_reader_and_its_wait(void **state)
{
	(void)state;
	parse_well(ARGUMENTS("-baseline", "batch/paced"));
	assert_string_equal(settings.baseline, "batch/paced");
	parse_well(ARGUMENTS("-mode", "view", "-baseline", "view"));
	parse_well(ARGUMENTS("-baseline", "libbpf-spin"));
	assert_refused(ARGUMENTS("-baseline", "batch/pased"),
		"-baseline: unknown reader \"batch/pased\"; did you mean batch/paced?");
	assert_refused(ARGUMENTS("-baseline", "vew"),
		"-baseline: unknown reader \"vew\"; did you mean view?");
	assert_refused(ARGUMENTS("-baseline", "view"),
		"-baseline: \"view\" does not take part; add it to -mode, or name one that does");
}

static void event_size_is_in_bytes_or_mixed(void **state)
{
	(void)state;
	assert_int_equal(parse_well(ARGUMENTS("-event-size", "16"))->event_size, 16);
	assert_int_equal(parse_well(ARGUMENTS("-event-size", "64KiB"))->event_size, 65536);
	assert_int_equal(parse_well(ARGUMENTS("-event-size", "mixed"))->event_size, 0);
	assert_int_equal(parse_well(ARGUMENTS("-event-size", "mixed"))->mix->count, 5);
}

static void an_event_size_may_be_a_mix(void **state)
{
	const struct mix *mix = parse_well(ARGUMENTS("-event-size", "64*9+1KiB"))->mix;
	uint32_t large = 0;

	(void)state;
	assert_string_equal(mix->name, "64*9+1KiB");
	assert_int_equal(mix->count, 10);
	assert_int_equal(mix->kind_count, 2);
	assert_int_equal(mix->smallest, 64);
	assert_int_equal(mix->largest, 1024);
	assert_true(mix->mean == 160);
	assert_int_equal(mix->stride_sum, 9 * 72 + 1032);
	for (uint64_t id = 0; id < 10000; id++)
		large += mix_size(mix, id) == 1024;
	assert_in_range(large, 900, 1100);
	assert_int_equal(
		parse_well(ARGUMENTS("-event-size", "16+17+18+19+20+21+22+23+24"))->mix->kind_count,
		0);
}

static void sizes_of_a_file_come_in_its_order(void **state)
{
	const struct workload *workload;
	char name[] = "/tmp/ringview-XXXXXX", flag[64];
	const int fd = mkstemp(name);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "100\n7\n3000\n", 11), 11);
	close(fd);
	snprintf(flag, sizeof(flag), "-event-size=@%s", name);
	workload = parse_well(ARGUMENTS(flag));
	unlink(name);
	assert_true(workload->mix->in_order);
	assert_string_equal(workload->mix->name + 1, strrchr(name, '/') + 1);
	for (uint64_t id = 0; id < 9; id++)
		assert_int_equal(mix_size(workload->mix, UINT64_C(5) << LIVE_SEQUENCE_BITS | id),
			((const uint32_t[]){ 100, 16, 3000 })[id % 3]);
}

static void bursts_are_dealt_to_the_producers(void **state)
{
	const struct workload *workload =
		parse_well(ARGUMENTS("-rate", "burst:2k/20ms", "-producers", "4"));
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
	assert_refused(ARGUMENTS("-rate", "burst:2000/20ms", "-producers", "3"),
		"-rate: 2000 events of a burst cannot be dealt evenly to 3 producers; give a multiple");
}

static void discard_is_a_share(void **state)
{
	(void)state;
	assert_true(parse_well(ARGUMENTS("-discard", "1%"))->discard == 0.01);
	assert_true(parse_well(ARGUMENTS("-discard", "0"))->discard == 0);
	assert_true(parse_well(ARGUMENTS("-discard", "0.999"))->discard == 0.999);
}

static void ring_size_is_that_of_each_ring(void **state)
{
	(void)state;
	assert_int_equal(parse_well(ARGUMENTS("-ring-size", "64KiB"))->ring_size, 65536);
	assert_true(parse_well(ARGUMENTS("-ring-size", "2GiB"))->ring_size == UINT64_C(1) << 31);
}

static void rings_are_counted(void **state)
{
	(void)state;
	assert_int_equal(parse_well(ARGUMENTS("-rings", "1"))->rings, 1);
	assert_int_equal(parse_well(ARGUMENTS("-rings", "64"))->rings, 64);
}

static void work_is_of_each_event(void **state)
{
	(void)state;
	assert_int_equal(parse_well(ARGUMENTS("-work", "100ns"))->work_ns, 100);
	assert_int_equal(parse_well(ARGUMENTS("-work", "0"))->work_ns, 0);
}

static void source_is_where_the_rings_are(void **state)
{
	(void)state;
	assert_int_equal(parse_well(ARGUMENTS("-source", "bpf"))->source, SOURCE_BPF);
	assert_int_equal(
		parse_well(ARGUMENTS("-source", "memory", "-wait", "busy"))->source, SOURCE_MEMORY);
}

static void cpu_is_the_consumers(void **state)
{
	(void)state;
	assert_int_equal(parse_well(ARGUMENTS("-cpu", "0"))->consumer_cpu, 0);
}

static void format_output_and_advise_are_kept(void **state)
{
	(void)state;
	parse_well(ARGUMENTS("-format", "csv", "-o", "file", "-advise"));
	assert_int_equal(settings.format, FORMAT_CSV);
	assert_string_equal(settings.output, "file");
	assert_true(settings.advise);
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
	parse_well(ARGUMENTS(NULL));
	assert_int_equal(settings.workload.consumer_cpu, CPU_COUNT(&allowed) > 1 ? last : -1);
	CPU_ZERO(&one);
	CPU_SET(last, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	parse_well(ARGUMENTS(NULL));
	assert_int_equal(sched_setaffinity(0, sizeof(allowed), &allowed), 0);
	assert_int_equal(settings.workload.consumer_cpu, -1);
}

/* Modes and waits. */

/* What -mode all brings beside, if it is there. */
#define PEERS " perfbuf cilium-ebpf aya libbpf-1.7"

static void batch_with_every_wait_is_the_default(void **state)
{
	(void)state;
	assert_combinations(ARGUMENTS(NULL),
		"batch/event batch/paced batch/busy libbpf-poll libbpf-spin libbpf-sleep");
}

static void everything_is_each_reader_with_its_waits(void **state)
{
	(void)state;
	assert_combinations(ARGUMENTS("-mode", "all", "-wait", "all"),
		"copy/event copy/paced copy/busy view/event view/paced view/busy batch/event "
		"batch/paced batch/busy memcpy-batch/event memcpy-batch/paced memcpy-batch/busy "
		"dropin/paced dropin/busy dropin/libbpf-poll "
		"dropin/libbpf-spin dropin/libbpf-sleep libbpf-poll libbpf-spin libbpf-sleep" PEERS);
}

static void lists_keep_their_order(void **state)
{
	(void)state;
	assert_combinations(ARGUMENTS("-mode", "batch,copy", "-wait", "libbpf-spin,busy,event"),
		"batch/busy batch/event copy/busy copy/event libbpf-spin");
}

static void what_is_named_twice_runs_once(void **state)
{
	(void)state;
	assert_combinations(
		ARGUMENTS("-mode", "view,view", "-wait", "busy,busy,libbpf-poll,libbpf-poll"),
		"view/busy libbpf-poll");
	assert_combinations(ARGUMENTS("-mode", "view,all,copy", "-wait", "busy"),
		"view/busy copy/busy batch/busy memcpy-batch/busy dropin/busy" PEERS);
}

static void of_two_lists_the_last_counts(void **state)
{
	(void)state;
	assert_combinations(
		ARGUMENTS("-mode", "libbpf,view", "-mode", "copy", "-wait", "all", "-wait", "busy"),
		"copy/busy");
}

static void mode_all_without_waits_of_libbpf_has_no_libbpf(void **state)
{
	(void)state;
	assert_combinations(ARGUMENTS("-mode", "all", "-wait", "paced"),
		"copy/paced view/paced batch/paced memcpy-batch/paced dropin/paced" PEERS);
}

static void the_loops_of_libbpf_run_once_whatever_the_mode(void **state)
{
	(void)state;
	assert_combinations(ARGUMENTS("-wait", "libbpf-poll"), "libbpf-poll");
	assert_combinations(ARGUMENTS("-mode", "copy,view", "-wait", "libbpf-spin,event"),
		"copy/event view/event libbpf-spin");
	assert_ptr_equal(settings.combinations[2].reader, &libbpf_reader);
	assert_int_equal(settings.combinations[2].wait, WAIT_LIBBPF_SPIN);
}

static void mode_libbpf_alone_is_its_loops(void **state)
{
	(void)state;
	assert_combinations(ARGUMENTS("-mode", "libbpf"), "libbpf-poll libbpf-spin libbpf-sleep");
	assert_combinations(ARGUMENTS("-mode", "libbpf", "-wait", "all"),
		"libbpf-poll libbpf-spin libbpf-sleep");
	assert_combinations(ARGUMENTS("-mode", "libbpf", "-wait", "libbpf-spin"), "libbpf-spin");
}

static void mode_libbpf_with_others_waits(void **state)
{
	static const char line[] = "-mode: libbpf waits with libbpf-poll, libbpf-spin or "
				   "libbpf-sleep; give these as -wait, or another -mode";

	(void)state;
	assert_refused(ARGUMENTS("-mode", "libbpf", "-wait", "event"), line);
	assert_refused(ARGUMENTS("-mode", "copy,libbpf", "-wait", "paced"), line);
	assert_refused(ARGUMENTS("-mode", "all,libbpf", "-wait", "busy"), line);
	/* Nothing that was named is dropped. */
	assert_refused(ARGUMENTS("-mode", "libbpf", "-wait", "event,libbpf-poll"), line);
}

static void a_peer_waits_in_its_own_way(void **state)
{
	(void)state;
	assert_combinations(ARGUMENTS("-mode", "aya"), "aya");
	assert_combinations(ARGUMENTS("-mode", "cilium-ebpf,libbpf-1.7", "-wait", "all"),
		"cilium-ebpf libbpf-1.7");
	assert_ptr_equal(settings.combinations[1].reader, &libbpf17_reader);
	assert_int_equal(settings.combinations[1].wait, WAIT_OWN);
	assert_combinations(ARGUMENTS("-mode", "aya,batch", "-wait", "libbpf-poll,paced"),
		"batch/paced libbpf-poll aya");
	assert_combinations(ARGUMENTS("-mode", "aya", "-wait", "libbpf-spin"), "libbpf-spin aya");
	assert_combinations(
		ARGUMENTS("-mode", "aya,libbpf"), "libbpf-poll libbpf-spin libbpf-sleep aya");
	assert_refused(ARGUMENTS("-mode", "aya", "-wait", "own"),
		"-wait: unknown wait \"own\"; choose all, or some of event, paced, busy, libbpf-poll, libbpf-spin, libbpf-sleep");
	assert_refused(ARGUMENTS("-mode", "aya,cilium-ebpf", "-wait", "libbpf-poll,event"),
		"-wait: no reader of -mode waits so; give one that does, such as batch, or leave "
		"out -wait");
}

static void the_drop_in_has_the_loops_of_libbpf_and_may_wait_otherwise(void **state)
{
	(void)state;
	assert_combinations(ARGUMENTS("-mode", "dropin"),
		"dropin/paced dropin/busy dropin/libbpf-poll dropin/libbpf-spin "
		"dropin/libbpf-sleep libbpf-poll libbpf-spin libbpf-sleep");
	assert_combinations(ARGUMENTS("-mode", "dropin", "-wait", "paced"), "dropin/paced");
	assert_combinations(ARGUMENTS("-mode", "dropin,batch", "-wait", "libbpf-poll,event,busy"),
		"dropin/libbpf-poll dropin/busy batch/event batch/busy libbpf-poll");
	assert_refused(ARGUMENTS("-mode", "dropin", "-wait", "event,libbpf-poll"),
		"-wait: no reader of -mode waits so; give one that does, such as batch, or leave "
		"out -wait");
	assert_refused(ARGUMENTS("-mode", "copy,dropin", "-wait", "event"),
		"-mode: dropin waits with paced, busy, libbpf-poll, libbpf-spin or libbpf-sleep; "
		"give these as -wait, or another -mode");
}

static void the_drop_in_reads_rings_of_the_kernel(void **state)
{
	char *text;

	(void)state;
	assert_refused(ARGUMENTS("-source", "memory", "-mode", "dropin", "-wait", "paced"),
		"-mode: dropin reads only rings of the kernel; leave it out, or leave out -source "
		"memory");
	text = printed_while_parsing(
		stderr, ARGUMENTS("-source", "memory", "-mode", "all", "-wait", "paced,busy"), 0);
	assert_string_equal(text, "dropin: left out: it reads only rings of the kernel\n"
				  "perfbuf: left out: it reads only buffers of the kernel\n");
	free(text);
	assert_combinations(
		ARGUMENTS("-mode", "dropin", "-wait", "paced", "-rings", "2"), "dropin/paced");
}

static void settings_know_which_modes_were_named(void **state)
{
	(void)state;
	assert_combinations(ARGUMENTS("-mode", "aya", "-mode", "all,libbpf-1.7", "-wait", "busy"),
		"copy/busy view/busy batch/busy memcpy-batch/busy dropin/busy" PEERS);
	assert_true(settings_names(&settings, &libbpf17_reader));
	assert_false(settings_names(&settings, &aya_reader));
}

static void a_peer_that_is_named_needs_one_ring_of_the_kernel(void **state)
{
	(void)state;
	assert_refused(ARGUMENTS("-mode", "all,aya", "-source", "memory"),
		"-mode: aya reads only rings of the kernel; leave it out, or leave out -source "
		"memory");
	assert_refused(ARGUMENTS("-mode", "batch,cilium-ebpf", "-rings", "2"),
		"-mode: cilium-ebpf reads one ring; leave it out, or leave out -rings");
}

static void libbpf_that_is_named_does_not_go_with_memory(void **state)
{
	static const char line[] = "-mode and -wait: libbpf reads only rings of the kernel; leave "
				   "it out, or leave out -source memory";

	(void)state;
	assert_refused(ARGUMENTS("-source", "memory", "-wait", "libbpf-poll"), line);
	assert_refused(ARGUMENTS("-source", "memory", "-wait", "busy,libbpf-spin"), line);
	assert_refused(ARGUMENTS("-source", "memory", "-wait", "libbpf-sleep"), line);
	assert_refused(ARGUMENTS("-source", "memory", "-mode", "libbpf"), line);
	assert_refused(ARGUMENTS("-source", "memory", "-mode", "batch,libbpf"), line);
	assert_refused(
		ARGUMENTS("-source", "memory", "-mode", "all", "-wait", "libbpf-spin,all"), line);
}

static void assert_leaves_out_libbpf(
	const char *const arguments[ARGUMENTS_MAX], const char *expected)
{
	char *text = printed_while_parsing(stderr, arguments, 0);

	assert_string_equal(text, "libbpf-poll: left out: it reads only rings of the kernel\n"
				  "libbpf-spin: left out: it reads only rings of the kernel\n"
				  "libbpf-sleep: left out: it reads only rings of the kernel\n");
	assert_string_equal(combinations(), expected);
	free(text);
}

static void libbpf_that_came_by_all_is_left_out_with_memory(void **state)
{
	(void)state;
	assert_leaves_out_libbpf(
		ARGUMENTS("-source", "memory"), "batch/event batch/paced batch/busy");
	assert_leaves_out_libbpf(ARGUMENTS("-source", "memory", "-mode", "view", "-wait", "all"),
		"view/event view/paced view/busy");
}

static void nothing_is_said_where_nothing_is_left_out(void **state)
{
	static const char *const waits[] = { "event", "busy,paced" };

	(void)state;
	for (size_t i = 0; i < COUNT(waits); i++) {
		char *text = printed_while_parsing(stderr,
			ARGUMENTS("-source", "memory", "-mode", "copy,batch", "-wait", waits[i]),
			0);

		assert_string_equal(text, "");
		free(text);
	}
}

static void assert_leaves_out_perfbuf(
	const char *const arguments[ARGUMENTS_MAX], const char *reason)
{
	char *text = printed_while_parsing(stderr, arguments, 0), line[128];

	snprintf(line, sizeof(line), "perfbuf: left out: it %s\n", reason);
	assert_string_equal(text, line);
	assert_null(strstr(combinations(), "perfbuf"));
	free(text);
}

static void a_perf_buffer_that_came_by_all_is_left_out_where_it_cannot_run(void **state)
{
	(void)state;
	assert_leaves_out_perfbuf(ARGUMENTS("-rings", "2", "-mode", "all", "-wait", "busy"),
		"has a buffer for each CPU, and no rings");
	assert_leaves_out_perfbuf(
		ARGUMENTS("-mode", "all", "-wait", "busy", "-event-size", "65517"),
		"takes events of 65516 B at most");
	/* Larger rings have room for the largest event; with larger pages there is none this small.
	 */
	if (sysconf(_SC_PAGESIZE) <= 32768)
		assert_leaves_out_perfbuf(ARGUMENTS("-mode", "all", "-wait", "busy", "-event-size",
						  "32752", "-ring-size", "32KiB"),
			"needs 16 B beside an event, and has no room for one");
	/* 2730 records of 24 B in a ring, and 2047 of 32 B here. */
	assert_leaves_out_perfbuf(ARGUMENTS("-mode", "all", "-wait", "busy", "-event-size", "16",
					  "-ring-size", "64KiB", "-back-to-back", "2048"),
		"has no room for the events of a turn");
}

static void a_perf_buffer_that_is_named_has_to_be_able_to_run(void **state)
{
	(void)state;
	assert_combinations(ARGUMENTS("-mode", "perfbuf"), "perfbuf");
	assert_combinations(
		ARGUMENTS("-mode", "perfbuf,batch", "-wait", "paced", "-event-size", "65516"),
		"batch/paced perfbuf");
	assert_combinations(ARGUMENTS("-mode", "perfbuf", "-ring-size", "64KiB", "-event-size",
				    "16", "-back-to-back", "2047"),
		"perfbuf");
	assert_refused(ARGUMENTS("-mode", "all,perfbuf", "-source", "memory"),
		"-mode: perfbuf reads only buffers of the kernel; leave it out, or leave out "
		"-source memory");
	assert_refused(ARGUMENTS("-mode", "perfbuf", "-rings", "2"),
		"-mode: perfbuf has a buffer for each CPU, and no rings; leave it out, or leave out "
		"-rings");
	assert_refused(ARGUMENTS("-mode", "perfbuf", "-event-size", "64KiB"),
		"-mode: perfbuf takes events of 65516 B at most; leave it out, or give a smaller "
		"-event-size");
	assert_refused(ARGUMENTS("-mode", "perfbuf", "-advise"),
		"-advise: it is for rings, and a perf buffer does not tell how full it was; give "
		"another -mode");
}

static void write_is_how_producers_write(void **state)
{
	(void)state;
	assert_int_equal(parse_well(ARGUMENTS("-write", "reserve"))->write, LIVE_RESERVE);
	assert_int_equal(parse_well(ARGUMENTS("-write", "output"))->write, LIVE_OUTPUT);
	assert_refused(ARGUMENTS("-write", "output", "-source", "memory"),
		"-write: output is what BPF programs can do; leave it out, or leave out -source "
		"memory");
	assert_refused(ARGUMENTS("-write", "output", "-discard", "1%"),
		"-discard: what -write output has written cannot be taken back; leave out one of "
		"them");
}

static void back_to_back_is_one_thread(void **state)
{
	(void)state;
	assert_int_equal(parse_well(ARGUMENTS("-back-to-back", "500"))->back_to_back, 500);
	assert_refused(ARGUMENTS("-back-to-back", "500", "-producers", "2"),
		"-back-to-back: the consumer makes the events itself, as the only producer; leave "
		"out -producers");
	assert_refused(ARGUMENTS("-back-to-back", "500", "-rate", "500k"),
		"-back-to-back: events are made when those before them are read, not at a rate; "
		"leave out -rate");
	assert_refused(ARGUMENTS("-back-to-back", "500", "-same-cpu"),
		"-same-cpu: -back-to-back has but one thread; leave out -same-cpu");
	assert_refused(ARGUMENTS("-back-to-back", "500", "-notify", "sampled:501"),
		"-notify: of the 500 events of a turn none would notify; give -notify sampled:500, "
		"or fewer");
	assert_refused(
		ARGUMENTS("-back-to-back", "2731", "-event-size", "16", "-ring-size", "64KiB"),
		"-back-to-back: a ring of 64KiB does not hold 2731 events, so the others of each turn "
		"would be lost; give fewer, or a larger -ring-size");
	assert_refused(ARGUMENTS("-back-to-back", "5", "-mode", "aya"),
		"-mode: aya reads in a process of its own; leave it out, or leave out "
		"-back-to-back");
}

static void producers_may_share_the_consumers_cpu(void **state)
{
	(void)state;
	assert_false(parse_well(ARGUMENTS("-wait", "busy"))->same_cpu);
	assert_true(parse_well(ARGUMENTS("-same-cpu"))->same_cpu);
}

static void the_preset_asks_who_is_in_the_kernels_benchmark(void **state)
{
	(void)state;
	assert_combinations(ARGUMENTS("-preset", "kernel-selftests"),
		"batch/event batch/paced libbpf-poll perfbuf");
	assert_true(settings.preset);
	assert_int_equal(settings.workload.duration_ns, 200000000);
	assert_combinations(ARGUMENTS("-preset", "kernel-selftests", "-duration", "500ms", "-mode",
				    "all", "-wait", "busy"),
		"copy/busy view/busy batch/busy memcpy-batch/busy dropin/busy perfbuf");
	assert_int_equal(settings.workload.duration_ns, 500000000);
	assert_combinations(ARGUMENTS("-wait", "busy"), "batch/busy");
	assert_false(settings.preset);
}

/* Also where what is given is the default. */
static void what_the_preset_sets_is_not_given(void **state)
{
	static const char *const given[][2] = { { "-producers", "1" }, { "-producer", "run" },
		{ "-write", "output" }, { "-rate", "max" }, { "-notify", "default" },
		{ "-event-size", "64" }, { "-discard", "0%" }, { "-ring-size", "1MiB" },
		{ "-rings", "1" }, { "-work", "0s" }, { "-source", "memory" },
		{ "-back-to-back", "500" } };
	char line[128];

	(void)state;
	for (size_t i = 0; i < COUNT(given); i++) {
		snprintf(line, sizeof(line),
			"%s: -preset kernel-selftests sets this itself; leave out one of them",
			given[i][0]);
		assert_refused(
			ARGUMENTS("-preset", "kernel-selftests", given[i][0], given[i][1]), line);
	}
	assert_refused(ARGUMENTS("-advise", "-preset", "kernel-selftests"),
		"-advise: -preset kernel-selftests sets this itself; leave out one of them");
	assert_refused(ARGUMENTS("-preset", "kernel-selftests", "-mode", "batch,aya"),
		"-mode: aya is not asked by -preset kernel-selftests; leave it out");
}

/* A wrong command line gets one line from each command. */
static void nothing_is_said_where_something_is_wrong(void **state)
{
	char *text = printed_while_parsing(
		stderr, ARGUMENTS("-source", "memory", "-advise", "-wait", "all"), -EINVAL);

	(void)state;
	assert_string_equal(text, "");
	free(text);
}

/* -advise. */

static void advise_is_for_batch_and_paced(void **state)
{
	(void)state;
	assert_combinations(ARGUMENTS("-advise"), "batch/paced");
	assert_combinations(ARGUMENTS("-advise", "-source", "memory"), "batch/paced");
	assert_combinations(ARGUMENTS("-advise=false", "-wait", "busy"), "batch/busy");
}

static void advise_is_for_one_other_combination(void **state)
{
	(void)state;
	assert_combinations(ARGUMENTS("-advise", "-mode", "copy"), "copy/paced");
	assert_combinations(ARGUMENTS("-wait", "event", "-advise"), "batch/event");
	assert_combinations(ARGUMENTS("-advise", "-wait", "libbpf-poll"), "libbpf-poll");
	assert_combinations(ARGUMENTS("-advise", "-rate", "max"), "batch/paced");
	assert_combinations(ARGUMENTS("-advise", "-rate", "100k"), "batch/paced");
}

static void advise_is_not_for_several(void **state)
{
	(void)state;
	assert_refused(ARGUMENTS("-advise", "-wait", "all"),
		"-advise: a ring's size is for one way of reading, and these are 6; give one -mode "
		"and one -wait");
	assert_refused(ARGUMENTS("-advise", "-mode", "copy,batch"),
		"-advise: a ring's size is for one way of reading, and these are 2; give one -mode "
		"and one -wait");
}

static void advise_is_given_no_size(void **state)
{
	static const char line[] = "-ring-size: -advise finds the size; leave out -ring-size, or "
				   "leave out -advise";

	(void)state;
	assert_refused(ARGUMENTS("-advise", "-ring-size", "2MiB"), line);
	/* Nor the one that is the default, nor one that would be wrong anyway. */
	assert_refused(ARGUMENTS("-ring-size", "1MiB", "-advise"), line);
	assert_refused(ARGUMENTS("-advise", "-ring-size", "5000"), line);
}

/* How much notifies must be in the ring, whose size is not known yet. */
static void advise_takes_any_sampling(void **state)
{
	(void)state;
	assert_int_equal(
		parse_well(ARGUMENTS("-advise", "-notify", "sampled:1M"))->notify_events, 1000000);
}

/* What is wrong. */

struct refusal {
	const char *flag, *value, *line;
};

#define BAD_RATE                                                                                   \
	" is not max, 1 to 1G events a second, or burst:EVENTS/TIME; give for example -rate 500k " \
	"or -rate burst:2000/20ms"
#define BAD_SIZE                                                                       \
	" is not a size of 16 to 65536 B, or a mix; give for example -event-size 64, " \
	"24+40+56, 64*9+1024, mixed or @FILE"
#define BAD_NOTIFY                                                                              \
	" is not default, never, force, or sampled:N with a count of events; give for example " \
	"-notify sampled:100"
#define MODES                                                                                                \
	"; choose all, or some of copy, view, batch, memcpy-batch, ordered, scan, dropin, libbpf, perfbuf, " \
	"cilium-ebpf, aya, libbpf-1.7"
#define WAITS "; choose all, or some of event, paced, busy, libbpf-poll, libbpf-spin, libbpf-sleep"

static const struct refusal refusals[] = {
	{ "-producers", "0",
		"-producers: \"0\" is not a count from 1 to 64; give for example -producers 1" },
	{ "-producers", "65",
		"-producers: \"65\" is not a count from 1 to 64; give for example -producers 1" },
	{ "-producer", "thread",
		"-producer: unknown value \"thread\"; choose one of run, syscall" },
	{ "-write", "copy", "-write: unknown value \"copy\"; choose one of reserve, output" },
	{ "-back-to-back", "-1",
		"-back-to-back: \"-1\" is not a count of at least 0; give for example "
		"-back-to-back 500" },
	{ "-preset", "all", "-preset: unknown value \"all\"; choose one of kernel-selftests" },
	{ "-rate", "0", "-rate: \"0\"" BAD_RATE },
	{ "-rate", "2G", "-rate: \"2G\"" BAD_RATE },
	{ "-rate", "fast", "-rate: \"fast\"" BAD_RATE },
	{ "-rate", "-1", "-rate: \"-1\"" BAD_RATE },
	{ "-rate", "", "-rate: \"\"" BAD_RATE },
	{ "-rate", "1",
		"-rate: 1 a second is not one event in 500ms; give a larger one, or a longer "
		"-duration" },
	{ "-duration", "999us",
		"-duration: \"999us\" is not a duration of at least 1ms; give for example "
		"-duration 500ms" },
	{ "-duration", "10",
		"-duration: \"10\" is not a duration of at least 1ms; give for example -duration "
		"500ms" },
	{ "-rounds", "0",
		"-rounds: \"0\" is not a count from 1 to 1024; give for example "
		"-rounds 6" },
	{ "-rounds", "1025",
		"-rounds: \"1025\" is not a count from 1 to 1024; give for example -rounds 6" },
	{ "-mode", "both", "-mode: unknown mode \"both\"; did you mean batch?" },
	{ "-mode", "copy,", "-mode: unknown mode \"\"" MODES },
	{ "-mode", "", "-mode: unknown mode \"\"" MODES },
	{ "-mode", "event", "-mode: unknown mode \"event\"" MODES },
	{ "-wait", "libbpf", "-wait: unknown wait \"libbpf\"; did you mean libbpf-poll?" },
	{ "-wait", "event,,busy", "-wait: unknown wait \"\"" WAITS },
	{ "-latency-budget", "9us",
		"-latency-budget: \"9us\" is not a duration from 10\xc2\xb5s to 1s; give for "
		"example -latency-budget 200\xc2\xb5s" },
	{ "-latency-budget", "2s",
		"-latency-budget: \"2s\" is not a duration from 10\xc2\xb5s to 1s; give for "
		"example -latency-budget 200\xc2\xb5s" },
	{ "-timer-slack", "-1ns",
		"-timer-slack: \"-1ns\" is not a duration from 0s to 1s; give for example "
		"-timer-slack 1us" },
	{ "-timer-slack", "2s",
		"-timer-slack: \"2s\" is not a duration from 0s to 1s; give for example "
		"-timer-slack 1us" },
	{ "-notify", "sometimes", "-notify: \"sometimes\"" BAD_NOTIFY },
	{ "-notify", "", "-notify: \"\"" BAD_NOTIFY },
	{ "-notify", "sampled", "-notify: \"sampled\"" BAD_NOTIFY },
	{ "-notify", "sampled:", "-notify: \"sampled:\"" BAD_NOTIFY },
	{ "-notify", "sampled:0", "-notify: \"sampled:0\"" BAD_NOTIFY },
	{ "-notify", "sampled:-1", "-notify: \"sampled:-1\"" BAD_NOTIFY },
	{ "-notify", "never:3", "-notify: \"never:3\"" BAD_NOTIFY },
	{ "-notify", "forc", "-notify: \"forc\"" BAD_NOTIFY },
	{ "-event-size", "15", "-event-size: \"15\"" BAD_SIZE },
	{ "-event-size", "65537", "-event-size: \"65537\"" BAD_SIZE },
	{ "-event-size", "0", "-event-size: \"0\"" BAD_SIZE },
	{ "-event-size", "big", "-event-size: \"big\"" BAD_SIZE },
	{ "-discard", "1",
		"-discard: \"1\" is not a percentage from 0% to 100%; give for example -discard "
		"1%" },
	{ "-discard", "101%",
		"-discard: \"101%\" is not a percentage from 0% to 100%; give for example "
		"-discard 1%" },
	{ "-discard", "100%",
		"-discard: 100% leaves no event to read; give for example -discard 1%" },
	{ "-ring-size", "large",
		"-ring-size: \"large\" is not a size; give for example -ring-size 1MiB" },
	{ "-rings", "0", "-rings: \"0\" is not a count from 1 to 64; give for example -rings 1" },
	{ "-rings", "65", "-rings: \"65\" is not a count from 1 to 64; give for example -rings 1" },
	{ "-work", "-1ns",
		"-work: \"-1ns\" is not a duration from 0s to 1s; give for example -work 100ns" },
	{ "-work", "2s",
		"-work: \"2s\" is not a duration from 0s to 1s; give for example -work 100ns" },
	{ "-source", "file", "-source: unknown value \"file\"; choose one of bpf, memory" },
	{ "-cpu", "-1", "-cpu: \"-1\" is not an integer from 0 to 65535; give for example -cpu 0" },
	{ "-cpu", "65536",
		"-cpu: \"65536\" is not an integer from 0 to 65535; give for example -cpu 0" },
	{ "-format", "xml",
		"-format: unknown value \"xml\"; choose one of text, json, csv, gobench" },
	{ "-o", "", "-o: the name of the file is empty; give one, or leave out -o" },
};

static void every_wrong_value_gets_its_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refusals); i++)
		assert_refused(ARGUMENTS(refusals[i].flag, refusals[i].value), refusals[i].line);
}

/* Of drain: each line begins with the flag. */
static void every_wrong_value_of_drain_is_refused(void **state)
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
		{ "-rounds", "-2" }, { "-rounds", "few" }, { "-duration", "0" },
		{ "-duration", "10" }, { "-duration", "-1s" }, { "-duration", "long" },
		{ "-precision", "high" }, { "-precision", "-1%" }, { "-precision", "0" },
		{ "-precision", "0%" }, { "-read-timeout", "5" }, { "-read-timeout", "-1ms" },
		{ "-batch", "-1" }, { "-batch", "all" }, { "-cpu", "-1" }, { "-cpu", "any" },
		{ "-cpu", "65536" }, { "-cpu", "0,1" } };

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		char *arguments[] = { (char *)"drain", (char *)wrong[i][0], (char *)wrong[i][1],
			NULL };

		if (settings_parse(&settings, COMMAND_DRAIN, 3, arguments, &why) != -EINVAL ||
			strncmp(why.text, wrong[i][0], strlen(wrong[i][0])) != 0)
			fail_msg("%s %s: %s", wrong[i][0], wrong[i][1], why.text);
	}
}

static void what_is_no_flag_gets_its_line(void **state)
{
	(void)state;
	assert_refused(ARGUMENTS("more"),
		"unexpected argument \"more\"; see bpf_ringbuf_zc_benchmark "
		"live -help");
	assert_refused(ARGUMENTS("-precision", "1%"),
		"-precision is a flag of drain, sweep; see bpf_ringbuf_zc_benchmark live -help");
	assert_refused(ARGUMENTS("-ringsize", "1"), "unknown flag -ringsize; did you mean "
						    "-ring-size?");
	assert_refused(ARGUMENTS("-advise=maybe"),
		"-advise: \"maybe\" is not true or false; give -advise or -advise=false");
}

static void every_flag_needs_its_value(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refusals); i++) {
		const char *flag = refusals[i].flag;

		assert_int_equal(parse(ARGUMENTS(flag)), -EINVAL);
		assert_memory_equal(why.text, flag, strlen(flag));
		assert_ptr_equal(strstr(why.text, " needs a value; "), why.text + strlen(flag));
	}
}

static void a_ring_is_a_power_of_two_that_the_kernel_takes(void **state)
{
	static const char *const sizes[] = { "0B", "2KiB", "5000B", "100KiB", "3MiB", "4GiB" };
	char line[256];

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		snprintf(line, sizeof(line),
			"-ring-size: %s is not a power of two from %ld B (a page) to 2GiB; give "
			"for example -ring-size 1MiB",
			sizes[i], sysconf(_SC_PAGESIZE));
		assert_refused(ARGUMENTS("-ring-size", sizes[i]), line);
	}
}

static void a_ring_holds_an_event(void **state)
{
	(void)state;
	assert_refused(ARGUMENTS("-ring-size", "64KiB", "-event-size", "64KiB"),
		"-ring-size: a ring of 64KiB holds no event of 65536 B; give a larger one");
	assert_refused(ARGUMENTS("-ring-size", "64KiB", "-event-size", "65528"),
		"-ring-size: a ring of 64KiB holds no event of 65528 B; give a larger one");
	parse_well(ARGUMENTS("-ring-size", "64KiB", "-event-size", "65520"));
	parse_well(ARGUMENTS("-ring-size", "64KiB", "-event-size", "mixed"));
}

/* The kernel keeps a ring from being wholly full: 64 KiB hold 2730 events of 16 B, and with their
 * headers these take 24 B; mixed ones take 268.8 B on average. */
static void as_many_events_as_notify_fit_into_the_ring(void **state)
{
	static const struct {
		const char *size, *fits, *does_not;
	} cases[] = {
		{ "16", "sampled:2730", "sampled:2731" }, { "24", "sampled:2047", "sampled:2048" },
		{ "mixed", "sampled:243", "sampled:244" },
		{ "16", "sampled:1", "sampled:18446744073709551615" },
		{ "16", "sampled:1", "sampled:768614336404564651" }, /* 2^64 / 24, and one */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		parse_well(ARGUMENTS("-ring-size", "64KiB", "-event-size", cases[i].size, "-notify",
			cases[i].fits));
		assert_int_equal(parse(ARGUMENTS("-ring-size", "64KiB", "-event-size",
					 cases[i].size, "-notify", cases[i].does_not)),
			-EINVAL);
		assert_non_null(strstr(why.text, "-notify: a ring of 64KiB is full before "));
	}
	assert_refused(ARGUMENTS("-notify", "sampled:1M"),
		"-notify: a ring of 1MiB is full before 1000000 events wait in it, so nobody would "
		"ever be notified; give fewer, or a larger -ring-size");
}

static void rings_that_overwrite_are_copied(void **state)
{
	(void)state;
	assert_true(parse_well(ARGUMENTS("-overwrite"))->overwrite);
	assert_int_equal(settings.combination_count, 3);
	for (size_t i = 0; i < settings.combination_count; i++)
		assert_string_equal(settings.combinations[i].reader->name, "copy");
	assert_refused(ARGUMENTS("-overwrite", "-mode", "batch"),
		"-mode: batch does not read rings that overwrite; leave it out, or leave out "
		"-overwrite");
	assert_refused(ARGUMENTS("-overwrite", "-mode", "copy", "-wait", "libbpf-poll"),
		"-wait: libbpf-poll is of libbpf, which does not read rings that overwrite; leave it "
		"out, or leave out -overwrite");
	assert_refused(ARGUMENTS("-overwrite", "-back-to-back", "5"),
		"-overwrite: a ring that overwrites is never too small; leave out -overwrite, or "
		"-preset, -advise and -back-to-back");
}

static void a_ring_in_memory_has_no_system_calls(void **state)
{
	(void)state;
	assert_refused(ARGUMENTS("-producer", "syscall", "-source", "memory", "-wait", "busy"),
		"-producer: syscall runs a BPF program; leave it out, or leave out -source memory");
}

static void a_rate_has_to_give_an_event(void **state)
{
	(void)state;
	parse_well(ARGUMENTS("-rate", "1", "-duration", "1s"));
	assert_refused(ARGUMENTS("-rate", "999", "-duration", "1ms"),
		"-rate: 999 a second is not one event in 1ms; give a larger one, or a longer "
		"-duration");
	parse_well(ARGUMENTS("-rate", "1k", "-duration", "1ms"));
}

/* Text of a user goes into the line, and the advice still fits behind it. */
static void long_values_leave_room_for_advice(void **state)
{
	static const char *const flags[] = { "-rate", "-event-size", "-notify", "-mode", "-wait",
		"-ring-size" };
	char value[1000];

	(void)state;
	memset(value, 'x', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	for (size_t i = 0; i < COUNT(flags); i++) {
		assert_int_equal(parse(ARGUMENTS(flags[i], value)), -EINVAL);
		assert_true(strstr(why.text, "give for example ") ||
			    strstr(why.text, "choose all, or some of "));
		assert_true(strlen(why.text) < 250);
	}
}

/* Help. */

static void help_has_every_flag(void **state)
{
	static const char *const flags[] = { "producers COUNT", "producer KIND", "rate RATE",
		"duration TIME", "rounds COUNT", "mode MODES", "wait WAITS", "latency-budget TIME",
		"timer-slack TIME", "notify WHEN", "event-size SIZE", "discard PERCENT",
		"ring-size SIZE", "rings COUNT", "work TIME", "source SOURCE", "cpu CPU",
		"format FORMAT", "o FILE", "advise ", "write HOW", "back-to-back EVENTS",
		"same-cpu ", "preset NAME" };
	char *text = printed_while_parsing(stdout, ARGUMENTS("-rate", "5", "-help"), 1);

	(void)state;
	for (size_t i = 0; i < COUNT(flags); i++) {
		char start[64];

		snprintf(start, sizeof(start), "\n  -%s", flags[i]);
		if (!strstr(text, start))
			fail_msg("there is no -%s in\n%s", flags[i], text);
	}
	assert_ptr_equal(strstr(text, "usage: bpf_ringbuf_zc_benchmark live [flags]\n"), text);
	free(text);
}

static void help_has_the_defaults(void **state)
{
	static const char *const defaults[] = { "(default 1)", "(default run)", "(default max)",
		"(default 500ms)", "(default 6)", "(default batch)",
		"(default all; with -advise paced)", "(default 200\xc2\xb5s)", "(default 0s)",
		"(default default)", "(default 64)", "(default 0%)", "(default 1MiB)",
		"(default bpf)", "(default the last that taskset allows)", "(default text)" };
	char *text = printed_while_parsing(stdout, ARGUMENTS("--help"), 1);

	(void)state;
	for (size_t i = 0; i < COUNT(defaults); i++)
		if (!strstr(text, defaults[i]))
			fail_msg("there is no %s in\n%s", defaults[i], text);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_defaults_are_those_of_the_help),
		cmocka_unit_test(producers_are_counted),
		cmocka_unit_test(producer_is_what_makes_the_program_run),
		cmocka_unit_test(rate_is_events_a_second),
		cmocka_unit_test(duration_is_that_of_a_combination),
		cmocka_unit_test(rounds_are_counted),
		cmocka_unit_test(latency_budget_is_that_of_paced_readers),
		cmocka_unit_test(timer_slack_is_the_consumers),
		cmocka_unit_test(notify_is_when_producers_notify),
		cmocka_unit_test(notify_never_goes_with_waits_for_notifications),
		cmocka_unit_test(baseline_is_a_reader_or_a_reader_and_its_wait),
		cmocka_unit_test(event_size_is_in_bytes_or_mixed),
		cmocka_unit_test(an_event_size_may_be_a_mix),
		cmocka_unit_test(sizes_of_a_file_come_in_its_order),
		cmocka_unit_test(bursts_are_dealt_to_the_producers),
		cmocka_unit_test(discard_is_a_share),
		cmocka_unit_test(ring_size_is_that_of_each_ring),
		cmocka_unit_test(rings_are_counted),
		cmocka_unit_test(work_is_of_each_event),
		cmocka_unit_test(source_is_where_the_rings_are),
		cmocka_unit_test(cpu_is_the_consumers),
		cmocka_unit_test(format_output_and_advise_are_kept),
		cmocka_unit_test(the_default_cpu_is_the_last_that_is_allowed),
		cmocka_unit_test(batch_with_every_wait_is_the_default),
		cmocka_unit_test(everything_is_each_reader_with_its_waits),
		cmocka_unit_test(lists_keep_their_order),
		cmocka_unit_test(what_is_named_twice_runs_once),
		cmocka_unit_test(of_two_lists_the_last_counts),
		cmocka_unit_test(mode_all_without_waits_of_libbpf_has_no_libbpf),
		cmocka_unit_test(the_loops_of_libbpf_run_once_whatever_the_mode),
		cmocka_unit_test(mode_libbpf_alone_is_its_loops),
		cmocka_unit_test(mode_libbpf_with_others_waits),
		cmocka_unit_test(a_peer_waits_in_its_own_way),
		cmocka_unit_test(the_drop_in_has_the_loops_of_libbpf_and_may_wait_otherwise),
		cmocka_unit_test(the_drop_in_reads_rings_of_the_kernel),
		cmocka_unit_test(settings_know_which_modes_were_named),
		cmocka_unit_test(a_peer_that_is_named_needs_one_ring_of_the_kernel),
		cmocka_unit_test(libbpf_that_is_named_does_not_go_with_memory),
		cmocka_unit_test(libbpf_that_came_by_all_is_left_out_with_memory),
		cmocka_unit_test(nothing_is_said_where_nothing_is_left_out),
		cmocka_unit_test(a_perf_buffer_that_came_by_all_is_left_out_where_it_cannot_run),
		cmocka_unit_test(a_perf_buffer_that_is_named_has_to_be_able_to_run),
		cmocka_unit_test(write_is_how_producers_write),
		cmocka_unit_test(back_to_back_is_one_thread),
		cmocka_unit_test(producers_may_share_the_consumers_cpu),
		cmocka_unit_test(the_preset_asks_who_is_in_the_kernels_benchmark),
		cmocka_unit_test(what_the_preset_sets_is_not_given),
		cmocka_unit_test(nothing_is_said_where_something_is_wrong),
		cmocka_unit_test(advise_is_for_batch_and_paced),
		cmocka_unit_test(advise_is_for_one_other_combination),
		cmocka_unit_test(advise_is_not_for_several),
		cmocka_unit_test(advise_is_given_no_size),
		cmocka_unit_test(advise_takes_any_sampling),
		cmocka_unit_test(every_wrong_value_gets_its_line),
		cmocka_unit_test(every_wrong_value_of_drain_is_refused),
		cmocka_unit_test(what_is_no_flag_gets_its_line),
		cmocka_unit_test(every_flag_needs_its_value),
		cmocka_unit_test(a_ring_is_a_power_of_two_that_the_kernel_takes),
		cmocka_unit_test(a_ring_holds_an_event),
		cmocka_unit_test(as_many_events_as_notify_fit_into_the_ring),
		cmocka_unit_test(rings_that_overwrite_are_copied),
		cmocka_unit_test(a_ring_in_memory_has_no_system_calls),
		cmocka_unit_test(a_rate_has_to_give_an_event),
		cmocka_unit_test(long_values_leave_room_for_advice),
		cmocka_unit_test(help_has_every_flag),
		cmocka_unit_test(help_has_the_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
