/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each record read in place, and released before the next.
 */
#include "readers/ringview_reader.h"

ALWAYS_INLINE int loop(int work, struct reading *r, struct ringview *rv)
{
	struct reading_result found = on_event_begin(work, r);
	struct ringview_record record;
	int more, err = 0;

	while (!err && (more = ringview_peek(rv, &record)) > 0) {
		err = on_event(work, r, &found, record.data, record.length);
		ringview_release(rv);
	}
	ringview_release(rv); /* discarded records after the last one */
	r->found = found;
	return err ? err : more;
}

SPECIALIZE(read_ring, struct ringview *, loop)

const struct reader view_reader = { RINGVIEW_LOOP(read_ring), .name = "view",
	.summary = "ringview_peek and ringview_release for each record", .by_default = true };
