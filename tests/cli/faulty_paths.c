/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths that read wrongly, each in one way, so that tests see whether the benchmark notices; and
 * two that read rightly, for what it says of speed: `slow3`, path batch with its time stretched by
 * 3 %, and `same`, path batch once more.
 *
 * When a reading starts, all its events are in the ring: none of these has to wait.
 */
#include <errno.h>
#include <time.h>

#include "readers/ringview_reader.h"

static struct ringview *ring_of(struct reading *r)
{
	return ((struct ringview_state *)r->state)->readers[0];
}

static void add(struct reading *r, const void *data, size_t length)
{
	on_event(r->work, r, &r->found, data, length);
}

/* Reads, as it should be done, what is left in the ring. */
static int read_rest(struct reading *r)
{
	struct ringview *rv = ring_of(r);
	struct ringview_record record;
	int found;

	while ((found = ringview_peek(rv, &record)) > 0)
		add(r, record.data, record.length);
	ringview_release(rv);
	return found;
}

static int lose_read(struct reading *r)
{
	struct ringview_record lost;

	if (ringview_peek(ring_of(r), &lost) <= 0)
		return -ENODATA;
	return read_rest(r);
}

static int twice_read(struct reading *r)
{
	struct ringview_record record;

	if (ringview_peek(ring_of(r), &record) <= 0)
		return -ENODATA;
	add(r, record.data, record.length);
	add(r, record.data, record.length);
	return read_rest(r);
}

/* Each record once, and the sum of all is right: only the order is not. */
static int swap_read(struct reading *r)
{
	struct ringview_record first, second;

	if (ringview_peek(ring_of(r), &first) <= 0 || ringview_peek(ring_of(r), &second) <= 0)
		return -ENODATA;
	add(r, second.data, second.length);
	add(r, first.data, first.length);
	return read_rest(r);
}

/* Right in the warm-up's proof, wrong in what is timed. */
static int checksum_read(struct reading *r)
{
	int err = read_rest(r);

	r->found.checksum += r->work != TOUCHING_PROOF;
	return err;
}

/* The last byte of an skb_meta is padding, which no sum of fields looks at. */
static int byte_read(struct reading *r)
{
	unsigned char *copy = ((struct ringview_state *)r->state)->buffer;
	size_t length;

	if (ringview_read_into(ring_of(r), copy, SIZED_EVENT_MAX, &length) <= 0)
		return -ENODATA;
	copy[length - 1] ^= 1;
	add(r, copy, length);
	return read_rest(r);
}

/* Reads every record, and releases all but the last. */
static int release_read(struct reading *r)
{
	struct ringview_record record;

	for (uint64_t i = 0; i < r->fill->wanted; i++) {
		if (i + 1 == r->fill->wanted)
			ringview_release(ring_of(r));
		if (ringview_peek(ring_of(r), &record) <= 0)
			return -ENODATA;
		add(r, record.data, record.length);
	}
	ringview_cancel(ring_of(r));
	return 0;
}

static int error_read(struct reading *r)
{
	(void)r;
	return -EBADMSG;
}

/* What was lost does not come by waiting. */
#define FAULTY_READER(fault, what)                                                \
	static int fault##_read_once(struct reading *r, int64_t timeout_ns)       \
	{                                                                         \
		return timeout_ns > 0 ? 0 : fault##_read(r);                      \
	}                                                                         \
	const struct reader faulty_##fault##_reader = { .name = "faulty-" #fault, \
		.summary = "for tests: " what,                                    \
		.drains = true,                                                   \
		.state_size = sizeof(struct ringview_state),                      \
		.open = ringview_reader_open,                                     \
		.read = fault##_read_once,                                        \
		.rewind = ringview_reader_rewind,                                 \
		.close = ringview_reader_close }

FAULTY_READER(lose, "loses one record");
FAULTY_READER(twice, "reads one record twice");
FAULTY_READER(swap, "reads two records in the wrong order");
FAULTY_READER(checksum, "says a wrong checksum where it is timed");
FAULTY_READER(byte, "copies one byte wrongly");
FAULTY_READER(release, "does not release the last record");
FAULTY_READER(error, "fails with -EBADMSG");

/*
 * The right ones pass everything on to batch, with its own state.
 */

extern const struct reader batch_reader;

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* Asking for the time takes some 50 ns itself: to be 3 % to a tenth, a reading has to take 50 us.
 */
static int slow3_loop(struct reading *r, struct ringview *ring)
{
	const int64_t before = now_ns();
	const int err = batch_reader.loop(r, ring);
	const int64_t after = now_ns(), until = after + (after - before) * 3 / 100;

	while (now_ns() < until)
		;
	return err;
}

static int same_loop(struct reading *r, struct ringview *ring)
{
	return batch_reader.loop(r, ring);
}

const struct reader slow3_reader = {
	RINGVIEW_LOOP(slow3_loop),
	.name = "slow3",
	.summary = "for tests: as batch, 3 % slower",
};

const struct reader same_reader = {
	RINGVIEW_LOOP(same_loop),
	.name = "same",
	.summary = "for tests: batch once more",
};
