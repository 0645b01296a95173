/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Structs that grow at their end: those of a program may be of another version than the library's.
 */
#ifndef RINGVIEW_SIZED_H
#define RINGVIEW_SIZED_H

#include <errno.h>
#include <stddef.h>
#include <string.h>

#define SIZED_MOST 4096 /* larger ones are a mistake */

/* Takes a program's struct: @to keeps what @from is too short for. 0, or -EINVAL where the program
 * asks for something that is not known here: not all that @from has in addition is 0. */
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

/* Fills a program's struct: what is not known here is 0. */
static inline void sized_give(void *to, size_t to_size, const void *from, size_t from_size)
{
	memset(to, 0, to_size);
	memcpy(to, from, from_size < to_size ? from_size : to_size);
}

#endif
