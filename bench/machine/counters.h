/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hardware counters of the calling thread, in user space only: perf_event_open(2). Many virtual
 * machines and containers have none: then opening fails with a reason, which results show instead
 * of numbers.
 */
#ifndef BENCH_MACHINE_COUNTERS_H
#define BENCH_MACHINE_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNTERS_REASON_SIZE 160

enum { COUNTERS_CYCLES, COUNTERS_INSTRUCTIONS, COUNTERS_CACHE_MISSES, COUNTERS_EVENTS };

/* One group, of the thread that opened it. */
struct counters {
	int fd[COUNTERS_EVENTS]; /* -1: not open */
	/* The kernel's clocks at counters_start(): resetting the counts does not reset them. */
	uint64_t enabled_before_ns, running_before_ns;
};

/* From counters_start() to counters_stop(). */
struct counters_values {
	uint64_t cycles, instructions; /* counted together: their ratios are exact */
	int64_t cache_misses;          /* of the last level; -1: not available with these */
	bool scaled;                   /* estimates: others used the hardware, too */
};

/* Opens them, stopped, and tests that they count. Returns 0; or a negative errno, with all closed
 * and a sentence in @reason, of COUNTERS_REASON_SIZE bytes. */
int counters_open(struct counters *counters, char *reason, size_t size);

/* Each returns 0 or a negative errno. Reading: -ENODATA if the hardware was busy with other
 * counters. */
int counters_start(struct counters *counters);
int counters_stop(struct counters *counters);
int counters_read(const struct counters *counters, struct counters_values *values);

/* They may be closed already. */
void counters_close(struct counters *counters);

#endif
