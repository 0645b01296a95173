/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>

#include "watch/append.h"

void append(struct bounded_text *text, const char *format, ...)
{
	const size_t left = text->size - text->used;
	va_list arguments;
	int written;

	va_start(arguments, format);
	written = vsnprintf(text->text + text->used, left, format, arguments);
	va_end(arguments);
	if (written >= 0 && (size_t)written < left)
		text->used += (size_t)written;
	else if (left > 0)
		text->text[text->used] = '\0';
}
