/* SPDX-License-Identifier: BSD-2-Clause */
#include "readers/live_check.h"

int live_check_wrong(struct live_check *c, const void *data, size_t length)
{
	const uint64_t id = length >= 8 ? *(const event_word *)data : 0;
	const uint64_t producer = id >> LIVE_SEQUENCE_BITS;
	const uint64_t sequence = id & ((UINT64_C(1) << LIVE_SEQUENCE_BITS) - 1);

	if (length >= sizeof(struct live_event) && producer < c->workload->producers &&
		sequence < c->streams[producer].next)
		return complain(c->why, -EBADMSG,
			"event %llu of producer %llu came after event %llu: twice, or out of order",
			(unsigned long long)sequence, (unsigned long long)producer,
			(unsigned long long)c->streams[producer].next - 1);
	return complain(c->why, -EBADMSG,
		"an event of %zu B is not as its producer wrote it (producer %llu, event %llu)",
		length, (unsigned long long)producer, (unsigned long long)sequence);
}
