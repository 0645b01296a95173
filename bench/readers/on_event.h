/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is done with an event, inlined into the loop of each reader: a touching of drain, or the
 * check of live.
 */
#ifndef BENCH_ON_EVENT_H
#define BENCH_ON_EVENT_H

#include "readers/live_check.h"
#include "readers/reader.h"
#include "readers/touch.h"

/* Call it at the start of a loop, after each wait. The loop keeps the result in registers, not in
 * @r. */
ALWAYS_INLINE struct reading_result on_event_begin(int work, struct reading *r)
{
	if (work == WORK_LIVE)
		r->live->clock_left = 0;
	return r->found;
}

/* Returns 0; in live, -EBADMSG if the event is wrong. */
ALWAYS_INLINE int on_event(
	int work, struct reading *r, struct reading_result *found, const void *data, size_t length)
{
	if (work == WORK_LIVE)
		return live_check_event(r->live, data, length);
	found->checksum =
		touch_record((enum touching)work, found->checksum, data, (uint32_t)length);
	found->events++;
	return 0;
}

/*
 * Defines @name(r, argument), which calls the always inline @loop with the work as its first
 * argument: compiled once for each work, so that nothing is decided for each record.
 */
#define SPECIALIZE(name, type, loop)                         \
	static int name(struct reading *r, type argument)    \
	{                                                    \
		switch (r->work) {                           \
			FOR_EACH_TOUCHING(WORK_CASE, loop)   \
		default:                                     \
			return loop(WORK_LIVE, r, argument); \
		}                                            \
	}

#define WORK_CASE(name, loop) \
	case TOUCHING_##name: \
		return loop(TOUCHING_##name, r, argument);

#endif
