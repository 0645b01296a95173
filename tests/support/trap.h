/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Something happens in the middle of a call: at the first access to a page.
 */
#ifndef TEST_TRAP_H
#define TEST_TRAP_H

#include <stddef.h>

/* At the next access to the @size bytes of whole pages at @pages, from this thread, they become
 * accessible again and @happen is called before the access is made. */
void trap_set(void *pages, size_t size, void (*happen)(void *), void *context);

/* Whether the last one has happened; takes it away. */
int trap_end(void);

#endif
