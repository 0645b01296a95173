/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Of test_grown: uses each struct that may grow. With an argument it asks for what an older library
 * does not know, which has to be refused.
 */
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>

#include "ringview/ringview.h"

#define RING_SIZE 4096
#define GUARD 0x5a5a5a5a5a5a5a5au
#define EXPECT(condition)                                              \
	do {                                                           \
		if (!(condition)) {                                    \
			printf("line %d: %s\n", __LINE__, #condition); \
			return 1;                                      \
		}                                                      \
	} while (0)

static unsigned char data[2 * RING_SIZE] __attribute__((aligned(4096)));
static uint64_t consumer, producer;

static int pass(void *context, const void *record, size_t length)
{
	(void)context;
	(void)record;
	return length == 8 ? 0 : -1;
}

int main(int argc, char **argv)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct ringview_memory memory = { .consumer = &consumer,
		.producer = &producer,
		.data = data,
		.size = RING_SIZE,
		.notify_fd = eventfd(0, EFD_NONBLOCK) };
	struct ringview_limits limits = { .records = 2 };
	struct {
		struct ringview_statistics statistics;
		uint64_t guard;
	} filled = { .guard = GUARD };
	struct ringview *rv;

	(void)argv;
	for (int i = 0; i < 10; i++)
		data[16 * i] = 8;
	producer = 160;
	options.wait = RINGVIEW_WAIT_PACED;
	EXPECT(ringview_open_memory(&rv, &memory, &options) == 0);
#ifdef GROWN
	if (argc > 1) {
		struct ringview *other;

		options.more[2] = 1;
		EXPECT(ringview_open_memory(&other, &memory, &options) == -EINVAL);
		options.more[2] = 0;
		memory.more[0] = 1;
		EXPECT(ringview_open_memory(&other, &memory, &options) == -EINVAL);
		limits.more[1] = 1;
		EXPECT(ringview_drain(rv, pass, NULL, &limits) == -EINVAL);
		limits.more[1] = 0;
	}
#endif
	EXPECT(ringview_drain(rv, pass, NULL, &limits) == 2);
	EXPECT(ringview_drain(rv, pass, NULL, NULL) == 8);
	ringview_get_statistics(rv, &filled.statistics);
	EXPECT(filled.statistics.records == 10 && filled.statistics.bytes == 80);
	EXPECT(filled.guard == GUARD);
	ringview_close(rv);
	return 0;
}
