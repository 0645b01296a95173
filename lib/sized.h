/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Structs that grow at their end: the program's may be of another version than the library's.
 */
#ifndef RINGVIEW_SIZED_H
#define RINGVIEW_SIZED_H

#include <errno.h>
#include <stddef.h>
#include <string.h>

#define SIZED_MOST 4096 /* larger sizes are a mistake */

/* Takes a program's struct: fields that @from lacks keep their value in @to. Returns 0, or -EINVAL
 * if the program sets a field that the library does not know: not all extra bytes are 0. */
static inline int sized_take(void *to, size_t to_size, const void *from, size_t from_size)
{
	const unsigned char *bytes = (const unsigned char *)from;

	if (from_size > SIZED_MOST)
		return -EINVAL;
	for (size_t i = to_size; i < from_size; i++)
		if (bytes[i] != 0)
			return -EINVAL;
	memcpy(to, from, from_size < to_size ? from_size : to_size);
	return 0;
}

/* Fills a program's struct: fields that the library does not know are set to 0. */
static inline void sized_give(void *to, size_t to_size, const void *from, size_t from_size)
{
	memset(to, 0, to_size);
	memcpy(to, from, from_size < to_size ? from_size : to_size);
}

#endif
