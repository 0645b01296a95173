/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_WATCH_APPEND_H
#define BENCH_WATCH_APPEND_H

#include <stddef.h>

/* A text to which whole pieces are appended: one that does not fit is left out. Unlike the texts of
 * the arena it has a fixed size, as watch runs for months. */
struct bounded_text {
	char *text; /* @size bytes, a string from the start */
	size_t size, used;
};

__attribute__((format(printf, 2, 3))) void append(
	struct bounded_text *text, const char *format, ...);

#endif
