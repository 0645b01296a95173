/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TEST_SLOWNESS_H
#define TEST_SLOWNESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED true
#else
#define IS_SANITIZED false
#endif

static inline bool is_in_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "vgpreload");
}

/* Returns by how much to divide the work of a test, because valgrind and sanitizers slow it
 * down. */
static inline uint64_t slowness(void)
{
	if (is_in_valgrind())
		return 200;
	return IS_SANITIZED ? 20 : 1;
}

#endif
