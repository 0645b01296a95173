/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lock of the state that all threads of a process share: the rings with their maps, and the
 * objects that other libraries made. Held briefly, and free in a child of fork().
 */
#ifndef DROPIN_LOCK_H
#define DROPIN_LOCK_H

void lock(void);
void unlock(void);

/* The number of fork()s between the process that loaded this library and this one. */
unsigned forks(void);

#endif
