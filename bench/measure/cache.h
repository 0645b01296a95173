/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes memory out of the processor's caches, so that every reading starts alike. Without it a
 * reading is up to four times as fast when the one before it left the right lines behind.
 */
#ifndef BENCH_CACHE_H
#define BENCH_CACHE_H

#include <stdbool.h>
#include <stddef.h>

/* Whether cache_flush() can do anything on this architecture. */
bool cache_can_flush(void);

/* Flushes @size bytes at @start from all caches, for every mapping of them. */
void cache_flush(const void *start, size_t size);

#endif
