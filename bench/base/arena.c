/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/arena.h"

#include <obstack.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/complaint.h"

#define obstack_chunk_alloc malloc
#define obstack_chunk_free free

/* Of functions that finish objects: obstack.h aligns addresses by adding to a null pointer. */
#define ADDS_TO_NULL __attribute__((no_sanitize("pointer-overflow")))

static struct obstack memory;
static bool begun;

static void end_without_memory(void)
{
	need(NULL);
}

static struct obstack *arena(void)
{
	if (!begun) {
		obstack_alloc_failed_handler = end_without_memory;
		obstack_init(&memory);
		begun = true;
	}
	return &memory;
}

ADDS_TO_NULL const char *vtext(const char *format, va_list arguments)
{
	obstack_vprintf(arena(), format, arguments);
	obstack_1grow(&memory, '\0');
	return obstack_finish(&memory);
}

const char *text(const char *format, ...)
{
	const char *made;
	va_list arguments;

	va_start(arguments, format);
	made = vtext(format, arguments);
	va_end(arguments);
	return made;
}

ADDS_TO_NULL const char *texts(const char *const *parts)
{
	for (arena(); *parts; parts++)
		obstack_grow(&memory, *parts, strlen(*parts));
	obstack_1grow(&memory, '\0');
	return obstack_finish(&memory);
}

ADDS_TO_NULL void *arena_allocate(size_t size)
{
	return memset(obstack_alloc(arena(), size), 0, size);
}

/* The room doubles at every power of two. */
void *arena_grow(void *array, size_t count, size_t size)
{
	void *grown;

	if ((count & (count - 1)) != 0)
		return array;
	grown = arena_allocate((count ? 2 * count : 1) * size);
	return count ? memcpy(grown, array, count * size) : grown;
}

void arena_free(void)
{
	if (begun)
		obstack_free(&memory, NULL);
	begun = false;
}
