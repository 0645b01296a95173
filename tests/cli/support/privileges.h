/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Running a program with fewer privileges than the test has.
 */
#ifndef TEST_CLI_PRIVILEGES_H
#define TEST_CLI_PRIVILEGES_H

#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>

#define CAPABILITY(name) (UINT64_C(1) << (name))

/* What the BPF source is said to need. */
#define BPF_CAPABILITIES (CAPABILITY(CAP_BPF) | CAPABILITY(CAP_PERFMON) | CAPABILITY(CAP_NET_ADMIN))

struct privileges {
	bool nobody;           /* as user nobody, or as the one who runs the test */
	uint64_t capabilities; /* all that the program has */
};

/* Whether this process has all of @capabilities. CAP_SYS_ADMIN stands for those of BPF. */
bool privileges_held(uint64_t capabilities);

/* Skips the test, and says why, where rings of the kernel cannot be made. */
void need_bpf(void);

/* Whether there are tracepoints of system calls, which take tracefs to be mounted. */
bool tracepoints_are_there(void);

/* As need_bpf(), and where there are no tracepoints of system calls. */
void need_tracepoints(void);

/* Skips the test where this process cannot give a program other privileges. */
void need_changing_privileges(void);

/* Called between fork and exec. False with errno when it failed. */
bool privileges_apply(const struct privileges *privileges);

#endif
