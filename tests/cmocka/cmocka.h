/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmocka 2.0 for tests that are written for 1.1. It takes the name stop() for a macro, and deprecates
 * assert_in_range() in favour of functions that 1.1 does not have.
 */
#ifndef TEST_CMOCKA_H
#define TEST_CMOCKA_H

#pragma GCC system_header /* #include_next is an extension */
#include_next <cmocka.h>

#undef stop
#ifdef assert_uint_in_range
#undef assert_in_range
#define assert_in_range assert_uint_in_range
#endif

#endif
