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

/* Formats the line and returns @error, a negative errno, so that a function can end with it. In text
 * from users and files, control characters and bytes that are not UTF-8 become question marks. */
__attribute__((format(printf, 3, 4))) int complain(
	struct complaint *complaint, int error, const char *format, ...);

/* Returns @memory. NULL: there is none; prints so and ends the program with @status_without_memory, that
 * of the command that failed. Nothing of its output is written then. */
void *need(void *memory);
extern int status_without_memory;

/*
 * Returns the length of the character at @text if a terminal or a page would not display it but act
 * on it, else 0. @text is not at its end. These are C0 and C1, and characters that change the order
 * of the following ones, end a line, or are invisible, so that two names look alike (Unicode's
 * categories Cf, Zl and Zp, and blank letters).
 */
size_t control_length(const char *text);

#endif
