/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/build_folder.h"

int build_folder_own(char folder[PATH_MAX])
{
	const ssize_t length = readlink("/proc/self/exe", folder, PATH_MAX - 1);
	char *slash;

	if (length < 0)
		return -errno;
	folder[length] = '\0';
	slash = strrchr(folder, '/');
	if (slash)
		*slash = '\0';
	return 0;
}

/*
 * The build decides the folder, not the names of the folders around this program: else anybody who
 * can write next to a copy of it could make root run a program of theirs.
 */
bool build_folder_was_left(void)
{
	char folder[PATH_MAX];
	struct stat here, built;

	return build_folder_own(folder) || stat(folder, &here) ||
	       stat(BENCH_BUILD_FOLDER "/bench", &built) || here.st_dev != built.st_dev ||
	       here.st_ino != built.st_ino;
}

int build_folder_path(char path[PATH_MAX], const char *file)
{
	if (build_folder_was_left())
		return -ENOENT;
	return snprintf(path, PATH_MAX, "%s/%s", BENCH_BUILD_FOLDER, file) < PATH_MAX
		       ? 0
		       : -ENAMETOOLONG;
}
