/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A read path: one way of reading the records of a ring.
 */
#ifndef BENCH_PATH_H
#define BENCH_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/complaint.h"
#include "rings/source.h"
#include "rings/workload.h"

/*
 * What a path does with each record: the touch of a workload, made exact for its events. Each is
 * compiled for itself, into every path (readers/touch.h).
 *
 * WORDS_n is for sized events of n bytes: a program that reads one kind of event knows its size,
 * and in small events the work for any size costs more than the reading. PROOF is untimed: a digest
 * over every byte and length, in order. It shows that a path hands out just the records that are
 * in the ring, which no sum can.
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

/* One reading of a whole fill. */
struct reading {
	uint64_t events; /* that are in the ring */
	uint64_t stride; /* bytes from one to the next: only the limits use it */
	uint64_t start;  /* consumer position before the reading */
	uint64_t batch;
	int64_t read_timeout_ns;
	enum touching touching;
	struct complaint *why; /* for a path that can say more of an error than its errno */
};

/* What a reading found. */
struct reading_result {
	uint64_t events;
	uint64_t checksum;
};

enum path_role {
	PATH_READER, /* reads as an agent would */
	PATH_LIMIT,  /* reads what no reader could: shows what is possible */
};

struct path {
	const char *name;
	const char *label; /* its line of output begins with, as the seed writes it */
	const char *summary;
	enum path_role role;
	bool needs_map;      /* reads only rings of the kernel */
	const char *column;  /* its name where a table has many paths; NULL: its name */
	const char *program; /* of the peer that does the reading (peers/); NULL: this program */
	bool optional;       /* of a peer that need not have it */

	/* Prepares to read from @source. 0, or a negative errno with @why. */
	int (*open)(void **state, struct source *source, struct complaint *why);
	/*
	 * Reads until reading->events have been found or a read found nothing for the time-out.
	 * This is what is timed. 0 (also when too few were found), or a negative errno.
	 */
	int (*read)(void *state, const struct reading *reading, struct reading_result *result);
	/* The time of the last reading, where the path measures it itself; NULL: it is timed. */
	int64_t (*own_ns)(void *state);
	/* Called after the consumer position was set back to reading->start. 0 or an errno. */
	int (*rewind)(void *state);
	void (*close)(void *state);
};

extern const struct path copy_path, view_path, batch_path, libbpf_path, floor_path, memory_path;

/* Only in the program that the tests measure the checks with: tests/cli/faulty_paths.c. */
#ifdef BENCH_FAULTY_PATHS
extern const struct path faulty_lose_path, faulty_twice_path, faulty_swap_path,
	faulty_checksum_path, faulty_byte_path, faulty_release_path, faulty_error_path, slow3_path,
	same_path;
#define FAULTY_PATHS                                                                      \
	&faulty_lose_path, &faulty_twice_path, &faulty_swap_path, &faulty_checksum_path,  \
		&faulty_byte_path, &faulty_release_path, &faulty_error_path, &slow3_path, \
		&same_path
#endif

#define PATHS_MAX 40

/* All paths, in the order in which they are shown; NULL-terminated. */
extern const struct path *all_paths[];

/* Adds one before the limits. @path stays. */
void path_add(const struct path *path);

/* NULL when there is none of that name. */
const struct path *path_find(const char *name);

#endif
