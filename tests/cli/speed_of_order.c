/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an order costs: speed_of_order [ROUNDS] reads rings that were filled before, of which each
 * record belongs after one of another ring, and prints the medians in ns a record:
 *
 *	turns    an unordered group
 *	ordered  ringview_group_peek_ordered()
 *	scan     by hand: for each record the timestamps of the next records of all rings
 *	kept     the same, with the timestamps kept in an array
 *
 * All read the timestamp of each record. The runs of a round take turns.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "rings/memory_ring.h"
#include "statistics/random.h"

#define RINGS_MOST 64
#define RECORDS 65536 /* of all rings */
#define LENGTH 64
#define ROUNDS 31
#define WAYS 4

struct event {
	uint64_t time;
	uint64_t rest[LENGTH / 8 - 1];
};

static struct memory_ring rings[RINGS_MOST];
static struct ringview *readers[RINGS_MOST];
static struct ringview_group *turns, *ordered;
static size_t count;
static uint64_t sum, latest, inversions, seen;

static void require(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "speed_of_order: %s\n", what);
	exit(1);
}

static inline void handle(const struct ringview_record *record)
{
	sum += ((const struct event *)record->data)->time;
	seen++;
}

static inline void handle_in_order(uint64_t time)
{
	inversions += time < latest;
	latest = time;
	sum += time;
	seen++;
}

static void read_turns(void)
{
	struct ringview_record record;
	struct ringview *rv;

	while (ringview_group_wait(turns, 0) > 0) {
		while (ringview_group_next(turns, &rv) > 0) {
			while (ringview_peek(rv, &record) > 0)
				handle(&record);
			ringview_release(rv);
		}
	}
}

static void read_ordered(void)
{
	struct ringview_record record;

	while (ringview_group_wait(ordered, 0) > 0)
		while (ringview_group_peek_ordered(ordered, &record, NULL) > 0)
			handle_in_order(((const struct event *)record.data)->time);
}

/* A dry ring is asked again for each record, or something older may come there meanwhile. */
static void read_scan(void)
{
	static struct ringview_record heads[RINGS_MOST];
	static bool has[RINGS_MOST];

	for (;;) {
		uint64_t oldest = UINT64_MAX;
		size_t which = RINGS_MOST;

		for (size_t i = 0; i < count; i++) {
			uint64_t time;

			if (!has[i] && !(has[i] = ringview_peek(readers[i], &heads[i]) > 0))
				continue;
			time = ((const struct event *)heads[i].data)->time;
			if (time < oldest) {
				oldest = time;
				which = i;
			}
		}
		if (which == RINGS_MOST)
			break;
		handle_in_order(oldest);
		has[which] = false;
	}
	for (size_t i = 0; i < count; i++)
		ringview_release(readers[i]);
}

static void read_kept(void)
{
	static uint64_t times[RINGS_MOST];
	struct ringview_record record;

	for (size_t i = 0; i < count; i++)
		times[i] = ringview_peek(readers[i], &record) > 0
				   ? ((const struct event *)record.data)->time
				   : UINT64_MAX;
	for (;;) {
		uint64_t oldest = times[0];
		size_t which = 0;

		for (size_t i = 1; i < count; i++) {
			const bool less = times[i] < oldest;

			oldest = less ? times[i] : oldest;
			which = less ? i : which;
		}
		if (oldest == UINT64_MAX)
			break;
		handle_in_order(oldest);
		times[which] = ringview_peek(readers[which], &record) > 0
				       ? ((const struct event *)record.data)->time
				       : UINT64_MAX;
	}
	for (size_t i = 0; i < count; i++)
		ringview_release(readers[i]);
}

static const struct {
	const char *name;
	void (*read)(void);
	struct ringview_group **group;
} ways[WAYS] = {
	{ "turns", read_turns, &turns },
	{ "ordered", read_ordered, &ordered },
	{ "scan", read_scan, NULL },
	{ "kept", read_kept, NULL },
};

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double timed(size_t way)
{
	double start;

	sum = latest = inversions = seen = 0;
	for (size_t i = 0; i < count; i++) {
		*rings[i].consumer = 0;
		require(ringview_restart(readers[i]) == 0, "cannot restart");
		if (ways[way].group)
			require(ringview_group_add(*ways[way].group, readers[i]) == 0,
				"cannot add");
	}
	start = now_ns();
	ways[way].read();
	start = now_ns() - start;
	for (size_t i = 0; i < count && ways[way].group; i++)
		ringview_group_remove(*ways[way].group, readers[i]);
	require(seen == RECORDS && inversions == 0, "not all were read, and in order");
	return start / RECORDS;
}

static int ascending(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The random order of rings is one that a processor cannot predict. */
static void fill(void)
{
	struct random_stream random = { 1 };

	for (size_t i = 0; i < count; i++) {
		struct ringview_memory memory;

		require(memory_ring_open(&rings[i], (size_t)1 << (count < 16 ? 21 : 18)) == 0,
			"no memory");
		memory = memory_ring_view(&rings[i]);
		require(ringview_open_memory(&readers[i], &memory, NULL) == 0, "cannot open");
	}
	for (uint64_t n = 0; n < RECORDS; n++) {
		const size_t i = random_below(&random, (uint32_t)count);
		struct event *event = memory_ring_reserve(&rings[i], sizeof(*event));

		require(event != NULL, "no room");
		*event = (struct event){ .time = 1 + n };
		memory_ring_submit(&rings[i], event, 0);
	}
}

static void measure(size_t rounds)
{
	static double times[WAYS][1000];

	fill();
	for (size_t round = 0; round < rounds; round++)
		for (size_t i = 0; i < WAYS; i++)
			times[(round + i) % WAYS][round] = timed((round + i) % WAYS);
	printf("%2zu rings", count);
	for (size_t way = 0; way < WAYS; way++) {
		qsort(times[way], rounds, sizeof(times[way][0]), ascending);
		printf("  %s %.1f", ways[way].name, times[way][rounds / 2]);
	}
	printf("\n");
	for (size_t i = 0; i < count; i++) {
		ringview_close(readers[i]);
		memory_ring_close(&rings[i]);
	}
}

int main(int argc, char **argv)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct ringview_order order = RINGVIEW_ORDER_DEFAULT;
	const size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : ROUNDS;

	require(rounds > 0 && rounds <= 1000, "1 to 1000 rounds");
	require(ringview_group_open(&turns, &options) == 0, "cannot open a group");
	require(ringview_group_open(&ordered, &options) == 0, "cannot open a group");
	require(ringview_group_set_order(ordered, &order) == 0, "cannot set the order");
	for (count = 8; count <= RINGS_MOST; count *= 8)
		measure(rounds);
	ringview_group_close(turns);
	ringview_group_close(ordered);
	return 0;
}
