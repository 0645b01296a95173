/* SPDX-License-Identifier: BSD-2-Clause */
#include "environment/readers.h"

#include "environment/cpu_list.h"
#include "environment/system_files.h"

/* Enough for a list of every second CPU of a thousand. */
#define LIST_SIZE 4096

static int read_siblings(char *list, size_t size, const char *root, int cpu)
{
	return system_read_text(list, size, root,
		"/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
}

/* A core is counted at the first of its CPUs that is online. */
static int64_t count_cores(const char *online, const char *root)
{
	int64_t cores = 0;
	int first;
	int last;

	while (cpu_list_next(&online, &first, &last) > 0) {
		int cpu;

		for (cpu = first; cpu <= last; cpu++) {
			char siblings[LIST_SIZE];
			int leader;

			if (read_siblings(siblings, sizeof(siblings), root, cpu))
				return ENVIRONMENT_UNKNOWN;
			leader = cpu_list_first(siblings);
			if (leader < 0)
				return ENVIRONMENT_UNKNOWN;
			cores += leader == cpu;
		}
	}
	return cores ? cores : ENVIRONMENT_UNKNOWN;
}

static void read_smt(struct environment *e, const char *root)
{
	int64_t active = system_read_number(root, "/sys/devices/system/cpu/smt/active");
	char siblings[LIST_SIZE];
	int threads;

	if (active == 0 || active == 1) {
		e->smt = (int)active;
		return;
	}
	if (e->described_cpu < 0 ||
		read_siblings(siblings, sizeof(siblings), root, (int)e->described_cpu))
		return;
	threads = cpu_list_count(siblings);
	if (threads > 0)
		e->smt = threads > 1;
}

void environment_read_topology(struct environment *e, const char *root)
{
	char list[LIST_SIZE];
	int count;

	e->described_cpu = e->affinity_asked;
	if (!system_read_text(list, sizeof(list), root, "/sys/devices/system/cpu/online")) {
		count = cpu_list_count(list);
		if (count > 0) {
			e->cpus_online = count;
			e->cores_online = count_cores(list, root);
			if (e->described_cpu < 0)
				e->described_cpu = cpu_list_first(list);
		}
	}
	read_smt(e, root);

	if (!system_read_text(list, sizeof(list), root, "/sys/devices/system/node/online")) {
		count = cpu_list_count(list);
		if (count > 0)
			e->numa_nodes = count;
	}
}
