/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_PIN_H
#define BENCH_PIN_H

#include <pthread.h>
#include <sched.h>

#define PIN_CPUS_MAX 8192 /* CONFIG_NR_CPUS of any kernel */

/* A set of any CPUs: for the CPU_*_S() macros with sizeof(set). */
typedef cpu_set_t pin_set[PIN_CPUS_MAX / CPU_SETSIZE];

/* Pins the calling thread to CPU @cpu, unless that is negative. Returns 0 or a negative errno. */
int pin_thread(int cpu);

/* Starts a thread, pinned to @cpu unless that is negative. It blocks all signals: the main thread
 * handles them, so that they interrupt its sleeps. Returns 0 or a negative errno. */
int pin_start(pthread_t *thread, int cpu, void *(*run)(void *), void *argument);

#endif
