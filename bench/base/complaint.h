/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Errors: one line for people that says what was wrong and what to do, and a negative errno for the
 * program.
 */
#ifndef BENCH_COMPLAINT_H
#define BENCH_COMPLAINT_H

#include <stdarg.h>
#include <stdio.h>

#include "base/controls.h"

/* What lines to people begin with. */
#define PROGRAM "bpf_ringbuf_zc_benchmark"

struct complaint {
	char text[512];
};

/* Sets the line and returns @error, a negative errno, so that a function can end with it. Text from
 * people and files may hold line ends or escape sequences for the terminal, which become question
 * marks. */
__attribute__((format(printf, 3, 4))) static inline int complain(
	struct complaint *complaint, int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(complaint->text, sizeof(complaint->text), format, arguments);
	va_end(arguments);
	for (char *at = complaint->text; *at != '\0'; at++)
		for (size_t length = control_length(at); length > 0; length--)
			at[length - 1] = '?';
	return error;
}

#endif
