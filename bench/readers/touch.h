/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What drain does with each record: the same code, inlined into every reader, so that readers
 * differ only in how they read.
 */
#ifndef BENCH_TOUCH_H
#define BENCH_TOUCH_H

#include <string.h>

#include "readers/touching.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* FNV-1a, 64-bit, over words instead of bytes. */
#define PROOF_PRIME 0x100000001b3ull

/* The last word of a record, of which @count bytes are there; the others are 0. */
static inline uint64_t load_rest(const void *at, size_t count)
{
	uint64_t word = 0;

	memcpy(&word, at, count);
	return word;
}

/* The sum of @length bytes as words. Unrolled by hand: the prologue that the compiler gives a plain
 * loop costs more than reading a short record. */
ALWAYS_INLINE uint64_t sum_words(const uint64_t *words, uint32_t length)
{
	const uint64_t *const end = words + length / 32 * 4;
	uint64_t even = 0, odd = 0;

	for (; words != end; words += 4) {
		even += words[0] + words[2];
		odd += words[1] + words[3];
	}
	if (length & 16) {
		even += words[0];
		odd += words[1];
		words += 2;
	}
	if (length & 8)
		even += *words++;
	if (length % 8 != 0)
		odd += load_rest(words, length % 8);
	return even + odd;
}

/* Touches one record and returns @sum with it. Timed touches are sums, which the compiler
 * vectorises; a digest's chain of dependent operations would cost more than the reading. */
ALWAYS_INLINE uint64_t touch_record(
	enum touching touching, uint64_t sum, const void *data, uint32_t length)
{
	const unsigned char *bytes = data;
	const uint64_t *words = data;
	const struct skb_meta *meta = data;
	const uint32_t *fields = &meta->len;

/* All records have this size, as the check after each reading verifies (measure/check.h). */
#define WORDS_CASE(size)            \
	case TOUCHING_WORDS_##size: \
		return sum + sum_words(words, size)

	switch (touching) {
	case TOUCHING_NONE:
		/* Keeps the compiler from dropping the record, though nothing is read of it. */
		__asm__ volatile("" : : "r"(data), "r"(length));
		return sum;
	case TOUCHING_HEADER:
		return sum + words[0];
	case TOUCHING_SKB_FIELDS:
		/* As the original benchmark: a record of another length is not an skb_meta. */
		if (length != sizeof(*meta))
			return sum + 1;
		sum += meta->address;
		for (int i = 0; i < 17; i++)
			sum += fields[i];
		return sum;
		WORDS_CASE(16);
		WORDS_CASE(32);
		WORDS_CASE(48);
		WORDS_CASE(64);
		WORDS_CASE(80);
		WORDS_CASE(96);
	case TOUCHING_WORDS:
		return sum + sum_words(words, length);
	case TOUCHING_BYTES:
		for (uint32_t i = 0; i < length; i++)
			sum += bytes[i];
		return sum;
	case TOUCHING_PROOF:
		sum = (sum ^ length) * PROOF_PRIME;
		for (uint32_t i = 0; i < length / 8; i++)
			sum = (sum ^ words[i]) * PROOF_PRIME;
		if (length % 8 != 0)
			sum = (sum ^ load_rest(words + length / 8, length % 8)) * PROOF_PRIME;
		return sum;
	case TOUCHING_COUNT:
		break;
	}
#undef WORDS_CASE
	return sum;
}

#endif
