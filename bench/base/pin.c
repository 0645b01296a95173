/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <sched.h>
#include <stddef.h>

#include "base/pin.h"

int pin_thread(int cpu)
{
	cpu_set_t *set;
	size_t size;
	int err;

	if (cpu < 0)
		return 0;
	set = CPU_ALLOC((size_t)cpu + 1);
	if (!set)
		return -ENOMEM;
	size = CPU_ALLOC_SIZE((size_t)cpu + 1);
	CPU_ZERO_S(size, set);
	CPU_SET_S((size_t)cpu, size, set);
	err = sched_setaffinity(0, size, set) < 0 ? -errno : 0;
	CPU_FREE(set);
	return err;
}
