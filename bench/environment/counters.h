/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ENVIRONMENT_COUNTERS_H
#define ENVIRONMENT_COUNTERS_H

/*
 * Hardware counters of the calling thread, in user space only: perf_event_open(2).
 *
 * Many virtual machines and containers have none.  Then counters_open() fails and says why; a
 * benchmark reports that sentence in place of numbers, never zeros.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNTERS_REASON_SIZE 160

enum {
	COUNTERS_CYCLES,
	COUNTERS_INSTRUCTIONS,
	COUNTERS_CACHE_MISSES,
	COUNTERS_EVENTS,
};

/* One group of counters.  Belongs to the thread that opened it. */
struct counters {
	/* -1: not open. */
	int fd[COUNTERS_EVENTS];
	/* The kernel's clocks at counters_start(): resetting the counts does not reset them. */
	uint64_t enabled_before_ns;
	uint64_t running_before_ns;
};

/* What was counted from counters_start() to counters_stop(). */
struct counters_values {
	/* All three are of the same instants, so their ratios are exact even when scaled. */
	uint64_t cycles;
	uint64_t instructions;
	/* Misses of the last level cache, as PERF_COUNT_HW_CACHE_MISSES defines them on this
	 * processor; -1 when it cannot count them together with the others. */
	int64_t cache_misses;
	/* Nanoseconds the thread ran, and in how many of them the counters really counted. */
	uint64_t enabled_ns;
	uint64_t running_ns;
	/* They shared the hardware with others, and the values are estimates: counted *
	 * enabled_ns / running_ns. */
	bool scaled;
};

/*
 * Open the counters of the calling thread, stopped, and try that they count.
 * Returns 0; -errno with all closed, and a sentence for the user in @reason (@size bytes, at
 * least 1; COUNTERS_REASON_SIZE is enough): -ENOENT, -EOPNOTSUPP or -ENODEV when the machine
 * has none, -EACCES or -EPERM when they are not allowed (/proc/sys/kernel/perf_event_paranoid),
 * -ENODATA when they opened but count nothing, -ENOSYS when the kernel lacks them.
 */
int counters_open(struct counters *counters, char *reason, size_t size);

/* Count from 0. Returns 0 or -errno, -EBADF when the counters are not open. */
int counters_start(struct counters *counters);

/* Stop counting; the counts stay. Returns 0 or -errno, -EBADF when they are not open. */
int counters_stop(struct counters *counters);

/*
 * What was counted since the last counters_start(); best after counters_stop().
 * Returns 0 or -errno: -EBADF when they are not open, -ENODATA when the hardware was busy with
 * other counters all the time, so that nothing is known.
 */
int counters_read(const struct counters *counters, struct counters_values *values);

/* Close what is open; the counters may be closed already. */
void counters_close(struct counters *counters);

/* The sentence for the -errno @error of counters_open(). */
void counters_reason(int error, char *reason, size_t size);

/* @count of @running_ns as an estimate for @enabled_ns; 0 when @running_ns is 0. */
uint64_t counters_scale(uint64_t count, uint64_t enabled_ns, uint64_t running_ns);

#endif
