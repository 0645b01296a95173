/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lock of all that the threads of a process share here: which ring lies on which map, and what
 * another library made. Held for moments, and free in a child of fork().
 */
#ifndef DROPIN_LOCK_H
#define DROPIN_LOCK_H

void lock(void);
void unlock(void);

/* The number of fork()s between the process that loaded this library and this one. */
unsigned forks(void);

#endif
