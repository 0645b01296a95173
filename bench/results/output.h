/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Output that is written whole or not at all: composed in memory, then written at once, to a file
 * under a temporary name, which is then renamed.
 */
#ifndef BENCH_OUTPUT_H
#define BENCH_OUTPUT_H

#include <stdio.h>

#include "base/complaint.h"

struct output {
	FILE *stream; /* write here */
	char *text;
	size_t size;
};

/* Checks before a run of minutes whether the file @path (NULL: standard output) can be written.
 * Returns 0, or a negative errno with @why. */
int output_check(const char *path, struct complaint *why);

/* Checks that @path (or NULL) is not the file @input. Returns 0, or -EINVAL with @why. */
int output_check_input(const char *path, const char *input, struct complaint *why);

int output_begin(struct output *output); /* 0 or -ENOMEM */
/* Writes what was composed to the file @path (NULL: standard output) and ends @output. Returns 0;
 * or a negative errno with @why, and leaves no part of the file. */
int output_commit(struct output *output, const char *path, struct complaint *why);
void output_abandon(struct output *output); /* ends it without writing */

#endif
