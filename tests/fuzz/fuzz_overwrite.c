/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reader of a ring that overwrites: all three positions and all bytes are hostile and change
 * between calls and during sleeps. The input is a program, as for fuzz_reader.c. Demanded: no
 * overwritten or missing record is returned, the counts add up, nothing else is read or written,
 * and each call ends.
 */
#include <inttypes.h>
#include <string.h>

#include "demand.h"
#include "hostile_ring.h"
#include "input.h"
#include "reader.h"
#include "support/virtual_time.h"

#define SIZE 4096
#define STEPS_MOST 400

static struct hostile_ring ring;
static struct input input;
static struct ringview *rv;
static bool passive;

/* Returns where the reader must arrive from @start. */
static struct {
	uint64_t start, read;            /* a position, and bytes since then */
	uint64_t overwritten, discarded; /* counted before */
	uint64_t word;                   /* the consumer position written last */
	bool others;                     /* something else wrote it */
} expected;

/* Hostility. */

static uint32_t *header_at(uint64_t position)
{
	return (uint32_t *)(void *)(ring.bytes + position / 8 * 8 % SIZE);
}

/* As a producer that overwrites. */
static void put_records(void)
{
	const uint32_t length = (uint32_t)take(&input, 1), bits = (uint32_t)(take_byte(&input) % 4)
								  << 30;

	for (uint8_t count = take_byte(&input) % 64; count > 0; count--) {
		const uint64_t end = *ring.producer + hostile_stride(length);

		for (int i = 0; i < SIZE / 8 && end - *ring.overwrite >= SIZE; i++)
			*ring.overwrite +=
				hostile_stride(*header_at(*ring.overwrite) & ~(3u << 30));
		*header_at(*ring.producer) = length | bits;
		*ring.producer = end;
	}
}

static uint64_t *some_position(void)
{
	uint64_t *const positions[] = { ring.producer, ring.overwrite, ring.consumer };
	uint64_t *const position = positions[take_byte(&input) % 3];

	expected.others |= position == ring.consumer;
	return position;
}

static void change(void)
{
	const uint64_t near = rv ? reader_position(reader_of(rv)) : *ring.overwrite;

	switch (take_byte(&input) % 7) {
	case 0:
	case 1:
	case 2:
		put_records();
		break;
	case 3:
		*header_at(near + 8 * take(&input, 1)) = (uint32_t)take(&input, 4);
		break;
	case 4:
		*some_position() += (uint64_t)(int8_t)take(&input, 1) * 8;
		break;
	case 5:
		*some_position() = take(&input, 8);
		break;
	case 6: /* an empty ring somewhere */
		*ring.producer = *ring.overwrite = take(&input, 8) & ~UINT64_C(7);
		break;
	}
}

static int64_t happen(void *context, int64_t now)
{
	(void)context;
	if (input.left == 0)
		return VIRTUAL_NEVER;
	change();
	return now + 1 + (int64_t)take(&input, 2);
}

/* Calls. */

static void begin_counting(void)
{
	const struct reader *r = reader_of(rv);

	expected.start = reader_position(r);
	expected.read = 0;
	expected.overwritten = r->statistics.overwritten;
	expected.discarded = r->statistics.discarded;
	expected.word = *ring.consumer;
	expected.others = false;
}

static void open_one(void)
{
	struct ringview_options options = RINGVIEW_OPTIONS_DEFAULT;
	struct ringview_memory memory = ring.memory;
	const uint8_t choice = take_byte(&input);

	ringview_close(rv);
	rv = NULL;
	options.wait = (enum ringview_wait_strategy)(choice % 3);
	passive = choice / 3 % 2;
	memory.overwrite = memory.producer + 2;
	if (passive)
		memory.consumer = NULL;
	if (ringview_open_memory(&rv, &memory, &options)) {
		rv = NULL;
		return;
	}
	reader_of(rv)->in_order = choice / 6 % 2;
	begin_counting();
}

/* After each call. */
static void check(int result)
{
	const struct reader *r = reader_of(rv);
	struct ringview_statistics all;
	uint64_t moved, counted;

	ringview_get_statistics(rv, &all);
	moved = reader_position(r) - expected.start;
	counted = expected.read + all.overwritten - expected.overwritten;
	demand(moved >= counted && (moved == counted || all.discarded > expected.discarded),
		"%" PRIu64 " bytes of %" PRIu64 " are accounted for", counted, moved);
	demand(all.high_water <= SIZE, "more waits than there is room for");
	demand(rv->end <= rv->next, "something can be shown in place");
	demand(!passive || expected.others || *ring.consumer == expected.word,
		"a passive reader writes");
	demand(result >= 0 || result == -EBADMSG || result == -EBUSY || result == -EMSGSIZE ||
			result == -ECANCELED || result == -EINTR || (passive && result == -EACCES),
		"%d", result);
	demand(result != -EBUSY || expected.others, "nobody else wrote the consumer position");
}

