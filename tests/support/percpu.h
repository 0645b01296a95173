/* SPDX-License-Identifier: BSD-2-Clause */
/* The records that kernel/percpu.bpf.c writes, for both sides. */
#ifndef TEST_PERCPU_H
#define TEST_PERCPU_H

#define PERCPU_MOST 512 /* CPUs */

struct percpu_record {
	__u64 number; /* on its CPU */
	__u64 time;
	__u64 cpu;
};

#endif
