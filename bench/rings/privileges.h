/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_PRIVILEGES_H
#define BENCH_PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What the BPF programs take. The sets were found by trying (tests/cli/test_privileges.c) on Linux
 * 6.18; CAP_BPF and CAP_PERFMON are from Linux 5.8, as the ring buffer is.
 */
enum privilege {
	PRIVILEGE_BPF = 1 << 0,       /* to load programs and make maps */
	PRIVILEGE_PERFMON = 1 << 1,   /* to write kernel addresses into events; to trace */
	PRIVILEGE_NET_ADMIN = 1 << 2, /* for programs of section tc */
};

/* Whether this process lacks a capability for one of the @needed, which are or-ed; @names then
 * lists all that are missing ("CAP_BPF, CAP_NET_ADMIN"). */
bool privileges_missing(unsigned int needed, char *names, size_t size);

#endif
