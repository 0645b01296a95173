/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * To be preloaded: somebody moves the symbolic link MOVING_LINK from one file to another, always
 * just after its path was resolved. So who resolves it twice for one write finds the other file.
 */
#undef _FILE_OFFSET_BITS /* so that each function has its own name */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void point_to(const char *variable)
{
	const char *link = getenv("MOVING_LINK"), *target = getenv(variable);

	if (!link || !target)
		abort();
	unlink(link);
	if (symlink(target, link) < 0)
		abort();
}

/* Whether @path is the link, which leads to the right file then. */
static int begin(const char *path)
{
	const char *link = getenv("MOVING_LINK");

	if (!link || strcmp(path, link) != 0)
		return 0;
	point_to("MOVING_LINK_RIGHT");
	return 1;
}

static void end(int moves)
{
	if (moves)
		point_to("MOVING_LINK_WRONG");
}

/* NOLINTBEGIN(bugprone-macro-parentheses): a name and a type cannot have them */
#define WRAP_STAT(name, type)                                                           \
	__attribute__((visibility("default"))) int name(const char *path, type *buffer) \
	{                                                                               \
		int (*real)(const char *, type *);                                      \
		const int moves = begin(path);                                          \
		int result;                                                             \
                                                                                        \
		*(void **)&real = dlsym(RTLD_NEXT, #name);                              \
		result = real(path, buffer);                                            \
		end(moves);                                                             \
		return result;                                                          \
	}

/* NOLINTEND(bugprone-macro-parentheses) */
WRAP_STAT(stat, struct stat)
WRAP_STAT(stat64, struct stat64)

#define WRAP_OPEN(name)                                                                   \
	__attribute__((visibility("default"))) int name(const char *path, int flags, ...) \
	{                                                                                 \
		int (*real)(const char *, int, ...);                                      \
		const int moves = begin(path);                                            \
		va_list arguments;                                                        \
		int result, mode;                                                         \
                                                                                          \
		va_start(arguments, flags);                                               \
		mode = flags & O_CREAT ? va_arg(arguments, int) : 0;                      \
		va_end(arguments);                                                        \
		*(void **)&real = dlsym(RTLD_NEXT, #name);                                \
		result = real(path, flags, mode);                                         \
		end(moves);                                                               \
		return result;                                                            \
	}

WRAP_OPEN(open)
WRAP_OPEN(open64)
