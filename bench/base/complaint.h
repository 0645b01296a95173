/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Errors: a line for people that says what is wrong and what to do, and a negative errno for the
 * program.
 */
#ifndef BENCH_COMPLAINT_H
#define BENCH_COMPLAINT_H

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Lines on standard error begin with it. */
#define PROGRAM "bpf_ringbuf_zc_benchmark"

struct complaint {
	char text[512];
};

/* Formats the line and returns @error, a negative errno. Control characters and bytes that are not
 * UTF-8, which come from users and files, become question marks. */
__attribute__((format(printf, 3, 4))) int complain(
	struct complaint *complaint, int error, const char *format, ...);

/* Returns @memory. NULL: there is none; prints so and ends the program with @status_without_memory, that
 * of the command that failed. Nothing of its output is written then. */
void *need(void *memory);
extern int status_without_memory;

/* Returns the length of the character at @text, which is not at its end, if a terminal or a page would
 * act on it instead of displaying it; else 0. These are C0 and C1, and what reorders text, ends a line,
 * or is invisible, so that two names look alike (Unicode's Cf, Zl and Zp, and blank letters). */
size_t control_length(const char *text);

#endif
