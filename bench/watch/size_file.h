/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records the sizes of the records that pass, one a line, in the order of the ring: a stream for
 * the benchmark.
 */
#ifndef BENCH_WATCH_SIZE_FILE_H
#define BENCH_WATCH_SIZE_FILE_H

#include <stdio.h>

#include "watch/rings.h"

struct size_file {
	FILE *out;
	const char *path;
	uint64_t count;
};

/* 0, or a negative errno with @why. */
int size_file_open(struct size_file *file, const char *path, struct complaint *why);

/* Of struct ring_passing: a record that is discarded is no event. */
void size_file_add(void *context, const struct ring_record *record);

/* Says on standard error what was recorded. 0, or a negative errno with @why. */
int size_file_close(
	struct size_file *file, const struct ring_passed *passed, struct complaint *why);

#endif
