/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loaded before the C library: a machine so busy that a new process takes seconds to become another
 * program.
 */
#include <errno.h>
#include <time.h>
#include <unistd.h>

int execv(const char *path, char *const argv[])
{
	struct timespec left = { .tv_sec = 3 };

	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		;
	return execve(path, argv, environ);
}
