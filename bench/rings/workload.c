/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>

#include "rings/workload.h"

const char *const event_names[] = { "skb_meta", "sized", NULL };
const char *const source_names[] = { "bpf", "memory", NULL };
const char *const touch_names[] = { "none", "header", "fields", "bytes", NULL };
const char *const caches_names[] = { "cold", "own", "other", NULL };
