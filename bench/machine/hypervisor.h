/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_MACHINE_HYPERVISOR_H
#define BENCH_MACHINE_HYPERVISOR_H

#include <stddef.h>

/* Whether a hypervisor runs this kernel, and which: @name is empty where it does not tell. 1 or 0;
 * -1 where there is no evidence and that proves nothing, as elsewhere than on x86. */
int hypervisor_find(const char *root, char *name, size_t size);

#endif
