/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thread that is in ringview_wait(), and a way to know that it sleeps there.
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
	struct ringview *rv; /* the thread's, until sleeper_join() */
	int64_t timeout_ns;
	uint64_t sleeps_before;
	pid_t tid; /* 0 until the thread runs */
	int result;
	bool done;
};

/* Calls ringview_wait(@rv, @timeout_ns) in a thread of its own. */
void sleeper_start(struct sleeper *s, struct ringview *rv, int64_t timeout_ns);

/* Looks until the thread sleeps in a system call of ringview_wait(). False: it returned instead. */
bool sleeper_is_asleep(struct sleeper *s);

/* Whether ringview_wait() has returned by now. */
bool sleeper_is_done(const struct sleeper *s);

/* What ringview_wait() returned. */
int sleeper_join(struct sleeper *s);

#endif
