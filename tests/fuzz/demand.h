/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FUZZ_DEMAND_H
#define FUZZ_DEMAND_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What has to be true: otherwise it says so and ends as a crash, which the fuzzer keeps. Not
 * through stderr, which may be a sink. */
#define demand(condition, ...)                                                                     \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			dprintf(STDERR_FILENO, "%s:%d: not %s: ", __FILE__, __LINE__, #condition); \
			dprintf(STDERR_FILENO, __VA_ARGS__);                                       \
			dprintf(STDERR_FILENO, "\n");                                              \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* Called by libFuzzer. */
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

#endif
