/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * This process: its threads and their CPUs, signals that interrupt it, its output, and the folder
 * that it was built in.
 */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>

#define PIN_CPUS_MAX 8192 /* CONFIG_NR_CPUS of any kernel */

/* A set of any CPUs: for the CPU_*_S() macros with sizeof(set). */
typedef cpu_set_t pin_set[PIN_CPUS_MAX / CPU_SETSIZE];

/* Each returns 0 or a negative errno. A negative @cpu pins nothing. A started thread blocks all
 * signals: the main thread handles them, so that they interrupt its sleeps. */
int pin_thread(int cpu); /* the calling one */
int pin_start(pthread_t *thread, int cpu, void *(*run)(void *), void *argument);

/* Catches SIGINT, SIGTERM and SIGHUP, unless they are ignored: an interrupted run stops between two
 * steps. A second signal kills as usual. */
void interrupt_catch(void);

/* Returns whether a signal has arrived. Thread-safe. */
bool interrupted(void);

/* Writes all of @text, with as many calls as necessary. Returns 0 or a negative errno. */
int write_all(int fd, const char *text, size_t size);

/* Gets the folder of this program: bench/ in the build folder. Returns 0 or a negative errno. */
int build_folder_own(char folder[PATH_MAX]);

/* Whether this program was moved out of it, as by an installation: ./run cannot add what is missing. */
bool build_folder_was_left(void);

/* Gets the path of @file ("peers/aya") in the build folder, whether it exists or not. Returns 0;
 * -ENOENT if this program was moved out; or another negative errno. */
int build_folder_path(char path[PATH_MAX], const char *file);

#endif
