/* SPDX-License-Identifier: BSD-2-Clause */
#include "watch/ring_access.h"

/* Records read before the producer position is checked, which says whether they were intact. */
#define CHUNK 64

/* Bytes requested at once. */
#define REACH ((uint64_t)64 << 10)

/* Reads the headers from walk->at on. Returns how many are valid; *@end says where it stopped. */
static size_t read_chunk(const struct ring_walk *walk, const struct ring_access *ring, size_t most,
	struct ring_record *records, enum ring_walk_end *end)
{
	const uint64_t left = walk->end - walk->at, reach = left < REACH ? left : REACH;
	const unsigned char *data = ring->data(ring->context, walk->at % ring->size, reach);
	uint64_t used = 0;
	size_t count = 0;

	*end = data ? WALK_WHOLE : WALK_OVERTAKEN;
	while (data && count < most && used + RING_HEADER <= reach) {
		records[count] = ring_record_load(data + used, walk->at + used);
		if (ring_stride(records[count].length) > left - used)
			*end = WALK_OVERTAKEN;
		else if (records[count].busy && !walk->past_busy)
			*end = WALK_BUSY;
		if (*end != WALK_WHOLE)
			break;
		used += ring_stride(records[count++].length);
	}
	return count;
}

enum ring_walk_end ring_walk(struct ring_walk *walk, const struct ring_access *ring)
{
	struct ring_record records[CHUNK];
	uint64_t visited = 0;

	if (walk->end - walk->at >= ring->size || (walk->at | walk->end) % RING_ALIGNMENT != 0)
		return WALK_OVERTAKEN;
	while (walk->at != walk->end) {
		const uint64_t left = walk->most ? walk->most - visited : CHUNK;
		enum ring_walk_end end;
		size_t count;

		if (left == 0)
			return WALK_MOST;
		count = read_chunk(walk, ring, left < CHUNK ? left : CHUNK, records, &end);
		if (!ring_is_intact(ring, walk->at))
			return WALK_OVERTAKEN;
		for (size_t i = 0; i < count; i++) {
			walk->at = records[i].position + ring_stride(records[i].length);
			walk->visit(walk->context, &records[i]);
		}
		visited += count;
		if (end != WALK_WHOLE)
			return end;
	}
	return WALK_WHOLE;
}

static void count_one(void *context, const struct ring_record *record)
{
	struct ring_waiting *waiting = context;

	waiting->records++;
	waiting->busy += record->busy;
	waiting->discarded += record->discarded;
}

struct ring_waiting ring_count_waiting(
	const struct ring_access *ring, const struct ring_sample *sample, uint64_t most)
{
	struct ring_waiting waiting = { 0 };
	struct ring_walk walk = {
		.at = sample->oldest,
		.end = sample->producer,
		.most = most,
		.past_busy = true,
		.visit = count_one,
		.context = &waiting,
	};
	enum ring_walk_end end;

	if (sample->fault || !sample->settled)
		return waiting;
	end = ring_walk(&walk, ring);
	waiting.known = end != WALK_OVERTAKEN;
	waiting.all = end == WALK_WHOLE;
	return waiting;
}
