/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much memory there is to take: of the machine, and of the control groups of this process.
 */
#ifndef BENCH_MACHINE_MEMORY_H
#define BENCH_MACHINE_MEMORY_H

#include <stdint.h>

#include "base/complaint.h"

/*
 * Bytes that can be taken before the kernel reclaims in vain and kills: the least of MemAvailable
 * and what each memory control group from this process's up to the root leaves (limit less use,
 * with the page cache counted as free; cgroup v1 and v2). @root stands for "/"; "" is this machine.
 * UINT64_MAX where nothing of it is known.
 */
uint64_t memory_available(const char *root);

/*
 * To be called before rings are made, as the kernel gives them memory until it kills others for it.
 * @per_ring: bytes of each; @what: what they are called, "rings". 0, or -ENOMEM with @why when
 * @rings of them take more than is available.
 */
int memory_check_rings(const char *root, uint64_t rings, uint64_t per_ring, const char *what,
	struct complaint *why);

#endif
