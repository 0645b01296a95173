/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RINGVIEW_PROCESS_H
#define RINGVIEW_PROCESS_H

#include <stdint.h>

/*
 * A number of this process that no ancestor of it has, not 0: what was made with another one was
 * inherited by fork(), or a raw clone(), and its descriptors and ring are shared with the parent.
 * 0 where there is no memory. Costs a load.
 */
uint64_t process_number(void);

#endif
