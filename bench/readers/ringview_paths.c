/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The paths of this library: a copy of each record, a view of each record, and views that are
 * given back in batches. Written as a user would write them, with the public header alone.
 */
#include <errno.h>
#include <sys/mman.h>

#include "base/interrupt.h"
#include "readers/path.h"
#include "readers/touch.h"

struct ringview_state {
	struct ringview *reader;
	unsigned char buffer[SIZED_EVENT_MAX] __attribute__((aligned(64)));
};

static int ringview_path_open(void **state, struct source *source, struct complaint *why)
{
	/* Not from the heap, which a buffer that comes and goes with each ring would leave in
	 * pieces. Populated: no page is to be faulted in while somebody measures. */
	struct ringview_state *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	int err;

	if (s == MAP_FAILED)
		return complain(why, -errno, "out of memory");
	err = source->operations->open_reader(source, &s->reader);
	if (err) {
		munmap(s, sizeof(*s));
		return complain(why, err, "cannot open a reader: %s", strerror(-err));
	}
	*state = s;
	return 0;
}

static int ringview_path_rewind(void *state)
{
	struct ringview_state *s = state;

	return ringview_restart(s->reader);
}

static void ringview_path_close(void *state)
{
	struct ringview_state *s = state;

	ringview_close(s->reader);
	munmap(s, sizeof(*s));
}

/*
 * What to do when a read found nothing (0) or failed: wait for the time-out that was asked for.
 * 1 go on, 0 nothing came, or a negative errno.
 */
static int wait_for_more(struct ringview *reader, int found, int64_t timeout_ns)
{
	if (found < 0)
		return found;
	do {
		found = ringview_wait(reader, timeout_ns);
	} while (found == -EINTR && !interrupted());
	return found;
}

ALWAYS_INLINE int copy_body(enum touching touching, void *state, const struct reading *reading,
	struct reading_result *result)
{
	struct ringview_state *s = state;
	struct ringview *reader = s->reader;
	uint64_t events = 0, sum = 0;
	size_t length;
	int found = 1;

	while (events < reading->events && found > 0) {
		while ((found = ringview_read_into(reader, s->buffer, sizeof(s->buffer), &length)) >
			0) {
			sum = touch_record(touching, sum, s->buffer, (uint32_t)length);
			events++;
		}
		if (events < reading->events)
			found = wait_for_more(reader, found, reading->read_timeout_ns);
	}
	*result = (struct reading_result){ events, sum };
	return found < 0 ? found : 0;
}

ALWAYS_INLINE int view_body(enum touching touching, void *state, const struct reading *reading,
	struct reading_result *result)
{
	struct ringview *reader = ((struct ringview_state *)state)->reader;
	struct ringview_record record;
	uint64_t events = 0, sum = 0;
	int found = 1;

	while (events < reading->events && found > 0) {
		while ((found = ringview_peek(reader, &record)) > 0) {
			sum = touch_record(touching, sum, record.data, record.length);
			ringview_release(reader);
			events++;
		}
		if (events < reading->events)
			found = wait_for_more(reader, found, reading->read_timeout_ns);
	}
	*result = (struct reading_result){ events, sum };
	return found < 0 ? found : 0;
}

/* How many records the reader has shown so far; it counts them anyway. */
static uint64_t records_of(const struct ringview *reader)
{
	struct ringview_statistics statistics;

	ringview_get_statistics(reader, &statistics);
	return statistics.records;
}

ALWAYS_INLINE int batch_all_body(enum touching touching, void *state, const struct reading *reading,
	struct reading_result *result)
{
	struct ringview *reader = ((struct ringview_state *)state)->reader;
	struct ringview_record record;
	const uint64_t before = records_of(reader);
	uint64_t events = 0, sum = 0;
	int found = 1;

	while (events < reading->events && found > 0) {
		while ((found = ringview_peek(reader, &record)) > 0)
			sum = touch_record(touching, sum, record.data, record.length);
		ringview_release(reader);
		events = records_of(reader) - before;
		if (events < reading->events)
			found = wait_for_more(reader, found, reading->read_timeout_ns);
	}
	*result = (struct reading_result){ events, sum };
	return found < 0 ? found : 0;
}

ALWAYS_INLINE int batch_some_body(enum touching touching, void *state,
	const struct reading *reading, struct reading_result *result)
{
	struct ringview *reader = ((struct ringview_state *)state)->reader;
	struct ringview_record record;
	uint64_t events = 0, sum = 0, in_batch;
	int found = 1;

	while (events < reading->events && found > 0) {
		for (in_batch = 0; in_batch < reading->batch; in_batch++) {
			found = ringview_peek(reader, &record);
			if (found <= 0)
				break;
			sum = touch_record(touching, sum, record.data, record.length);
		}
		ringview_release(reader);
		events += in_batch;
		if (found <= 0 && events < reading->events)
			found = wait_for_more(reader, found, reading->read_timeout_ns);
	}
	*result = (struct reading_result){ events, sum };
	return found < 0 ? found : 0;
}

SPECIALIZE(copy_read, copy_body)
SPECIALIZE(view_read, view_body)
SPECIALIZE(batch_all_read, batch_all_body)
SPECIALIZE(batch_some_read, batch_some_body)

static int batch_read(void *state, const struct reading *reading, struct reading_result *result)
{
	if (reading->batch == 0)
		return batch_all_read(state, reading, result);
	return batch_some_read(state, reading, result);
}

const struct path copy_path = {
	.name = "copy",
	.label = "read-into (copy):     ",
	.summary = "ringview_read_into: each record copied to a buffer and released",
	.role = PATH_READER,
	.open = ringview_path_open,
	.read = copy_read,
	.rewind = ringview_path_rewind,
	.close = ringview_path_close,
};

const struct path view_path = {
	.name = "view",
	.label = "read-view (zero-copy): ",
	.summary = "ringview_peek and ringview_release: each record viewed and released",
	.role = PATH_READER,
	.open = ringview_path_open,
	.read = view_read,
	.rewind = ringview_path_rewind,
	.close = ringview_path_close,
};

const struct path batch_path = {
	.name = "batch",
	.label = "batch (zero-copy):     ",
	.summary = "ringview_peek, one ringview_release for -batch records",
	.role = PATH_READER,
	.open = ringview_path_open,
	.read = batch_read,
	.rewind = ringview_path_rewind,
	.close = ringview_path_close,
};
