/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_PRIVILEGES_H
#define BENCH_PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>

#include "workload.h"

/*
 * Whether this process lacks a capability that loading and running the BPF program for @event
 * takes; @names then lists all that are missing ("CAP_BPF, CAP_NET_ADMIN"). The sets were found by
 * trying (tests/cli/test_privileges.c) on Linux 6.18; CAP_BPF and CAP_PERFMON are from Linux 5.8,
 * as the ring buffer is.
 */
bool privileges_missing(enum event_kind event, char *names, size_t size);

#endif
