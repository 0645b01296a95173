/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RINGVIEW_PROCESS_H
#define RINGVIEW_PROCESS_H

#include <stdint.h>

/*
 * A nonzero number of this process that no ancestor has. An object with another number was
 * inherited by fork() or a raw clone(), and shares its descriptors and ring with the parent.
 * 0 if no memory is left. Costs a load.
 */
uint64_t process_number(void);

#endif
