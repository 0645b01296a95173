/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef EXAMPLE_SMALLEST_H
#define EXAMPLE_SMALLEST_H

#include <linux/types.h>

struct started {
	__u32 pid;
	char command[16]; /* the program's name, at most 15 bytes */
};

#endif
