/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each record copied to a buffer, and all released at once: what a program that keeps its records
 * gains from batches.
 */
#include "readers/ringview_reader.h"

ALWAYS_INLINE int loop(int work, struct reading *r, struct ringview *rv)
{
	unsigned char *buffer = ((struct ringview_state *)r->state)->buffer;
	struct reading_result found = on_event_begin(work, r);
	struct ringview_record record;
	int more, err = 0;

	while (!err && (more = ringview_peek(rv, &record)) > 0) {
		memcpy(buffer, record.data, record.length);
		err = on_event(work, r, &found, buffer, record.length);
	}
	ringview_release(rv);
	r->found = found;
	return err ? err : more;
}

SPECIALIZE(read_ring, struct ringview *, loop)

const struct reader memcpy_batch_reader = { RINGVIEW_LOOP(read_ring), .name = "memcpy-batch",
	.column = "mcbatch",
	.summary = "ringview_peek and memcpy of each record, one release for all" };
