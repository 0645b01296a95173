/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What drain does with each event, and the result of a reading.
 */
#ifndef BENCH_TOUCHING_H
#define BENCH_TOUCHING_H

#include <stdint.h>

#include "rings/workload.h"

/*
 * The touch of a workload, specialised for its events. Each is compiled into every reader
 * (readers/on_event.h).
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

enum touching touching_of(const struct workload *workload);

struct reading_result {
	uint64_t events;
	uint64_t checksum;
};

#endif
