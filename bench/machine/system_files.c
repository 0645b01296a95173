/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine/machine.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"

#define BLANKS " \t\n\v\f\r"

void system_copy_text(char *to, size_t size, const char *from)
{
	size_t length = 0;

	for (from += strspn(from, BLANKS); *from && length + 1 < size; from++)
		to[length++] = strchr(BLANKS, *from)        ? ' '
			       : *from < ' ' || *from > '~' ? '?'
							    : *from;
	while (length > 0 && to[length - 1] == ' ')
		length--;
	to[length] = '\0';
}

int64_t system_parse_number(const char *text)
{
	int64_t number;
	char *end;

	text += strspn(text, BLANKS);
	/* strtoll() would also take a sign, and in base 0 a leading 0 for octal. */
	if (*text < '0' || *text > '9')
		return -1;
	errno = 0;
	number = strtoll(text, &end, text[0] == '0' && (text[1] | 32) == 'x' ? 16 : 10);
	return errno || end[strspn(end, BLANKS)] ? -1 : number;
}

const char *system_root = "";

FILE *system_open(const char *path)
{
	char full[PATH_MAX];

	return snprintf(full, sizeof(full), "%s%s", system_root, path) < (int)sizeof(full)
		       ? fopen(full, "re")
		       : NULL;
}

bool system_read_text(char *text, size_t size, const char *path)
{
	FILE *file = system_open(path);
	char line[4096];

	text[0] = '\0';
	if (!file)
		return false;
	if (fgets(line, sizeof(line), file))
		system_copy_text(text, size, line);
	fclose(file);
	return text[0] != '\0';
}

int64_t system_read_number(const char *path)
{
	char text[64]; /* longer than any number: one that is cut is too large */

	system_read_text(text, sizeof(text), path);
	return system_parse_number(text);
}

bool system_read_field(char *value, size_t size, const char *path, const char *name, char separator)
{
	const size_t length = strlen(name);
	FILE *file = system_open(path);
	size_t allocated = 0;
	char *line = NULL;

	value[0] = '\0';
	while (file && !value[0] && getline(&line, &allocated, file) >= 0) {
		const char *at = line + length;

		if (strncmp(line, name, length) != 0)
			continue;
		at += separator == ':' ? strspn(at, BLANKS) : 0;
		if (*at == separator)
			system_copy_text(value, size, at + 1);
	}
	free(line);
	if (file)
		fclose(file);
	return value[0] != '\0';
}

static int take_cpu(const char **text)
{
	int number = 0;

	if (**text < '0' || **text > '9')
		return -1;
	for (; **text >= '0' && **text <= '9' && number < PIN_CPUS_MAX; (*text)++)
		number = number * 10 + (**text - '0');
	return number < PIN_CPUS_MAX ? number : -1;
}

bool system_next_range(const char **list, int *first, int *last)
{
	*first = *last = take_cpu(list);
	if (*first >= 0 && **list == '-') {
		(*list)++;
		*last = take_cpu(list);
	}
	if (**list == ',')
		(*list)++;
	else if (**list)
		return false;
	return *first >= 0 && *last >= *first;
}
