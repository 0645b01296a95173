/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Output that is there whole or not at all: composed in memory, then written at once; a file
 * beside its place, then renamed.
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

/* Whether the file @path can be written, as far as can be known before a run of minutes: 0, or a
 * negative errno with @why. NULL, standard output, can. */
int output_check(const char *path, struct complaint *why);

/* 0 or -ENOMEM. */
int output_begin(struct output *output);

/* Puts what was written to the file @path, or to standard output when it is NULL, and ends
 * @output. 0, or a negative errno with @why, and no part of the file. */
int output_commit(struct output *output, const char *path, struct complaint *why);

/* Ends @output and writes nothing. */
void output_abandon(struct output *output);

#endif
