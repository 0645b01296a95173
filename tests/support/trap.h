/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs code in the middle of a call: at the first access to a page.
 */
#ifndef TEST_TRAP_H
#define TEST_TRAP_H

#include <stddef.h>

/* Protects the @size bytes of whole pages at @pages. The next access from this thread makes
 * them accessible again and calls @happen before it proceeds. */
void trap_set(void *pages, size_t size, void (*happen)(void *), void *context);

/* Returns whether the trap was hit, and removes it. */
int trap_end(void);

#endif
