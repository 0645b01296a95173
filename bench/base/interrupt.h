/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ctrl-C: an interrupted run stops between two steps.
 */
#ifndef BENCH_INTERRUPT_H
#define BENCH_INTERRUPT_H

#include <stdbool.h>

/* Catches SIGINT, SIGTERM and SIGHUP, unless they are ignored. A second signal kills as usual. */
void interrupt_catch(void);

/* Returns whether a signal has arrived. Thread-safe. */
bool interrupted(void);

#endif
