/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/complaint.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

/* Returns a character of UTF-8 and its length in bytes; for invalid UTF-8, the first byte. */
static uint32_t utf8_character(const char *text, size_t *length)
{
	const unsigned char *c = (const unsigned char *)text;
	const size_t more = c[0] >= 0xf0 ? 3 : c[0] >= 0xe0 ? 2 : c[0] >= 0xc2 ? 1 : 0;
	uint32_t character = more > 0 ? c[0] & (0x3fu >> more) : c[0];

	*length = 1;
	for (size_t i = 1; i <= more; i++) {
		if ((c[i] & 0xc0) != 0x80)
			return c[0];
		character = character << 6 | (c[i] & 0x3f);
	}
	*length = 1 + more;
	return character;
}

size_t control_length(const char *text)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = { { 0, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x34f, 0x34f },
		{ 0x600, 0x605 }, { 0x61c, 0x61c }, { 0x6dd, 0x6dd }, { 0x70f, 0x70f },
		{ 0x890, 0x891 }, { 0x8e2, 0x8e2 }, { 0x115f, 0x1160 }, { 0x17b4, 0x17b5 },
		{ 0x180b, 0x180f }, { 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
		{ 0x2800, 0x2800 }, { 0x3164, 0x3164 }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
		{ 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb }, { 0x110bd, 0x110bd }, { 0x110cd, 0x110cd },
		{ 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
		{ 0xe0000, 0xe0fff } };
	size_t length;
	const uint32_t character = utf8_character(text, &length);

	if (length == 1)
		return character < 0x20 || character == 0x7f;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (character >= hidden[i].first && character <= hidden[i].last)
			return length;
	return 0;
}

int status_without_memory = 1;

void *need(void *memory)
{
	if (memory)
		return memory;
	fputs(PROGRAM ": out of memory\n", stderr);
	exit(status_without_memory);
}

int complain(struct complaint *complaint, int error, const char *format, ...)
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
