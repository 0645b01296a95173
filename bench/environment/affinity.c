/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "environment/readers.h"

#include <errno.h>
#include <sched.h>

#include "environment/cpu_list.h"

struct affinity {
	cpu_set_t *set;
	size_t size;
};

static int may_run_on(const void *context, int cpu)
{
	const struct affinity *affinity = context;

	return !!CPU_ISSET_S((size_t)cpu, affinity->size, affinity->set);
}

void environment_read_affinity(struct environment *e)
{
	int cpus;

	/* A set smaller than the kernel's is refused: grow it until it is not. */
	for (cpus = CPU_SETSIZE; cpus <= CPU_LIST_LIMIT; cpus *= 2) {
		struct affinity affinity = { CPU_ALLOC((size_t)cpus),
			CPU_ALLOC_SIZE((size_t)cpus) };
		int error;

		if (!affinity.set)
			return;
		CPU_ZERO_S(affinity.size, affinity.set);
		error = sched_getaffinity(0, affinity.size, affinity.set) ? errno : 0;
		if (!error) {
			e->affinity_cpus = CPU_COUNT_S(affinity.size, affinity.set);
			cpu_list_print(e->affinity_given, sizeof(e->affinity_given), cpus,
				may_run_on, &affinity);
		}
		CPU_FREE(affinity.set);
		if (error != EINVAL)
			return;
	}
}
