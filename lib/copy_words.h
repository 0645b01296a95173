/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RINGVIEW_COPY_WORDS_H
#define RINGVIEW_COPY_WORDS_H

#include <stdint.h>
#include <string.h>

/*
 * Copies from a ring that a producer may be writing to meanwhile. @from is aligned to 8 bytes and
 * readable up to the next multiple of 8. Each load is an acquire, so the words are loaded in order,
 * and before the position that the caller checks them by.
 */
static inline void copy_words(void *to, const void *from, uint64_t length)
{
	const uint64_t *words = (const uint64_t *)from;
	unsigned char *bytes = (unsigned char *)to;
	uint64_t word;

	for (; length >= sizeof(word); length -= sizeof(word), bytes += sizeof(word)) {
		word = __atomic_load_n(words++, __ATOMIC_ACQUIRE);
		memcpy(bytes, &word, sizeof(word));
	}
	if (length > 0) {
		word = __atomic_load_n(words, __ATOMIC_ACQUIRE);
		memcpy(bytes, &word, length);
	}
}

#endif
