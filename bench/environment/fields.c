/* SPDX-License-Identifier: BSD-2-Clause */
#include "environment/fields.h"

#include "environment/environment.h"

#define FIELD(type, member, decisive)                                         \
	{                                                                     \
#member, type, offsetof(struct environment, member), decisive \
	}
#define TEXT(member, decisive) FIELD(FIELD_TEXT, member, decisive)
#define NUMBER(member, decisive) FIELD(FIELD_NUMBER, member, decisive)
#define FLAG(member, decisive) FIELD(FIELD_FLAG, member, decisive)
#define REAL(member, decisive) FIELD(FIELD_REAL, member, decisive)

/*
 * Not decisive: what every run changes, what the warnings judge, which one CPU was chosen (but
 * not how many may be used), the memory, of which kernels keep back different amounts, and the
 * project's own versions: comparing those is what the comparison is for.
 */
const struct environment_field environment_fields[] = {
	TEXT(timestamp, false),
	NUMBER(described_cpu, false),
	TEXT(cpu_vendor, true),
	TEXT(cpu_model, true),
	NUMBER(cpu_family, true),
	NUMBER(cpu_model_number, true),
	NUMBER(cpu_stepping, true),
	NUMBER(cpus_online, true),
	NUMBER(cores_online, true),
	FLAG(smt, true),
	NUMBER(numa_nodes, true),
	NUMBER(cache_l1d_bytes, true),
	NUMBER(cache_l2_bytes, true),
	NUMBER(cache_l3_bytes, true),
	TEXT(frequency_driver, true),
	TEXT(governor, true),
	TEXT(energy_preference, true),
	FLAG(boost, true),
	NUMBER(core_throttles, false),
	NUMBER(package_throttles, false),
	NUMBER(throttles_during_run, false),
	FLAG(virtual_machine, true),
	TEXT(hypervisor, true),
	TEXT(kernel_release, true),
	TEXT(kernel_version, true),
	TEXT(architecture, true),
	NUMBER(page_size_bytes, true),
	TEXT(clock_source, true),
	TEXT(transparent_hugepages, true),
	TEXT(spectre_v2, true),
	NUMBER(bpf_jit, true),
	NUMBER(bpf_jit_harden, true),
	FLAG(bpf_stats, true),
	NUMBER(memory_bytes, false),
	NUMBER(swap_used_bytes, false),
	REAL(load_1_minute, false),
	NUMBER(other_tasks_running, false),
	NUMBER(steal_ms, false),
	NUMBER(steal_ms_during_run, false),
	NUMBER(affinity_asked, false),
	NUMBER(affinity_cpus, true),
	TEXT(affinity_given, false),
	TEXT(compiler, true),
	TEXT(compile_flags, true),
	FLAG(optimized, true),
	FLAG(sanitized, true),
	TEXT(libbpf_version, true),
	TEXT(ringview_version, false),
	TEXT(benchmark_version, false),
};

const size_t environment_fields_count = sizeof(environment_fields) / sizeof(environment_fields[0]);
