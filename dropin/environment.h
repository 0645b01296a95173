/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the environment says of how to wait, to a program that cannot be asked otherwise.
 *
 *   RINGVIEW_WAIT             event (the default), paced or busy
 *   RINGVIEW_LATENCY_BUDGET,  of paced: 200us, 1ms, ...; a whole number of ns, us, ms or s
 *   RINGVIEW_TIMER_SLACK
 *   RINGVIEW_LINGER           of paced: the same, or forever
 *   RINGVIEW_ALWAYS_NOTIFIED  of paced: 0 or 1
 *
 * They are the fields of struct ringview_options.
 */
#ifndef DROPIN_ENVIRONMENT_H
#define DROPIN_ENVIRONMENT_H

#include "ringview/ringview.h"

/* What is wrong is told on standard error, once in a process, and the default is taken. */
struct ringview_options environment_options(void);

#endif
