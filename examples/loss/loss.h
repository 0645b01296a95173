/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef EXAMPLE_LOSS_H
#define EXAMPLE_LOSS_H

#include <linux/types.h>

struct call {
	__u64 time; /* ns, CLOCK_MONOTONIC */
	__u64 pid;  /* of the process */
};

#endif
