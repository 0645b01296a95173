/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FUZZ_DEMAND_H
#define FUZZ_DEMAND_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Asserts a condition. If it is false, prints it and crashes, so that the fuzzer keeps the input.
 * Does not use stderr, which may be a sink. */
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
