/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long reading with a release for each record takes, against one release for all, and how long
 * that takes against a walk by hand, in a ring that the cache holds: ratios of the shortest times
 * of rotated rounds, as other work on the machine makes a round longer. Both are small unless the
 * compiler made something of the inline functions that stalls. test_compilers builds this with each
 * compiler.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>

#include "ringview/ringview.h"

#define RING_SIZE 65536
#define STRIDE 72
#define RECORDS (RING_SIZE / STRIDE)
#define ROUNDS 501

static unsigned char data[2 * RING_SIZE] __attribute__((aligned(4096)));
static uint64_t consumer, producer, sum;

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void view(struct ringview *rv)
{
	struct ringview_record record;

	while (ringview_peek(rv, &record) > 0) {
		sum += *(const uint64_t *)record.data;
		ringview_release(rv);
	}
}

static void batch(struct ringview *rv)
{
	struct ringview_record record;

	while (ringview_peek(rv, &record) > 0)
		sum += *(const uint64_t *)record.data;
	ringview_release(rv);
}

static void walk(struct ringview *rv)
{
	uint64_t at = consumer;

	(void)rv;
	while (at < producer) {
		uint32_t length = __atomic_load_n((const uint32_t *)(data + at), __ATOMIC_ACQUIRE);

		sum += *(const uint64_t *)(data + at + RINGVIEW_HEADER_SIZE);
		at += (length + RINGVIEW_HEADER_SIZE + 7) & ~UINT64_C(7);
	}
	__atomic_store_n(&consumer, at, __ATOMIC_RELEASE);
}

static double timed(struct ringview *rv, void (*read)(struct ringview *))
{
	double start;

	consumer = 0;
	if (ringview_restart(rv) != 0)
		abort();
	start = now_ns();
	read(rv);
	return now_ns() - start;
}

int main(void)
{
	static void (*const ways[])(struct ringview *) = { walk, view, batch };
	double shortest[3] = { 1e9, 1e9, 1e9 };
	struct ringview_memory memory = { &consumer, &producer, data, RING_SIZE,
		eventfd(0, EFD_NONBLOCK) };
	struct ringview *rv;

	for (int i = 0; i < RECORDS; i++)
		*(uint32_t *)(data + i * STRIDE) = STRIDE - RINGVIEW_HEADER_SIZE;
	producer = RECORDS * STRIDE;
	if (ringview_open_memory(&rv, &memory, NULL) != 0)
		return 2;
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < 3; i++) {
			const int way = (round + i) % 3;
			const double took = timed(rv, ways[way]);

			if (took < shortest[way])
				shortest[way] = took;
		}
	}
	ringview_close(rv);
	printf("%.2f %.2f\n", shortest[1] / shortest[2], shortest[2] / shortest[0]);
	return sum == 1; /* read, so computed */
}
