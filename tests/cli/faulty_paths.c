/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths that read wrongly, each in one way, so that tests see whether the benchmark notices; and
 * two that read rightly, for what it says of speed: `slow3`, path batch with its time stretched by
 * 3 %, and `same`, path batch once more.
 *
 * When a reading starts, all its events are in the ring: none of these has to wait.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "readers/path.h"
#include "readers/touch.h"

struct faulty_state {
	struct ringview *reader;
	unsigned char copy[SIZED_EVENT_MAX] __attribute__((aligned(8)));
};

static int faulty_open(void **state, struct source *source, struct complaint *why)
{
	struct faulty_state *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return complain(why, -ENOMEM, "out of memory");
	err = source->operations->open_reader(source, &s->reader);
	if (err) {
		free(s);
		return complain(why, err, "cannot open a reader: %s", strerror(-err));
	}
	*state = s;
	return 0;
}

static int faulty_rewind(void *state)
{
	return ringview_restart(((struct faulty_state *)state)->reader);
}

static void faulty_close(void *state)
{
	ringview_close(((struct faulty_state *)state)->reader);
	free(state);
}

static struct ringview *reader_of(void *state)
{
	return ((struct faulty_state *)state)->reader;
}

static void add(struct reading_result *result, const struct reading *reading, const void *data,
	size_t length)
{
	result->checksum =
		touch_record(reading->touching, result->checksum, data, (uint32_t)length);
	result->events++;
}

/* Reads, as it should be done, what is left in the ring. */
static int read_rest(
	struct ringview *reader, const struct reading *reading, struct reading_result *result)
{
	struct ringview_record record;
	int found;

	while ((found = ringview_peek(reader, &record)) > 0)
		add(result, reading, record.data, record.length);
	ringview_release(reader);
	return found;
}

static int lose_read(void *state, const struct reading *reading, struct reading_result *result)
{
	struct ringview_record lost;

	if (ringview_peek(reader_of(state), &lost) <= 0)
		return -ENODATA;
	return read_rest(reader_of(state), reading, result);
}

static int twice_read(void *state, const struct reading *reading, struct reading_result *result)
{
	struct ringview_record record;

	if (ringview_peek(reader_of(state), &record) <= 0)
		return -ENODATA;
	add(result, reading, record.data, record.length);
	add(result, reading, record.data, record.length);
	return read_rest(reader_of(state), reading, result);
}

/* Each record once, and the sum of all is right: only the order is not. */
static int swap_read(void *state, const struct reading *reading, struct reading_result *result)
{
	struct ringview_record first, second;

	if (ringview_peek(reader_of(state), &first) <= 0 ||
		ringview_peek(reader_of(state), &second) <= 0)
		return -ENODATA;
	add(result, reading, second.data, second.length);
	add(result, reading, first.data, first.length);
	return read_rest(reader_of(state), reading, result);
}

/* Right in the warm-up's proof, wrong in what is timed. */
static int checksum_read(void *state, const struct reading *reading, struct reading_result *result)
{
	int err = read_rest(reader_of(state), reading, result);

	result->checksum += reading->touching != TOUCHING_PROOF;
	return err;
}

/* The last byte of an skb_meta is padding, which no sum of fields looks at. */
static int byte_read(void *state, const struct reading *reading, struct reading_result *result)
{
	struct faulty_state *s = state;
	size_t length;

	if (ringview_read_into(s->reader, s->copy, sizeof(s->copy), &length) <= 0)
		return -ENODATA;
	s->copy[length - 1] ^= 1;
	add(result, reading, s->copy, length);
	return read_rest(s->reader, reading, result);
}

/* Reads every record, and gives back all but the last. */
static int release_read(void *state, const struct reading *reading, struct reading_result *result)
{
	struct ringview_record record;

	for (uint64_t i = 0; i < reading->events; i++) {
		if (i + 1 == reading->events)
			ringview_release(reader_of(state));
		if (ringview_peek(reader_of(state), &record) <= 0)
			return -ENODATA;
		add(result, reading, record.data, record.length);
	}
	ringview_cancel(reader_of(state));
	return 0;
}

static int error_read(void *state, const struct reading *reading, struct reading_result *result)
{
	(void)state;
	(void)reading;
	(void)result;
	return -EBADMSG;
}

#define FAULTY_PATH(fault, what)                    \
	const struct path faulty_##fault##_path = { \
		.name = "faulty-" #fault,           \
		.label = "faulty-" #fault ": ",     \
		.summary = "for tests: " what,      \
		.role = PATH_READER,                \
		.open = faulty_open,                \
		.read = fault##_read,               \
		.rewind = faulty_rewind,            \
		.close = faulty_close,              \
	}

FAULTY_PATH(lose, "loses one record");
FAULTY_PATH(twice, "reads one record twice");
FAULTY_PATH(swap, "reads two records in the wrong order");
FAULTY_PATH(checksum, "says a wrong checksum where it is timed");
FAULTY_PATH(byte, "copies one byte wrongly");
FAULTY_PATH(release, "does not release the last record");
FAULTY_PATH(error, "fails with -EBADMSG");

/*
 * The right ones pass everything on to path batch, with its own state.
 */

static int batch_open(void **state, struct source *source, struct complaint *why)
{
	return batch_path.open(state, source, why);
}

static int batch_read(void *state, const struct reading *reading, struct reading_result *result)
{
	return batch_path.read(state, reading, result);
}

static int batch_rewind(void *state)
{
	return batch_path.rewind(state);
}

static void batch_close(void *state)
{
	batch_path.close(state);
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* Asking for the time takes some 50 ns itself: to be 3 % to a tenth, a reading has to take 50 us.
 */
static int slow3_read(void *state, const struct reading *reading, struct reading_result *result)
{
	const int64_t before = now_ns();
	const int err = batch_path.read(state, reading, result);
	const int64_t after = now_ns(), until = after + (after - before) * 3 / 100;

	while (now_ns() < until)
		;
	return err;
}

const struct path slow3_path = {
	.name = "slow3",
	.label = "slow3 (zero-copy):     ",
	.summary = "for tests: as batch, 3 % slower",
	.role = PATH_READER,
	.open = batch_open,
	.read = slow3_read,
	.rewind = batch_rewind,
	.close = batch_close,
};

const struct path same_path = {
	.name = "same",
	.label = "same (zero-copy):      ",
	.summary = "for tests: batch once more",
	.role = PATH_READER,
	.open = batch_open,
	.read = batch_read,
	.rewind = batch_rewind,
	.close = batch_close,
};
