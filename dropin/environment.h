/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options by environment variables, as libbpf's functions have none.
 *
 *   RINGVIEW_WAIT             event (the default), paced or busy
 *   RINGVIEW_LATENCY_BUDGET,  for paced: 200us, 1ms, ...; a whole number of ns, us, ms or s
 *   RINGVIEW_TIMER_SLACK
 *   RINGVIEW_LINGER           for paced: the same, or forever
 *   RINGVIEW_ALWAYS_NOTIFIED  for paced: 0 or 1
 *
 * They are the fields of struct ringview_options.
 */
#ifndef DROPIN_ENVIRONMENT_H
#define DROPIN_ENVIRONMENT_H

#include "ringview/ringview.h"

/* Reports wrong values on standard error, once a process, and uses the default for them. */
struct ringview_options environment_options(void);

#endif
