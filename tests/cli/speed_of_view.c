/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long reading with a release a record takes, against one release for all, in a ring that the
 * cache holds: the median ratio of rotated rounds. The two differ by a load, a compare and two
 * stores a record, unless the compiler made something of the inline functions that stalls.
 * test_compilers builds this with each compiler.
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

static int ascending(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	static double ratios[ROUNDS];
	struct ringview_memory memory = { &consumer, &producer, data, RING_SIZE,
		eventfd(0, EFD_NONBLOCK) };
	struct ringview *rv;

	for (int i = 0; i < RECORDS; i++)
		*(uint32_t *)(data + i * STRIDE) = STRIDE - RINGVIEW_HEADER_SIZE;
	producer = RECORDS * STRIDE;
	if (ringview_open_memory(&rv, &memory, NULL) != 0)
		return 2;
	for (int round = 0; round < ROUNDS; round++) {
		const bool first = round % 2 == 0;
		double a = timed(rv, first ? view : batch), b = timed(rv, first ? batch : view);

		ratios[round] = first ? a / b : b / a;
	}
	ringview_close(rv);
	qsort(ratios, ROUNDS, sizeof(ratios[0]), ascending);
	printf("%.2f\n", ratios[ROUNDS / 2]);
	return sum == 1; /* read, so computed */
}
