/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "stream.h"
#include "text.h"

#define GROUPS_MAX 8

size_t count_lines(const char *text)
{
	return count_of(text, "\n");
}

size_t line_length(const char *line)
{
	return strcspn(line, "\n");
}

size_t columns(const char *line)
{
	size_t count = 0;

	for (; *line && *line != '\n'; line++)
		count += ((unsigned char)*line & 0xc0) != 0x80;
	return count;
}

char *line_of(const char *text, size_t number)
{
	char *line;

	for (; number > 0; number--) {
		text = strchr(text, '\n');
		if (!text)
			fail_msg("there is no such line");
		text++;
	}
	line = strndup(text, line_length(text));
	assert_non_null(line);
	return line;
}

void assert_narrow(const char *text)
{
	for (size_t i = 0; i < count_lines(text); i++) {
		char *line = line_of(text, i);

		if (columns(line) > 100 && strncmp(line, "Caution: ", 9) != 0)
			fail_msg("%zu columns: %s", columns(line), line);
		free(line);
	}
}

void assert_fits_a_screen(const char *text)
{
	/* The last is the prompt's. */
	if (count_lines(text) >= TERMINAL_ROWS)
		fail_msg("%zu lines: %s", count_lines(text), text);
	for (size_t i = 0; i < count_lines(text); i++) {
		char *line = line_of(text, i);

		if (columns(line) > TERMINAL_COLUMNS)
			fail_msg("%zu columns: %s", columns(line), line);
		free(line);
	}
}

size_t count_of(const char *text, const char *part)
{
	size_t count = 0;

	while ((text = strstr(text, part))) {
		text += strlen(part);
		count++;
	}
	return count;
}

static bool match(const char *text, const char *pattern, regmatch_t groups[GROUPS_MAX])
{
	regex_t compiled;
	int found;

	assert_int_equal(regcomp(&compiled, pattern, REG_EXTENDED | REG_NEWLINE), 0);
	found = regexec(&compiled, text, GROUPS_MAX, groups, 0);
	regfree(&compiled);
	return found == 0;
}

bool matches(const char *text, const char *pattern)
{
	regmatch_t groups[GROUPS_MAX];

	return match(text, pattern, groups);
}

void assert_matches(const char *text, const char *pattern)
{
	if (!matches(text, pattern))
		fail_msg("\"%s\" does not match \"%s\"", text, pattern);
}

char *matched(const char *text, const char *pattern, size_t group)
{
	regmatch_t groups[GROUPS_MAX];

	if (!match(text, pattern, groups) || groups[group].rm_so < 0)
		fail_msg("\"%s\" does not match \"%s\"", text, pattern);
	return strndup(
		text + groups[group].rm_so, (size_t)(groups[group].rm_eo - groups[group].rm_so));
}

double duration_ns(const char *text)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = { { "ns", 1 }, { "\xc2\xb5s", 1e3 }, { "ms", 1e6 }, { "s", 1e9 }, { "m", 60e9 },
		{ "h", 3600e9 } };
	double sum = 0;

	if (!*text)
		return -1;
	while (*text) {
		size_t unit, length;
		char *end;
		double number;

		if (*text < '0' || *text > '9')
			return -1;
		number = strtod(text, &end);
		length = strcspn(end, "0123456789");
		for (unit = 0; unit < COUNT(units); unit++)
			if (strlen(units[unit].name) == length &&
				memcmp(units[unit].name, end, length) == 0)
				break;
		if (unit == COUNT(units))
			return -1;
		sum += number * units[unit].ns;
		text = end + length;
	}
	return sum;
}
