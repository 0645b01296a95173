/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>

#include "rings/workload.h"

const char *const event_names[] = { "skb_meta", "sized", NULL };
const char *const source_names[] = { "bpf", "memory", NULL };
const char *const touch_names[] = { "none", "header", "fields", "bytes", NULL };
const char *const caches_names[] = { "cold", "own", "other", NULL };
const char *const live_notify_names[] = { "default", "never", "force", "sampled", NULL };
const char *const live_producer_names[] = { "run", "syscall", NULL };
const char *const live_write_names[] = { "reserve", "output", NULL };
const char *const live_preset_names[] = { "kernel-selftests", NULL };
