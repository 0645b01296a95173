/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A peer (peers/README.md) that misbehaves: fake_peer NAME BEHAVIOUR DESCRIPTOR. What it reads, it
 * reads with the library, rightly but for the behaviour.
 */
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "live_events.h"
#include "ringview/ringview.h"
#include "readers/touch.h"

static const char *name, *behaviour;

static bool is(const char *what)
{
	return strcmp(behaviour, what) == 0;
}

static void misbehave(const char *when)
{
	char what[32];

#define NOW(how) (snprintf(what, sizeof(what), how "_%s", when), is(what))
	if (NOW("crash")) {
		signal(SIGSEGV, SIG_DFL);
		raise(SIGSEGV);
	}
	if (NOW("exit"))
		exit(3);
	while (NOW("hang"))
		pause();
	if (NOW("garbage"))
		puts("no JSON\x1b[31m");
	if (NOW("error"))
		puts("{\"error\": \"no more tea\\nin the pot\"}");
	if (NOW("huge"))
		for (int i = 0; i < 1 << 20; i++)
			putchar('[');
#undef NOW
}

#define TOUCHING_NAME(id, argument) #id,

static const char *const touching_names[] = { FOR_EACH_TOUCHING(TOUCHING_NAME, ) };

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int drain(int map_fd, const char *touching_name)
{
	struct ringview_record record;
	struct ringview *reader;
	uint64_t sum = 0, events = 0;
	int touching = 0;
	int64_t ns;

	while (strcmp(touching_names[touching], touching_name) != 0)
		touching++;
	if (touching != TOUCHING_PROOF)
		misbehave("late");
	if (ringview_open(&reader, map_fd, NULL))
		return 1;
	ns = now_ns();
	while (ringview_peek(reader, &record) > 0) {
		sum = touch_record(
			(enum touching)touching, sum, record.data, (uint32_t)record.length);
		events++;
	}
	if (!is("unreleased"))
		ringview_release(reader);
	else
		ringview_cancel(reader);
	ns = now_ns() - ns;
	ringview_close(reader);
	events += is("one_more");
	events -= is("one_less");
	sum += is("wrong_sum");
	ns = is("no_time") ? 0 : is("long_time") ? ns + INT64_C(3600000000000) : ns;
	printf("{\"events\": %" PRIu64 ", \"ns\": %" PRId64 ", \"checksum\": \"%" PRIu64 "\"}\n",
		events, ns, sum);
	if (is("talks"))
		puts("{}");
	return 0;
}

/* Counts of producers 0 to 63, and how late its events were, each one in a bucket of 0 to 63 ns. */
static uint64_t read_of[64], next_of[64], stamped;

static void count(const struct ringview_record *record)
{
	const struct live_event *event = record->data;
	const uint64_t producer = event->id >> LIVE_SEQUENCE_BITS;

	read_of[producer % 64]++;
	next_of[producer % 64] = (event->id & ((UINT64_C(1) << LIVE_SEQUENCE_BITS) - 1)) + 1;
	stamped += event->due != 0;
}

static void print_counts(const char *what, const uint64_t *counts, int producers)
{
	printf("\"%s\": [", what);
	for (int i = 0; i < producers; i++)
		printf("%s%" PRIu64, i ? ", " : "", counts[i]);
	printf("], ");
}

static void report(int producers, int64_t last_ns)
{
	uint64_t sum = 0;

	read_of[0] += is("one_more");
	next_of[0] += is("beyond") ? UINT64_C(1) << 40 : 0;
	read_of[0] -= is("one_less") && read_of[0] > 0;
	for (int i = 0; i < producers; i++)
		sum += read_of[i];
	printf("{\"consumed\": %" PRIu64 ", ", sum + is("other_sum"));
	print_counts("read", read_of, producers);
	print_counts("next", next_of, producers);
	printf("\"last_ns\": %" PRId64 ", \"cpu_ns\": 1, \"sleeps\": null, \"wakeups\": null, ",
		last_ns + (is("future") ? INT64_C(3600000000000) : 0));
	if (is("no_lateness") || stamped == 0)
		puts("\"latency\": [], \"latency_max\": 0, \"latency_min\": 0}");
	else
		printf("\"latency\": [[5, %" PRIu64 "]], \"latency_max\": 5, "
		       "\"latency_min\": 5}\n",
			stamped);
}

static bool is_told_to_stop(void)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&input, 1, 0) > 0;
}

static int live(int map_fd, int producers)
{
	struct ringview_record record;
	struct ringview *reader;
	const int64_t start = now_ns();
	int64_t last_ns = start;
	bool began = false, stop;
	char line[16];

	if (ringview_open(&reader, map_fd, NULL))
		return 1;
	misbehave("at_ready");
	if (!is("garbage_at_ready") && !is("error_at_ready"))
		printf("{\"ready\": %s}\n", is("unready") ? "false" : "true");
	fflush(stdout);
	if (is("talks_in_live"))
		puts("{}");
	fflush(stdout);
	do {
		stop = is_told_to_stop();
		while (!is("reads_nothing") && ringview_peek(reader, &record) > 0) {
			count(&record);
			last_ns = now_ns();
		}
		ringview_release(reader);
		/* Events come once "ready" was read, and then it was read alone. */
		if (!began && (stop || last_ns > start)) {
			misbehave("in_live");
			fflush(stdout);
			began = true;
		}
	} while (!stop);
	ringview_close(reader);
	if (!fgets(line, sizeof(line), stdin) || strcmp(line, "stop\n") != 0)
		return 1;
	misbehave("at_stop");
	if (!is("garbage_at_stop") && !is("error_at_stop"))
		report(producers, last_ns);
	return 0;
}

int main(int argc, char **argv)
{
	char line[256], touching[32];
	int producers;

	if (argc != 4)
		return 2;
	name = argv[1];
	behaviour = argv[2];
	misbehave("at_start");
	printf("{\"peer\": \"%s\", \"version\": \"1.2\", "
	       "\"language\": \"C\", \"paths\": [\"%s\"]}\n",
		is("another") ? "nobody" : name, name);
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "live %*s %d", &producers) == 1) {
			if (live(atoi(argv[3]), producers))
				return 5;
			fflush(stdout);
			continue;
		}
		if (sscanf(line, "drain %*s %*s %31s", touching) != 1)
			return 4;
		misbehave("in_drain");
		if (!is("garbage_in_drain") && !is("error_in_drain") &&
			drain(atoi(argv[3]), touching))
			return 5;
		fflush(stdout);
	}
	misbehave("at_end");
	return 0;
}
