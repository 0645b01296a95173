/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ringview_drain(): reads through a callback, within limits.
 */
#include <limits.h>

#include "clock.h"
#include "reader.h"
#include "sized.h"

int ringview_drain_sized(struct ringview *rv, ringview_callback callback, void *context,
	const struct ringview_limits *given, size_t given_size)
{
	struct ringview_limits limits = { 0, 0, 0 };
	const uint64_t release_after = ring_eighth(const_reader_of(rv));
	struct ringview_record record;
	uint64_t records = 0, bytes = 0, most;
	bool stopped = false;
	int result = 0;

	if (given && sized_take(&limits, sizeof(limits), given, given_size))
		return -EINVAL;
	most = limits.records > 0 && limits.records < INT_MAX ? limits.records : INT_MAX;
	while (records < most && (limits.bytes == 0 || bytes < limits.bytes)) {
		if (limits.deadline_ns != 0 && clock_now() >= limits.deadline_ns)
			break;
		result = ringview_peek(rv, &record);
		if (result <= 0)
			break;
		result = callback(context, record.data, record.length);
		records++;
		bytes += record.length;
		if (result != 0) {
			stopped = true;
			break;
		}
		if (reader_position(const_reader_of(rv)) - rv->released >= release_after)
			ringview_release(rv);
	}
	ringview_release(rv);
	/* An error of the ring is sticky: the next call returns it. */
	return result < 0 && (stopped || records == 0) ? result : (int)records;
}
