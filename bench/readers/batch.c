/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records read in place and released in batches.
 */
#include "readers/ringview_reader.h"

/* Records that the reader has returned: it counts them, so the loop need not. */
static uint64_t records_of(const struct ringview *rv)
{
	struct ringview_statistics statistics;

	ringview_get_statistics(rv, &statistics);
	return statistics.records;
}

ALWAYS_INLINE int loop_all(int work, struct reading *r, struct ringview *rv)
{
	struct reading_result found = on_event_begin(work, r);
	const uint64_t before = work == WORK_LIVE ? 0 : records_of(rv);
	struct ringview_record record;
	int more, err = 0;

	while (!err && (more = ringview_peek(rv, &record)) > 0)
		err = on_event(work, r, &found, record.data, record.length);
	ringview_release(rv);
	r->found.checksum = found.checksum;
	if (work != WORK_LIVE)
		r->found.events += records_of(rv) - before;
	return err ? err : more;
}

/* -batch records a release, in drain. */
ALWAYS_INLINE int loop_some(int work, struct reading *r, struct ringview *rv)
{
	struct reading_result found = on_event_begin(work, r);
	struct ringview_record record;
	int more = 1, err = 0;

	while (!err && more > 0) {
		for (uint64_t i = 0;
			i < r->batch && !err && (more = ringview_peek(rv, &record)) > 0; i++)
			err = on_event(work, r, &found, record.data, record.length);
		ringview_release(rv);
	}
	r->found = found;
	return err ? err : more;
}

SPECIALIZE(read_all, struct ringview *, loop_all)
SPECIALIZE(read_some, struct ringview *, loop_some)

static int read_ring(struct reading *r, struct ringview *rv)
{
	return r->batch == 0 ? read_all(r, rv) : read_some(r, rv);
}

const struct reader batch_reader = { RINGVIEW_LOOP(read_ring), .name = "batch",
	.summary = "ringview_peek, one ringview_release for -batch records" };