static void read_one(void)
{
	static unsigned char buffer[2 * SIZE];
	const size_t capacity = take(&input, 1) * (1 + take_byte(&input) % 8);
	unsigned char *to =
		buffer + sizeof(buffer) -
		capacity; /* on the heap: the sanitizer detects accesses beyond its end */
	size_t length = 54321;
	uint64_t at;
	const int result = ringview_read_into(rv, to, capacity, &length);

	if (result == 1) {
		demand(length <= capacity && length + 8 <= SIZE, "%zu bytes", length);
		expected.read += hostile_stride((uint32_t)length);
		at = reader_position(reader_of(rv)) - hostile_stride((uint32_t)length);
		demand(*header_at(at) == length, "it has another length");
		demand(memcmp(to, (const unsigned char *)ring.memory.data + at % SIZE + 8,
			       length) == 0,
			"the copy is another");
		demand((int64_t)(reader_of(rv)->produced - at) > 0, "it was never produced");
		demand(!reader_of(rv)->in_order || (int64_t)(at - *ring.overwrite) >= 0,
			"it is overwritten");
		demand(reader_of(rv)->in_order || *ring.producer - at <= SIZE - SIZE / 8,
			"it is not certain");
	}
	demand(result == -EMSGSIZE ? length > capacity : result == 1 || length == 54321,
		"the length");
	check(result);
}

static void snapshot(void)
{
	static uint64_t memory[SIZE / 8];
	const size_t size = take_byte(&input) % 2 ? SIZE : take(&input, 2) % SIZE;
	unsigned char *to = (unsigned char *)memory + (SIZE - size) / 8 * 8;
	struct ringview_record record;
	struct ringview_window window;
	uint64_t records = 0;
	const int result = ringview_snapshot(rv, to, size, &window);

	demand(result == 0 || result == -EBADMSG || result == -EAGAIN || result == -EMSGSIZE ||
			!reader_of(rv)->in_order,
		"%d", result);
	demand(result != -EMSGSIZE || window.bytes > size, "it has room");
	if (result)
		return;
	demand(window.bytes <= size && window.position + window.bytes == *ring.producer,
		"the window");
	while (ringview_window_next(&window, &record) > 0) {
		const unsigned char *data = record.data;

		demand(data >= to && data + record.length <= to + size,
			"a record beyond the memory");
		demand(records++ < SIZE / 8, "the window has no end");
	}
}

static void wait_for(int64_t timeout_ns)
{
	const uint64_t readings = virtual_readings();

	if (timeout_ns > 0)
		virtual_time_expect(happen, NULL, virtual_now() + (int64_t)take(&input, 1));
	check(ringview_wait(rv, timeout_ns));
	virtual_time_expect(NULL, NULL, VIRTUAL_NEVER);
	demand(virtual_readings() - readings <= 400 + (uint64_t)timeout_ns / VIRTUAL_READING,
		"it does not come to an end");
}

static void call(void)
{
	const uint8_t which = take_byte(&input) % 12;
	struct ringview_record record;

	if (!rv || which == 0) {
		open_one();
		return;
	}
	switch (which) {
	case 1:
		snapshot();
		break;
	case 2:
		demand(ringview_peek(rv, &record) == -EOPNOTSUPP, "it is shown in place");
		break;
	case 3:
		wait_for(0);
		break;
	case 4:
		wait_for((int64_t)take(&input, 1) * 64);
		break;
	case 5:
		check(ringview_arm(rv));
		break;
	case 6:
		ringview_release(rv);
		ringview_cancel(rv);
		check(0);
		break;
	case 7:
		ringview_restart(rv);
		begin_counting();
		break;
	default:
		read_one();
	}
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	input = (struct input){ data, size };
	if (!ring.bytes)
		hostile_ring_open(&ring, SIZE);
	hostile_ring_clear(&ring);
	virtual_time_begin(NULL, NULL, VIRTUAL_NEVER);
	for (int steps = 0; input.left > 0 && steps < STEPS_MOST; steps++) {
		if (take_byte(&input) % 2)
			change();
		else
			call();
	}
	ringview_close(rv);
	rv = NULL;
	virtual_time_end();
	return 0;
}
