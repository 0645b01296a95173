/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread that calls ringview_wait(), and a way to know that it sleeps there.
 */
#ifndef TEST_SLEEPER_H
#define TEST_SLEEPER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ringview/ringview.h"

struct sleeper {
	pthread_t thread;
	struct ringview *rv; /* used by the thread until sleeper_join() */
	int64_t timeout_ns;
	uint64_t sleeps_before;
	pid_t tid; /* 0 until the thread runs */
	int result;
	bool done;
};

/* Calls ringview_wait(@rv, @timeout_ns) in a new thread. */
void sleeper_start(struct sleeper *s, struct ringview *rv, int64_t timeout_ns);

/* Polls until the thread sleeps in a system call of ringview_wait(). Returns false if that returned
 * instead. */
bool sleeper_is_asleep(struct sleeper *s);

/* Returns whether ringview_wait() has returned. */
bool sleeper_is_done(const struct sleeper *s);

/* Waits for the thread and returns what ringview_wait() returned. */
int sleeper_join(struct sleeper *s);

#endif
