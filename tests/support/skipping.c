/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"
#include "skipping.h"

#define STATUS_SKIPPED 77

static size_t skipped;

void skip_because(const char *format, ...)
{
	char why[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	print_message("# %s\n", why);
	skipped++;
	skip();
	abort(); /* skip() does not return, but is not declared so */
}

void skip_if_memory_is_sanitized(void)
{
#if defined(__SANITIZE_ADDRESS__)
	skip_because("the address sanitizer takes more memory than is allowed here");
#endif
}

void skip_if_preload_is_sanitized(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	skip_because("a sanitizer lets nothing be loaded before it");
#endif
}

void skip_if_races_are_found(void)
{
#if defined(__SANITIZE_THREAD__)
	skip_because("records of a ring that overwrites are copied first and checked afterwards");
#endif
}

int exit_status(int failed, size_t tests)
{
	return failed == 0 && skipped == tests ? STATUS_SKIPPED : failed;
}
