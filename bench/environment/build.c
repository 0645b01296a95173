/* SPDX-License-Identifier: BSD-2-Clause */
#include "environment/readers.h"

#include "environment/system_files.h"

#ifdef __clang__
/* Its __VERSION__ names it already, and who packaged it. */
#define COMPILER __VERSION__
#elif defined(__GNUC__)
#define COMPILER "GCC " __VERSION__
#else
#define COMPILER ""
#endif

#ifdef __OPTIMIZE__
#define OPTIMIZED 1
#else
#define OPTIMIZED 0
#endif

#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) ||           \
	__has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
	__has_feature(memory_sanitizer)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#ifndef BENCH_CFLAGS
#define BENCH_CFLAGS "unknown"
#endif

void environment_read_build(struct environment *e)
{
	static const char flags[] = BENCH_CFLAGS;
	static const char unknown[] = "unknown";
	size_t i = 0;

	system_copy_text(e->compiler, sizeof(e->compiler), COMPILER);
	/* "unknown" is how a build says that it does not know, not a flag. */
	while (flags[i] && flags[i] == unknown[i])
		i++;
	if (flags[i] != unknown[i])
		system_copy_text(e->compile_flags, sizeof(e->compile_flags), flags);
	e->optimized = OPTIMIZED;
	e->sanitized = SANITIZED;
}
