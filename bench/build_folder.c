/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "build_folder.h"

int build_folder_path(char path[PATH_MAX], const char *file)
{
	char self[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (length < 0)
		return -errno;
	self[length] = '\0';
	for (int level = 0; level < 2; level++) {
		char *slash = strrchr(self, '/');

		if (slash)
			*slash = '\0';
	}
	return snprintf(path, PATH_MAX, "%s/%s", self, file) < PATH_MAX ? 0 : -ENAMETOOLONG;
}
