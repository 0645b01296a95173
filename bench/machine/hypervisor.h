/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_MACHINE_HYPERVISOR_H
#define BENCH_MACHINE_HYPERVISOR_H

#include <stddef.h>

/* Returns 1 if a hypervisor runs this kernel, and sets @name, which is empty if unknown; 0 if not;
 * -1 if there is no evidence and that proves nothing, as on other processors than x86. */
int hypervisor_find(const char *root, char *name, size_t size);

#endif
