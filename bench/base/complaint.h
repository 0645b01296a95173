/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Errors: a line for people that says what is wrong and what to do, and a negative errno for the
 * program.
 */
#ifndef BENCH_COMPLAINT_H
#define BENCH_COMPLAINT_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/controls.h"

/* Lines on standard error begin with it. */
#define PROGRAM "bpf_ringbuf_zc_benchmark"

struct complaint {
	char text[512];
};

/* Formats the line and returns @error, a negative errno, so that a function can end with it. In text
 * from users and files, control characters and bytes that are not UTF-8 become question marks. */
__attribute__((format(printf, 3, 4))) static inline int complain(
	struct complaint *complaint, int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(complaint->text, sizeof(complaint->text), format, arguments);
	va_end(arguments);
	for (size_t length, i = 0; complaint->text[i]; i += length)
		if (utf8_character(&complaint->text[i], &length) >= 0x80 && length == 1)
			complaint->text[i] = '?';
		else if (control_length(&complaint->text[i]) > 0)
			memset(&complaint->text[i], '?', length);
	return error;
}

#endif
