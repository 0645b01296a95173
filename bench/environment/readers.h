/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ENVIRONMENT_READERS_H
#define ENVIRONMENT_READERS_H

/*
 * The parts of environment_read(), each in a file of its own.  Each writes the facts it could
 * read into an environment whose facts are not known yet, and leaves the others alone.
 * @root is put before each path.  Where each fact comes from: environment.h.
 */

#include "environment/environment.h"

/* build.c: compiler, compile_flags, optimized, sanitized. */
void environment_read_build(struct environment *e);

/* affinity.c: affinity_cpus, affinity_given. */
void environment_read_affinity(struct environment *e);

/* load.c: load_1_minute, other_tasks_running, steal_ms. */
void environment_read_load(struct environment *e, const char *root);

/* load.c: milliseconds stolen since boot, or ENVIRONMENT_UNKNOWN. */
int64_t environment_read_steal(const char *root);

/* memory.c: memory_bytes, swap_used_bytes, page_size_bytes, transparent_hugepages. */
void environment_read_memory(struct environment *e, const char *root);

/* kernel.c: kernel_*, architecture, clock_source, spectre_v2, bpf_*. */
void environment_read_kernel(struct environment *e, const char *root);

/* topology.c: described_cpu, cpus_online, cores_online, smt, numa_nodes. */
void environment_read_topology(struct environment *e, const char *root);

/* caches.c: cache_*. Needs described_cpu. */
void environment_read_caches(struct environment *e, const char *root);

/* frequency.c: frequency_driver, governor, energy_preference, boost. Needs described_cpu. */
void environment_read_frequency(struct environment *e, const char *root);

/* frequency.c: counts since boot; each is left alone when a CPU does not tell it. */
void environment_read_throttles(const char *root, int64_t *core, int64_t *package);

/*
 * processor.c: cpu_*, virtual_machine from the CPU flags, and cpus_online if it is not known
 * yet. Needs described_cpu.
 */
void environment_read_processor(struct environment *e, const char *root);

/* hypervisor.c: hypervisor, and virtual_machine when there is evidence for one. */
void environment_read_hypervisor(struct environment *e, const char *root);

#endif
