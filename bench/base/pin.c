/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stddef.h>

#include "base/pin.h"

int pin_thread(int cpu)
{
	pin_set set;

	if (cpu < 0)
		return 0;
	CPU_ZERO_S(sizeof(set), set);
	CPU_SET_S((size_t)cpu, sizeof(set), set);
	return sched_setaffinity(0, sizeof(set), set) < 0 ? -errno : 0;
}

int pin_start(pthread_t *thread, int cpu, void *(*run)(void *), void *argument)
{
	pin_set set;
	sigset_t all, before;
	pthread_attr_t attributes;
	int err = pthread_attr_init(&attributes);

	if (err)
		return -err;
	if (cpu >= 0) {
		CPU_ZERO_S(sizeof(set), set);
		CPU_SET_S((size_t)cpu, sizeof(set), set);
		err = pthread_attr_setaffinity_np(&attributes, sizeof(set), set);
	}
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (!err)
		err = pthread_create(thread, &attributes, run, argument);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return -err;
}
