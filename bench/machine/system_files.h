/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads the small text files of /proc and /sys. A path is @root followed by the format and its
 * arguments. Their contents are not trusted: garbage is unknown, never a value.
 */
#ifndef BENCH_MACHINE_SYSTEM_FILES_H
#define BENCH_MACHINE_SYSTEM_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Copies one line as printable text: without blanks at the ends, "?" for other bytes than printable
 * ASCII, cut to fit. */
void system_copy_text(char *to, size_t size, const char *from);

/* Returns @text as a number, decimal or 0x hexadecimal; -1 if it is none. */
int64_t system_parse_number(const char *text);

/* Reads the first line. Returns false, and empties @text, if the file cannot be read or the line is
 * blank. */
__attribute__((format(printf, 4, 5))) bool system_read_text(
	char *text, size_t size, const char *root, const char *format, ...);

/* Returns the first line as a number; -1 if it is none. */
__attribute__((format(printf, 2, 3))) int64_t system_read_number(
	const char *root, const char *format, ...);

/* Reads the value of the first line "@name : value", with ':' or ' ' as the separator. Returns false,
 * and empties @value, if there is none. */
bool system_read_field(char *value, size_t size, const char *root, const char *path,
	const char *name, char separator);

/* Reads the next range of a list of CPUs ("0-3,8"), and advances the list. Returns false at its
 * end, or if it is no list. */
bool system_next_range(const char **list, int *first, int *last);

#endif
