/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>

#include "rings/live.h"

const char *const live_notify_names[] = { "default", "never", "force", "sampled", NULL };
const char *const live_producer_names[] = { "run", "syscall", NULL };
const char *const live_write_names[] = { "reserve", "output", NULL };
const char *const live_preset_names[] = { "kernel-selftests", NULL };
