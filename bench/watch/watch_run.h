/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Watching one ring, or all.
 */
#ifndef BENCH_WATCH_RUN_H
#define BENCH_WATCH_RUN_H

#include "watch/watch_settings.h"

/*
 * Shows the rings until the user stops it, or settings->count updates have been shown, or the one
 * that was chosen is gone, which is an error only where there were to be settings->count updates,
 * and else is said on standard error. 0; 1 when a condition of -check failed, which was said; or a
 * negative errno with @why.
 */
int watch_run(const struct watch_settings *settings, struct complaint *why);

#endif
