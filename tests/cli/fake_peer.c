/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A peer (peers/README.md) that misbehaves: fake_peer NAME BEHAVIOUR DESCRIPTOR. What it reads, it
 * reads with the library, rightly but for the behaviour.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "paths/path.h"
#include "paths/touch.h"

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

int main(int argc, char **argv)
{
	char line[256], touching[32];

	if (argc != 4)
		return 2;
	name = argv[1];
	behaviour = argv[2];
	misbehave("at_start");
	printf("{\"peer\": \"%s\", \"version\": \"1.2\", "
	       "\"language\": \"C\", \"paths\": [\"%s\"]}\n",
		is("another") ? "nobody" : name, is("other_path") ? "nothing" : name);
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
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
