/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "watch/ring_access.h"

#define WINDOW_FIRST ((uint64_t)64 << 10)

/* Pages of struct bpf_ringbuf before the data: its own, and one for each position. The page in a
 * header counts from the first (bpf_ringbuf_rec_pg_off() in kernel/bpf/ringbuf.c). */
#define PAGES_BEFORE 3

/* A place where a record may begin or end. */
struct place {
	uint32_t before; /* in the longest chain to here: where its last record begins */
	uint8_t depth;   /* records of that chain, at most RING_TAIL_DEPTH */
	uint8_t other;   /* records of the second longest chain */
};

/* Part of the ring, with a place for each 8 bytes of it and for its end. */
struct window {
	const unsigned char *data;
	uint64_t begin, size; /* positions */
	uint64_t ring_size;
	struct place *places;
};

static struct ring_record record_at(const struct window *w, size_t place)
{
	const uint64_t offset = place * RING_ALIGNMENT;

	return ring_record_load(w->data + offset, w->begin + offset);
}

static uint8_t deeper(uint8_t depth)
{
	return depth < RING_TAIL_DEPTH ? depth + 1 : RING_TAIL_DEPTH;
}

/* Whether a header at @place would hold its own page. */
static bool has_its_page(const struct window *w, size_t place)
{
	const struct ring_record record = record_at(w, place);
	const uint64_t page = record.position % w->ring_size / (uint64_t)sysconf(_SC_PAGESIZE);
	uint32_t held;

	memcpy(&held, w->data + place * RING_ALIGNMENT + sizeof(held), sizeof(held));
	return held == PAGES_BEFORE + page;
}

/* Follows the record that may begin at @place. */
static void follow(struct window *w, size_t place)
{
	const size_t last = w->size / RING_ALIGNMENT;
	const uint64_t next = place + ring_stride(record_at(w, place).length) / RING_ALIGNMENT;
	const uint8_t depth = deeper(w->places[place].depth);
	struct place *end;

	if (next > last || !has_its_page(w, place))
		return;
	end = &w->places[next];
	if (depth < end->depth || end->depth == RING_TAIL_DEPTH) {
		if (depth > end->other)
			end->other = depth;
		return;
	}
	end->other = end->depth;
	end->depth = depth;
	end->before = (uint32_t)place;
}

/* Returns how many records were found, and whether a larger window may hold more. */
static size_t search(struct window *w, struct ring_record *records, size_t most, bool *more)
{
	size_t place = w->size / RING_ALIGNMENT, count = 0;

	for (size_t i = 0; i <= place; i++)
		w->places[i] = (struct place){ 0 };
	/* Position 0 is a boundary. */
	if (w->begin == 0)
		w->places[0].depth = RING_TAIL_DEPTH;
	for (size_t i = 0; i < place; i++)
		follow(w, i);
	while (count < most && place > 0 && w->places[place].depth == RING_TAIL_DEPTH &&
		w->places[place].other < RING_TAIL_DEPTH) {
		place = w->places[place].before;
		records[count++] = record_at(w, place);
	}
	*more = count < most && w->places[place].other < RING_TAIL_DEPTH;
	return count;
}

long ring_tail(const struct ring_access *ring, uint64_t end, uint64_t producer,
	struct ring_record *records, size_t most)
{
	/* One lap before the producer position begins the next record. */
	const uint64_t room = ring->size - RING_ALIGNMENT;
	const uint64_t left = producer - end < room ? room - (producer - end) : 0;
	uint64_t limit = end < left ? end : left;
	struct window w = { .ring_size = ring->size };
	bool more = most > 0;
	size_t found = 0;

	if (limit > RING_TAIL_BYTES)
		limit = RING_TAIL_BYTES;
	if (end % RING_ALIGNMENT != 0)
		return 0;
	w.places = malloc((limit / RING_ALIGNMENT + 1) * sizeof(*w.places));
	if (!w.places)
		return -ENOMEM;
	while (more && w.size < limit) {
		w.size = w.size ? 4 * w.size : WINDOW_FIRST;
		if (w.size > limit)
			w.size = limit;
		w.begin = end - w.size;
		w.data = ring->data(ring->context, w.begin % ring->size, w.size);
		if (!w.data)
			break;
		found = search(&w, records, most, &more);
	}
	free(w.places);
	return (long)found;
}
