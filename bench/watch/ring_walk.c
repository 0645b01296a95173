/* SPDX-License-Identifier: BSD-2-Clause */
#include "watch/ring_header.h"
#include "watch/ring_walk.h"

/* Producers overwrite from @consumer on once they reserve up to a lap behind it. */
static bool was_overwritten(const struct ring_access *ring, uint64_t consumer)
{
	/* The headers are loaded before the position that says whether they were right. */
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(ring->producer, __ATOMIC_RELAXED) - consumer >= ring->size;
}

void ring_walk(
	struct ring_walk *walk, const struct ring_access *ring, const struct ring_sample *sample)
{
	const uint64_t reach =
		sample->waiting < RING_WALK_BYTES ? sample->waiting : RING_WALK_BYTES;
	const unsigned char *data;

	*walk = (struct ring_walk){ 0 };
	if (sample->fault || !sample->settled)
		return;
	data = reach ? ring->data(ring->context, sample->consumer % ring->size, reach) : NULL;
	if (reach && !data)
		return;
	while (walk->bytes < reach && walk->records < RING_WALK_RECORDS) {
		const uint32_t header = ring_header_load(data + walk->bytes);
		const uint64_t stride = ring_header_stride(header);

		/* Overwritten, or written by nobody who knows how: the sample tells of the head. */
		if (stride > sample->waiting - walk->bytes)
			return;
		walk->bytes += stride;
		walk->records++;
		walk->busy += !!(header & BPF_RINGBUF_BUSY_BIT);
		walk->discarded +=
			!(header & BPF_RINGBUF_BUSY_BIT) && header & BPF_RINGBUF_DISCARD_BIT;
	}
	walk->all = walk->bytes >= sample->waiting;
	walk->known = !was_overwritten(ring, sample->consumer);
}
