/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ENVIRONMENT_SYSTEM_FILES_H
#define ENVIRONMENT_SYSTEM_FILES_H

/*
 * Reading the small text files of /proc and /sys.  A path is @root followed by the format and
 * its arguments.  The contents are not trusted: garbage reads as "not known", never as a value.
 */

#include <stddef.h>
#include <stdint.h>

/*
 * Copy @from to @to (@size bytes, at least 1) as printable text: blanks at both ends are
 * dropped, other bytes than printable ASCII become '?', what does not fit is cut.
 * NULL is copied as "".
 */
void system_copy_text(char *to, size_t size, const char *from);

/* @text as a number >= 0, decimal or 0x hexadecimal, blanks around it; otherwise -EINVAL. */
int64_t system_parse_number(const char *text);

/*
 * Read the first line into @text, as by system_copy_text().
 * Returns 0; -errno with @text empty when the file cannot be read; -ENODATA when it is blank.
 */
int system_read_text(char *text, size_t size, const char *root, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Read the first line as a number >= 0. Returns it, or -errno (-EINVAL when it is none). */
int64_t system_read_number(const char *root, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* May change the line it is given, which has no newline. */
typedef void system_line_fn(void *context, char *line);

/* Call @handle for each line, however long. Returns 0 or -errno. */
int system_each_line(const char *root, const char *path, system_line_fn *handle, void *context);

#endif
