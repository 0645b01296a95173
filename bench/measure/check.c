/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Written apart from bench/readers/touch.h and lib/, and simply: were it to share their code, it
 * would share their mistakes.
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

/* Up to 7 bytes as a little-endian number. */
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

/* A number that each event has one more of than the event before it. */
static uint64_t sequence_of(const struct workload *workload, const unsigned char *bytes)
{
	if (workload->event == EVENT_SKB_META)
		return read_u32(bytes + offsetof(struct skb_meta, cb));
	return read_u64(bytes);
}

static bool follows(const struct workload *workload, uint64_t last, uint64_t next)
{
	if (workload->event == EVENT_SKB_META)
		return (uint32_t)next == (uint32_t)(last + 1);
	return next == last + 1;
}

static bool content_is_right(const struct workload *workload, const unsigned char *bytes)
{
	uint64_t sequence, last;

	if (workload->event == EVENT_SKB_META)
		return read_u32(bytes + offsetof(struct skb_meta, padding)) == 0;
	sequence = read_u64(bytes);
	for (uint64_t i = 1; i < workload->event_size / 8; i++)
		if (read_u64(bytes + 8 * i) != (sequence + i) * SIZED_FACTOR)
			return false;
	last = (sequence + workload->event_size / 8) * SIZED_FACTOR;
	for (uint32_t i = workload->event_size & ~7u; i < workload->event_size; i++, last >>= 8)
		if (bytes[i] != (unsigned char)last)
			return false;
	return true;
}

int check_walk(const struct ring_bytes *ring, uint64_t start, const struct workload *workload,
	enum touching touching, struct reading_result *result, struct complaint *why)
{
	const uint64_t end = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	uint64_t position = start, sequence = 0;

	*result = (struct reading_result){ 0, 0 };
	while (position < end) {
		const unsigned char *record = ring->data + position % ring->size;
		const unsigned char *bytes = record + RECORD_HEADER;
		uint32_t length = read_u32(record);
		uint64_t next;

		/* Busy and discarded records have bits that no length has. */
		if (length != workload->event_size)
			return complain(why, -EBADMSG,
				"record %llu in the ring has header 0x%08x instead of length %u",
				(unsigned long long)result->events, length, workload->event_size);
		next = sequence_of(workload, bytes);
		if (result->events > 0 && !follows(workload, sequence, next))
			return complain(why, -EBADMSG,
				"record %llu in the ring has number %llu after %llu",
				(unsigned long long)result->events, (unsigned long long)next,
				(unsigned long long)sequence);
		if (touching == TOUCHING_PROOF && !content_is_right(workload, bytes))
			return complain(why, -EBADMSG,
				"record %llu in the ring holds bytes that the producer did not "
				"write",
				(unsigned long long)result->events);
		sequence = next;
		result->checksum = touched(touching, result->checksum, bytes, length);
		result->events++;
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
