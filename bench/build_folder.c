/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "build_folder.h"

/* The folder that this program is in. */
static int own_folder(char folder[PATH_MAX])
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

int build_folder_path(char path[PATH_MAX], const char *file)
{
	char folder[PATH_MAX];
	const int err = own_folder(folder);
	char *slash;

	if (err)
		return err;
	slash = strrchr(folder, '/');
	if (slash)
		*slash = '\0';
	return snprintf(path, PATH_MAX, "%s/%s", folder, file) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

bool build_folder_was_left(void)
{
	char folder[PATH_MAX];
	const char *slash;

	if (own_folder(folder))
		return true;
	slash = strrchr(folder, '/');
	return !slash || strcmp(slash, "/bench") != 0;
}
