/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TEST_SKIPPING_H
#define TEST_SKIPPING_H

#include <stddef.h>

/* Prints why this test cannot run here and skips it. Does not return. */
__attribute__((format(printf, 1, 2), noreturn)) void skip_because(const char *format, ...);

/* Skips the test in a build with the address sanitizer, whose own memory counts as the
 * program's. */
void skip_if_memory_is_sanitized(void);

/* Skips the test in a build with a sanitizer, which must be loaded before the libraries in
 * LD_PRELOAD. */
void skip_if_preload_is_sanitized(void);

/* Skips the test in a build with the thread sanitizer, which also reports races on data that the
 * reader discards later. */
void skip_if_races_are_found(void);

/*
 * Returns the exit status for @failed of @tests: 77 if all were skipped, which meson (protocol
 * exitcode) and automake understand. The TAP of cmocka 1.1 does not help: it reports a skipped test
 * as "not ok", which meson takes for a failure.
 */
int exit_status(int failed, size_t tests);

#endif
