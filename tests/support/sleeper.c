/* SPDX-License-Identifier: BSD-2-Clause */
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "reader.h"
#include "sleeper.h"

static void *run(void *argument)
{
	struct sleeper *s = argument;

	__atomic_store_n(&s->tid, gettid(), __ATOMIC_RELEASE);
	s->result = ringview_wait(s->rv, s->timeout_ns);
	__atomic_store_n(&s->done, true, __ATOMIC_RELEASE);
	return NULL;
}

/* Not instrumented by the thread sanitizer: the other thread counts meanwhile, and any larger
 * number will do. */
__attribute__((no_sanitize("thread"))) static uint64_t sleeps_of(const struct ringview *rv)
{
	return *(const volatile uint64_t *)&const_reader_of(rv)->waiter.sleeps;
}

/* Returns the state letter in /proc/.../stat, after the name of the program. */
static char state_of(pid_t tid)
{
	char path[64], line[256], *name_end;
	FILE *file;
	size_t length;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)tid);
	file = fopen(path, "r");
	if (!file)
		return '\0';
	length = fread(line, 1, sizeof(line) - 1, file);
	fclose(file);
	line[length] = '\0';
	name_end = strrchr(line, ')');
	return name_end && name_end[1] == ' ' ? name_end[2] : '\0';
}

void sleeper_start(struct sleeper *s, struct ringview *rv, int64_t timeout_ns)
{
	*s = (struct sleeper){ .rv = rv, .timeout_ns = timeout_ns };
	s->sleeps_before = sleeps_of(rv);
	assert_int_equal(pthread_create(&s->thread, NULL, run, s), 0);
}

bool sleeper_is_done(const struct sleeper *s)
{
	return __atomic_load_n(&s->done, __ATOMIC_ACQUIRE);
}

bool sleeper_is_asleep(struct sleeper *s)
{
	while (!sleeper_is_done(s)) {
		pid_t tid = __atomic_load_n(&s->tid, __ATOMIC_ACQUIRE);

		/* In this order: once the sleep is counted, a sleeping thread is in that sleep. */
		if (tid != 0 && sleeps_of(s->rv) != s->sleeps_before && state_of(tid) == 'S')
			return true;
		sched_yield();
	}
	return false;
}

int sleeper_join(struct sleeper *s)
{
	assert_int_equal(pthread_join(s->thread, NULL), 0);
	return s->result;
}
