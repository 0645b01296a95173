/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>

#include "lock.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static unsigned number_of_forks;

void lock(void)
{
	pthread_mutex_lock(&mutex);
}

void unlock(void)
{
	pthread_mutex_unlock(&mutex);
}

unsigned forks(void)
{
	return number_of_forks;
}

static void begin_child(void)
{
	number_of_forks++;
	unlock();
}

/* A child must not inherit a lock that another thread holds, as it may open rings. */
__attribute__((constructor)) static void guard_forks(void)
{
	pthread_atfork(lock, unlock, begin_child);
}
