/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Simple, and without code of bench/readers/touch.h or lib/, so that it does not share their bugs.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "measure/check.h"

static uint32_t read_u32(const unsigned char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static uint64_t read_u64(const unsigned char *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static uint64_t sum_of_bytes(const unsigned char *bytes, size_t count)
{
	uint64_t sum = 0;

	while (count-- > 0)
		sum += *bytes++;
	return sum;
}

/* The number in at most 7 bytes, little-endian. */
static uint64_t read_rest(const unsigned char *bytes, size_t count)
{
	uint64_t value = 0;

	while (count-- > 0)
		value = value << 8 | bytes[count];
	return value;
}

static uint64_t sum_of_words(const unsigned char *bytes, size_t count)
{
	uint64_t sum = 0;

	for (; count >= 8; count -= 8, bytes += 8)
		sum += read_u64(bytes);
	return sum + read_rest(bytes, count);
}

static uint64_t sum_of_skb_fields(const unsigned char *bytes)
{
	uint64_t sum = read_u64(bytes);

	for (size_t at = 8; at < offsetof(struct skb_meta, padding); at += 4)
		sum += read_u32(bytes + at);
	return sum;
}

static uint64_t digest(uint64_t digest, const unsigned char *bytes, uint32_t count)
{
	const uint64_t prime = 1099511628211u; /* FNV-1a, 64-bit */

	digest = (digest ^ count) * prime;
	for (; count >= 8; count -= 8, bytes += 8)
		digest = (digest ^ read_u64(bytes)) * prime;
	return count > 0 ? (digest ^ read_rest(bytes, count)) * prime : digest;
}

static uint64_t touched(
	enum touching touching, uint64_t sum, const unsigned char *bytes, uint32_t length)
{
	switch (touching) {
	case TOUCHING_NONE:
	case TOUCHING_COUNT:
		return sum;
	case TOUCHING_HEADER:
		return sum + read_u64(bytes);
	case TOUCHING_SKB_FIELDS:
		return sum + sum_of_skb_fields(bytes);
	case TOUCHING_WORDS_16:
	case TOUCHING_WORDS_32:
	case TOUCHING_WORDS_48:
	case TOUCHING_WORDS_64:
	case TOUCHING_WORDS_80:
	case TOUCHING_WORDS_96:
	case TOUCHING_WORDS:
		return sum + sum_of_words(bytes, length);
	case TOUCHING_BYTES:
		return sum + sum_of_bytes(bytes, length);
	case TOUCHING_PROOF:
		break;
	}
	return digest(sum, bytes, length);
}

/* The number of an event; of skb_meta its low 32 bits. */
static uint64_t number_of(const struct workload *workload, const unsigned char *bytes)
{
	if (workload->event == EVENT_SKB_META)
		return read_u32(bytes + offsetof(struct skb_meta, cb));
	return read_u64(bytes);
}

static bool content_is_right(
	const struct workload *workload, const unsigned char *bytes, uint32_t length)
{
	uint64_t number, last;

	if (workload->event == EVENT_SKB_META)
		return read_u32(bytes + offsetof(struct skb_meta, padding)) == 0;
	number = read_u64(bytes);
	for (uint64_t i = 1; i < length / 8; i++)
		if (read_u64(bytes + 8 * i) != (number + i) * SIZED_FACTOR)
			return false;
	last = (number + length / 8) * SIZED_FACTOR;
	for (uint32_t i = length & ~7u; i < length; i++, last >>= 8)
		if (bytes[i] != (unsigned char)last)
			return false;
	return true;
}

/* The header of a record that is not busy, with the discard bit if the event is discarded. */
static uint32_t header_of(const struct workload *workload, uint64_t number)
{
	const uint32_t discarded = 1u << 30;

	return workload_size(workload, number) |
	       (event_is_discarded(number, workload_discard(workload)) ? discarded : 0);
}

int check_walk(const struct ring_bytes *ring, const struct reading *reading,
	const struct workload *workload, struct reading_result *result, struct complaint *why)
{
	const uint64_t end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	const bool narrow = workload->event == EVENT_SKB_META;
	uint64_t position = reading->fill->start;

	*result = (struct reading_result){ 0, 0 };
	for (uint64_t number = reading->fill->first; position < end; number++) {
		const unsigned char *record = ring->data + position % ring->size;
		const unsigned char *bytes = record + RECORD_HEADER;
		const uint32_t header = read_u32(record), expected = header_of(workload, number);
		const uint32_t length = expected & ~(1u << 30);
		const unsigned long long at = number - reading->fill->first;
		uint64_t found;

		if (header != expected)
			return complain(why, -EBADMSG,
				"record %llu in the ring has header 0x%08x instead of 0x%08x", at,
				header, expected);
		found = number_of(workload, bytes);
		if (found != (narrow ? (uint32_t)number : number))
			return complain(why, -EBADMSG,
				"record %llu in the ring has number %llu instead of %llu", at,
				(unsigned long long)found, (unsigned long long)number);
		if (reading->work == TOUCHING_PROOF && !content_is_right(workload, bytes, length))
			return complain(why, -EBADMSG,
				"record %llu in the ring holds bytes that the producer did not "
				"write",
				at);
		if (header == length) {
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
		sum += read_u64(ring->data + line % ring->size);
	return sum;
}
