/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>

#include "lock.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

void lock(void)
{
	pthread_mutex_lock(&mutex);
}

void unlock(void)
{
	pthread_mutex_unlock(&mutex);
}

/* A child must not inherit a lock that another thread holds: it may make rings. */
__attribute__((constructor)) static void guard_forks(void)
{
	pthread_atfork(lock, unlock, unlock);
}
