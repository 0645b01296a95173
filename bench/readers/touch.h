/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What drain does with each record: the same code, inlined into every reader, so that readers
 * differ only in how they read.
 */
#ifndef BENCH_TOUCH_H
#define BENCH_TOUCH_H

#include <stdint.h>
#include <string.h>

#include "rings/workload.h"

/*
 * The touch of a workload, specialised for its events. Each is compiled into every reader
 * (readers/live_check.h).
 *
 * WORDS_n is for events of n bytes: a program that reads one kind of event knows its size, and for
 * small events a loop for any size costs more than the reading. PROOF is untimed: a digest of every
 * byte and length, in order, which proves that a reader returns exactly the records in the ring.
 */
#define FOR_EACH_TOUCHING(X, argument) \
	X(NONE, argument)              \
	X(HEADER, argument)            \
	X(SKB_FIELDS, argument)        \
	X(WORDS_16, argument)          \
	X(WORDS_32, argument)          \
	X(WORDS_48, argument)          \
	X(WORDS_64, argument)          \
	X(WORDS_80, argument)          \
	X(WORDS_96, argument)          \
	X(WORDS, argument)             \
	X(BYTES, argument)             \
	X(PROOF, argument)

enum touching {
#define TOUCHING_MEMBER(name, argument) TOUCHING_##name,
	FOR_EACH_TOUCHING(TOUCHING_MEMBER, )
#undef TOUCHING_MEMBER
		TOUCHING_COUNT
};

struct reading_result {
	uint64_t events;
	uint64_t checksum;
};

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

/* All records have this size, as the check after each reading verifies (measure/check.c). */
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
