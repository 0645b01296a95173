/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ringview_read_into(): copies each record to a buffer, and releases it.
 */
#include "readers/ringview_reader.h"

/* live_check_event() checks the last word only, which proves nothing of a ring that overwrites. */
static bool is_torn(const struct live_check *check, const void *event, size_t length)
{
	const event_word *words = event;

	for (size_t i = sizeof(struct live_event) / 8; check->workload->overwrite && i < length / 8;
		i++)
		if (words[i] != sized_word(words[0], i))
			return true;
	return false;
}

ALWAYS_INLINE int loop(int work, struct reading *r, struct ringview *rv)
{
	unsigned char *buffer = ((struct ringview_state *)r->state)->buffer;
	struct reading_result found = on_event_begin(work, r);
	size_t length;
	int more, err = 0;

	while (!err && (more = ringview_read_into(rv, buffer, SIZED_EVENT_MAX, &length)) > 0)
		err = work == WORK_LIVE && is_torn(r->live, buffer, length)
			      ? live_check_wrong(r->live, buffer, length)
			      : on_event(work, r, &found, buffer, length);
	r->found = found;
	return err ? err : more;
}

SPECIALIZE(read_ring, struct ringview *, loop)

const struct reader copy_reader = { RINGVIEW_LOOP(read_ring), .name = "copy",
	.summary = "ringview_read_into: each record copied to a buffer and released",
	.by_default = true, .baseline = 2, .overwritten = true };
