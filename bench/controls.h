/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_CONTROLS_H
#define BENCH_CONTROLS_H

#include <stddef.h>

/* How many bytes a control character at @text, which is not at its end, has; 0: there is none. A
 * terminal would obey it: C0 and C1, as UTF-8 has them. */
static inline size_t control_length(const char *text)
{
	const unsigned char c = (unsigned char)text[0], next = (unsigned char)text[1];

	if (c == 0xc2 && next >= 0x80 && next < 0xa0)
		return 2;
	return c < 0x20 || c == 0x7f;
}

#endif
