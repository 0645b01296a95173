/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Simple, and without code of bench/readers/touch.h or lib/, so that it does not share their bugs.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "measure/rounds.h"

#define DISCARD_BIT (1u << 30) /* of a record's header; BPF_RINGBUF_DISCARD_BIT */

/* The number in at most 8 bytes, little-endian. */
static uint64_t read_number(const unsigned char *bytes, size_t count)
{
	uint64_t value = 0;

	memcpy(&value, bytes, count);
	return value;
}

/* The sum of numbers of @size bytes; the last may be cut. Inlined: the compiler knows @size. */
static inline __attribute__((always_inline)) uint64_t sum_of(
	const unsigned char *bytes, size_t count, size_t size)
{
	uint64_t sum = 0;

	for (; count >= size; count -= size, bytes += size)
		sum += read_number(bytes, size);
	return sum + read_number(bytes, count);
}

static uint64_t digest(uint64_t digest, const unsigned char *bytes, uint32_t count)
{
	const uint64_t prime = 1099511628211u; /* FNV-1a, 64-bit */

	digest = (digest ^ count) * prime;
	for (; count >= 8; count -= 8, bytes += 8)
		digest = (digest ^ read_number(bytes, 8)) * prime;
	return count > 0 ? (digest ^ read_number(bytes, count)) * prime : digest;
}

/* @sum with what the touching finds in an event. */
static uint64_t touched(
	enum touching touching, uint64_t sum, const unsigned char *bytes, uint32_t length)
{
	switch (touching) {
	case TOUCHING_NONE:
		return sum;
	case TOUCHING_HEADER:
		return sum + read_number(bytes, 8);
	case TOUCHING_SKB_FIELDS:
		return sum + sum_of(bytes, 8, 8) +
		       sum_of(bytes + 8, offsetof(struct skb_meta, padding) - 8, 4);
	case TOUCHING_BYTES:
		return sum + sum_of(bytes, length, 1);
	case TOUCHING_PROOF:
		return digest(sum, bytes, length);
	default: /* TOUCHING_WORDS, of events of any size */
		return sum + sum_of(bytes, length, 8);
	}
}

static bool content_is_right(
	const struct workload *workload, const unsigned char *bytes, uint32_t length)
{
	uint64_t number, last;

	if (workload->event == EVENT_SKB_META)
		return read_number(bytes + offsetof(struct skb_meta, padding), 4) == 0;
	number = read_number(bytes, 8);
	for (uint64_t i = 1; i < length / 8; i++)
		if (read_number(bytes + 8 * i, 8) != (number + i) * SIZED_FACTOR)
			return false;
	last = (number + length / 8) * SIZED_FACTOR;
	for (uint32_t i = length & ~7u; i < length; i++, last >>= 8)
		if (bytes[i] != (unsigned char)last)
			return false;
	return true;
}

int check_walk(const struct ring_bytes *ring, const struct reading *reading,
	const struct workload *workload, struct reading_result *result, struct complaint *why)
{
	const uint64_t end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	const uint64_t discard = workload_discard(workload);
	uint64_t position = reading->fill->start;

	*result = (struct reading_result){ 0, 0 };
	for (uint64_t at = 0; position < end; at++) {
		/* An skb_meta has the low 32 bits of its number. */
		const bool narrow = workload->event == EVENT_SKB_META;
		const uint64_t id = reading->fill->first + at;
		const unsigned char *record = ring->data + position % ring->size;
		const unsigned char *bytes = record + RECORD_HEADER;
		const uint32_t header = (uint32_t)read_number(record, 4);
		const uint32_t length = workload_size(workload, id);
		const bool discarded = event_is_discarded(id, discard);
		const uint32_t expected = length | (discarded ? DISCARD_BIT : 0);
		uint64_t found;

		if (header != expected)
			return complain(why, -EBADMSG,
				"record %" PRIu64 " in the ring has header 0x%08x instead of "
				"0x%08x",
				at, header, expected);
		found = narrow ? read_number(bytes + offsetof(struct skb_meta, cb), 4)
			       : read_number(bytes, 8);
		if (found != (narrow ? (uint32_t)id : id))
			return complain(why, -EBADMSG,
				"record %" PRIu64 " in the ring has number %" PRIu64
				" instead of %" PRIu64,
				at, found, id);
		if (reading->work == TOUCHING_PROOF && !content_is_right(workload, bytes, length))
			return complain(why, -EBADMSG,
				"record %" PRIu64 " in the ring holds bytes that the producer did "
				"not write",
				at);
		if (!discarded) {
			result->checksum = touched(
				(enum touching)reading->work, result->checksum, bytes, length);
			result->events++;
		}
		position += (length + RECORD_HEADER + 7) / 8 * 8;
	}
	return 0;
}

uint64_t check_cache_lines(const struct ring_bytes *ring, uint64_t start)
{
	const uint64_t end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	uint64_t sum = 0;

	for (uint64_t line = start / 64 * 64; line < end; line += 64)
		sum += read_number(ring->data + line % ring->size, 8);
	return sum;
}
