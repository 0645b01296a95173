/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Texts and other memory of what a command writes, valid until arena_free(). Out of memory, the program
 * ends: see need().
 */
#ifndef BENCH_BASE_ARENA_H
#define BENCH_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

__attribute__((format(printf, 1, 2))) const char *text(const char *format, ...);
__attribute__((format(printf, 1, 0))) const char *vtext(const char *format, va_list arguments);
#define TEXT_IF(condition, ...) ((condition) ? text(__VA_ARGS__) : "")
/* Joins its arguments; for a line of optional parts. */
#define TEXTS(...) texts((const char *const[]){ __VA_ARGS__, NULL })
const char *texts(const char *const *parts);
void *arena_allocate(size_t size) __attribute__((returns_nonnull)); /* zeroed */
void *arena_grow(void *array, size_t count, size_t size); /* @array with room for one more */
void arena_free(void);

#endif
