/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * BPF programs: loading them, why that failed, and what they counted by ringview.bpf.h.
 */
#ifndef BENCH_BPF_H
#define BENCH_BPF_H

#include <stdint.h>

#include "base/complaint.h"
#include "ringview/ringview.bpf.h"

/* The capabilities that BPF programs need, found by trying (tests/cli/test_privileges.c) on Linux
 * 6.18. CAP_BPF and CAP_PERFMON exist since Linux 5.8, as the ring buffer does. */
enum privilege {
	PRIVILEGE_BPF = 1 << 0,       /* to load programs and make maps */
	PRIVILEGE_PERFMON = 1 << 1,   /* to write kernel addresses into events; to trace */
	PRIVILEGE_NET_ADMIN = 1 << 2, /* for programs of section tc */
};

/* Suppresses libbpf's long messages on standard error; ours has one line. */
void bpf_load_quietly(void);

/* Says why a program that needs @privileges, or a ring of @ring_size bytes, could not be made.
 * Returns a negative errno. */
int bpf_load_explain(int err, unsigned int privileges, uint64_t ring_size, struct complaint *why);

/* Says why a program could not be attached to the tracepoint of system calls. Returns @err. */
int bpf_load_explain_attach(int err, struct complaint *why);

/* The account @index of the map @map_fd, summed over all CPUs. Returns 0 or a negative errno. */
int bpf_accounts_sum(int map_fd, uint32_t index, struct ringview_account *sum);

#endif
