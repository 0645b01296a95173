/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ctrl-C: a run that is asked to stop ends between two steps, and reports nothing half.
 */
#ifndef BENCH_INTERRUPT_H
#define BENCH_INTERRUPT_H

#include <stdbool.h>

/* Catches SIGINT, SIGTERM and SIGHUP, unless they are ignored. A second one kills as usual. */
void interrupt_catch(void);

/* Whether one has arrived. For any thread. */
bool interrupted(void);

#endif
