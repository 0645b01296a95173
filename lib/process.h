/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RINGVIEW_PROCESS_H
#define RINGVIEW_PROCESS_H

#include <stdint.h>

/*
 * Returns a nonzero number of this process that no ancestor has; 0 if no memory is left. An object
 * with another number was inherited by fork() or a raw clone(), and shares its descriptors and ring
 * with the parent. Costs a load.
 */
uint64_t process_number(void);

#endif
