/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loading BPF programs, and why it failed.
 */
#ifndef BENCH_BPF_LOAD_H
#define BENCH_BPF_LOAD_H

#include <stdint.h>

#include "base/complaint.h"

/* libbpf explains failures at length on standard error; our one line has to do. */
void bpf_load_quietly(void);

/*
 * Why a program that takes @privileges, or a ring of @ring_size bytes, could not be made, as far as
 * the kernel lets on. Returns a negative errno.
 */
int bpf_load_explain(int err, unsigned int privileges, uint64_t ring_size, struct complaint *why);

/* What kept a program from the tracepoint of system calls; returns @err. */
int bpf_load_explain_attach(int err, struct complaint *why);

#endif
