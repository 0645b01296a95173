/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The small text files of /proc and /sys. A path is @root followed by the format and its arguments.
 * Their contents are not trusted: garbage is unknown, never a value.
 */
#ifndef BENCH_MACHINE_SYSTEM_FILES_H
#define BENCH_MACHINE_SYSTEM_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Copies one line as printable text: no blanks at the ends, "?" for other bytes than printable
 * ASCII, what does not fit is cut. */
void system_copy_text(char *to, size_t size, const char *from);

/* @text as a number, decimal or 0x hexadecimal; -1 where it is none. */
int64_t system_parse_number(const char *text);

/* The first line. False, and @text is empty, where the file cannot be read or the line is blank. */
__attribute__((format(printf, 4, 5))) bool system_read_text(
	char *text, size_t size, const char *root, const char *format, ...);

/* The first line as a number; -1 where it is none. */
__attribute__((format(printf, 2, 3))) int64_t system_read_number(
	const char *root, const char *format, ...);

/* The value of the first line "@name : value" of /proc/cpuinfo. False where there is none. */
bool system_read_cpuinfo(char *value, size_t size, const char *root, const char *name);

/* Takes the next range off a list of CPUs ("0-3,8"), which moves on. False at its end, or where it
 * is no list. */
bool system_next_range(const char **list, int *first, int *last);

#endif
