/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For analysers, included before everything else in tests: what cmocka 1.1 does not say of what
 * ends a test. Without it they follow paths behind failed assertions.
 */
#ifndef ANALYSIS_CMOCKA_H
#define ANALYSIS_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* NOLINTBEGIN(readability-redundant-declaration): to say more of them is what this is for */
__attribute__((noreturn)) void _fail(const char *file, int line);
__attribute__((noreturn)) void _skip(const char *file, int line);
/* NOLINTEND(readability-redundant-declaration) */

#undef assert_true
#undef assert_non_null
#undef assert_int_equal
#define assert_true(condition) ((condition) ? (void)0 : _fail(__FILE__, __LINE__))
#define assert_non_null(pointer) assert_true((pointer) != NULL)
#define assert_int_equal(a, b) \
	assert_true(cast_to_largest_integral_type(a) == cast_to_largest_integral_type(b))

#endif
