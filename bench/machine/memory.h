/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much memory is available: on the machine, and in the control groups of this process.
 */
#ifndef BENCH_MACHINE_MEMORY_H
#define BENCH_MACHINE_MEMORY_H

#include <stdint.h>

#include "base/complaint.h"

/*
 * Bytes that can be allocated before the kernel kills a process: the least of MemAvailable and the
 * rest of each memory control group from this process's up to the root (limit minus use, with the
 * page cache counted as free; cgroup v1 and v2). @root stands for "/"; "" is this machine.
 * UINT64_MAX if unknown.
 */
uint64_t memory_available(const char *root);

/*
 * Call it before rings are made: the kernel allocates their memory even if it has to kill others.
 * @per_ring: bytes of each; @what: their name, "rings". Returns 0, or -ENOMEM with @why if @rings
 * of them need more than is available.
 */
int memory_check_rings(const char *root, uint64_t rings, uint64_t per_ring, const char *what,
	struct complaint *why);

#endif
