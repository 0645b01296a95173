/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "environment/system_files.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

void system_copy_text(char *to, size_t size, const char *from)
{
	size_t length = 0;

	if (from) {
		while (is_blank(*from))
			from++;
		for (; *from && length + 1 < size; from++)
			to[length++] = is_blank(*from)              ? ' '
				       : *from < ' ' || *from > '~' ? '?'
								    : *from;
	}
	while (length && to[length - 1] == ' ')
		length--;
	to[length] = '\0';
}

int64_t system_parse_number(const char *text)
{
	long long number;
	char *end;
	int base;

	while (is_blank(*text))
		text++;
	/* strtoll() would also take a sign, and in base 0 a leading 0 for octal. */
	if (*text < '0' || *text > '9')
		return -EINVAL;
	base = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 16 : 10;
	errno = 0;
	number = strtoll(text, &end, base);
	if (errno)
		return -EINVAL;
	while (is_blank(*end))
		end++;
	return *end ? -EINVAL : number;
}

/* Open @root followed by the formatted path; NULL with errno set if that failed. */
__attribute__((format(printf, 2, 0))) static FILE *open_file(
	const char *root, const char *format, va_list arguments)
{
	char path[PATH_MAX];
	size_t length = strlen(root);
	int rest;

	if (length >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	memcpy(path, root, length); /* NOLINT(bugprone-not-null-terminated-result): the rest does */
	rest = vsnprintf(path + length, sizeof(path) - length, format, arguments);
	if (rest < 0 || (size_t)rest >= sizeof(path) - length) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	return fopen(path, "re");
}

__attribute__((format(printf, 4, 0))) static int read_text(
	char *text, size_t size, const char *root, const char *format, va_list arguments)
{
	FILE *file = open_file(root, format, arguments);
	char *line = NULL;
	size_t allocated = 0;
	ssize_t length;
	int error = 0;

	text[0] = '\0';
	if (!file)
		return -errno;
	errno = 0;
	length = getline(&line, &allocated, file);
	if (length < 0)
		error = errno ? -errno : -ENODATA;
	else
		system_copy_text(text, size, line);
	free(line);
	fclose(file);
	if (!error && !text[0])
		error = -ENODATA;
	return error;
}

int system_read_text(char *text, size_t size, const char *root, const char *format, ...)
{
	va_list arguments;
	int error;

	va_start(arguments, format);
	error = read_text(text, size, root, format, arguments);
	va_end(arguments);
	return error;
}

int64_t system_read_number(const char *root, const char *format, ...)
{
	/* Longer than any number: one that is cut here is too large, not another number. */
	char text[64];
	va_list arguments;
	int error;

	va_start(arguments, format);
	error = read_text(text, sizeof(text), root, format, arguments);
	va_end(arguments);
	return error ? error : system_parse_number(text);
}

__attribute__((format(printf, 2, 3))) static FILE *open_path(
	const char *root, const char *format, ...)
{
	va_list arguments;
	FILE *file;

	va_start(arguments, format);
	file = open_file(root, format, arguments);
	va_end(arguments);
	return file;
}

int system_each_line(const char *root, const char *path, system_line_fn *handle, void *context)
{
	FILE *file = open_path(root, "%s", path);
	char *line = NULL;
	size_t allocated = 0;
	int error;

	if (!file)
		return -errno;
	errno = 0;
	while (getline(&line, &allocated, file) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		handle(context, line);
		errno = 0;
	}
	error = feof(file) ? 0 : -errno;
	free(line);
	fclose(file);
	return error;
}
