/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "watch/ring_header.h"
#include "watch/ring_tail.h"

#define WINDOW_FIRST ((uint64_t)64 << 10)

/* Pages of struct bpf_ringbuf before the data: itself, and one for each position. The page that a
 * header holds counts from its start (bpf_ringbuf_rec_pg_off() in kernel/bpf/ringbuf.c). */
#define PAGES_BEFORE 3

/* A place where a record may begin or end. */
struct place {
	uint32_t before; /* where the record begins that ends here, in the longest chain */
	uint8_t depth;   /* how many records that chain has, up to RING_TAIL_DEPTH */
	uint8_t other;   /* the same of the next longest */
};

/* The @size bytes of the ring before @end, a place for each 8 of them and for the end. */
struct window {
	const unsigned char *data;
	uint64_t begin, size; /* positions */
	uint64_t ring_size;
	struct place *places;
};

static uint32_t header_at(const struct window *w, size_t place)
{
	return ring_header_load(w->data + place * RING_ALIGNMENT);
}

static bool is_possible(const struct window *w, size_t place)
{
	const uint64_t at = place * RING_ALIGNMENT;
	const uint64_t page = (w->begin + at) % w->ring_size / (uint64_t)sysconf(_SC_PAGESIZE);

	return ring_header_load(w->data + at + sizeof(uint32_t)) == PAGES_BEFORE + page;
}

/* Follows the record that may begin at @place. */
static void follow(struct window *w, size_t place)
{
	const size_t last = w->size / RING_ALIGNMENT;
	const uint64_t next = place + ring_header_stride(header_at(w, place)) / RING_ALIGNMENT;
	const uint8_t depth = w->places[place].depth;
	struct place *end;

	if (next > last || !is_possible(w, place))
		return;
	end = &w->places[next];
	if (depth + 1 < end->depth || end->depth == RING_TAIL_DEPTH) {
		if (depth + 1 > end->other)
			end->other = depth < RING_TAIL_DEPTH ? depth + 1 : RING_TAIL_DEPTH;
		return;
	}
	end->other = end->depth;
	end->depth = depth < RING_TAIL_DEPTH ? depth + 1 : RING_TAIL_DEPTH;
	end->before = (uint32_t)place;
}

/* Returns how many records were found, and whether more are to be found in a larger window. */
static size_t search(struct window *w, struct ring_record *records, size_t most, bool *more)
{
	size_t place = w->size / RING_ALIGNMENT, count = 0;

	for (size_t i = 0; i <= place; i++)
		w->places[i] = (struct place){ 0 };
	/* Positions count from 0: that is a boundary. */
	if (w->begin == 0)
		w->places[0].depth = RING_TAIL_DEPTH;
	for (size_t i = 0; i < place; i++)
		follow(w, i);
	while (count < most && place > 0 && w->places[place].depth == RING_TAIL_DEPTH &&
		w->places[place].other < RING_TAIL_DEPTH) {
		uint32_t header;
		bool busy;

		place = w->places[place].before;
		header = header_at(w, place);
		busy = header & BPF_RINGBUF_BUSY_BIT;
		records[count++] = (struct ring_record){
			.position = w->begin + place * RING_ALIGNMENT,
			.length = ring_header_length(header),
			.busy = busy,
			.discarded = !busy && header & BPF_RINGBUF_DISCARD_BIT,
		};
	}
	*more = count < most && w->places[place].other < RING_TAIL_DEPTH;
	return count;
}

long ring_tail(const struct ring_access *ring, uint64_t end, uint64_t producer,
	struct ring_record *records, size_t most)
{
	/* A whole ring before the producer position lies what it writes next. */
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
