/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TEST_SKIPPING_H
#define TEST_SKIPPING_H

#include <stddef.h>

/* Prints why this test cannot run here, and skips it: does not return. */
__attribute__((format(printf, 1, 2), noreturn)) void skip_because(const char *format, ...);

/* Skips the test in a build with the address sanitizer, whose own memory is large, and part of the
 * program's. */
void skip_if_memory_is_sanitized(void);

/* Skips the test in a build with a sanitizer that has to be the first library, before LD_PRELOAD's. */
void skip_if_preload_is_sanitized(void);

/* Skips the test in a build with the thread sanitizer, which reports what is discarded later, too. */
void skip_if_races_are_found(void);

/*
 * What main() returns when @failed of @tests have failed: 77 where all were skipped, which meson
 * (protocol exitcode) and automake show as such. The TAP of cmocka 1.1 does not help: it calls a
 * skipped test "not ok", and meson takes that for a failure.
 */
int exit_status(int failed, size_t tests);

#endif
