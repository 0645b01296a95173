/* SPDX-License-Identifier: BSD-2-Clause */
#include "measure/fill.h"

struct reading fill_plan(
	const struct workload *workload, uint32_t *lengths, uint64_t first, uint64_t most)
{
	const uint64_t discard = workload_discard(workload), room = workload->ring_size - 1;
	struct reading fill = { .first = first, .lengths = lengths };
	uint64_t bytes = 0;

	fill.stride = record_stride(workload->event_size);
	if (!lengths) {
		fill.produced = room / fill.stride < most ? room / fill.stride : most;
		fill.wanted = fill.produced;
		fill.bytes = fill.produced * fill.stride;
		return fill;
	}
	for (uint64_t i = 0, events = 0; i < most; i++) {
		const uint32_t size = workload_size(workload, first + i);
		const bool discarded = event_is_discarded(first + i, discard);

		if (bytes + record_stride(size) > room)
			break;
		bytes += record_stride(size);
		lengths[i] = size | (discarded ? LENGTH_DISCARDED : 0);
		if (discarded)
			continue;
		fill.produced = i + 1;
		fill.wanted = ++events;
		fill.bytes = bytes;
	}
	return fill;
}

uint64_t fill_most(const struct workload *workload)
{
	const uint32_t smallest = workload->mix ? workload->mix->smallest : workload->event_size;
	const uint64_t capacity = (workload->ring_size - 1) / record_stride(smallest);

	return capacity < workload->events ? capacity : workload->events;
}
