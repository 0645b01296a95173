/* SPDX-License-Identifier: BSD-2-Clause */
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "installed.h"

bool is_installed(void)
{
	char self[PATH_MAX];
	const ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (length < 0)
		return true;
	self[length] = '\0';
	slash = strrchr(self, '/');
	if (!slash)
		return true;
	*slash = '\0';
	slash = strrchr(self, '/');
	return !slash || strcmp(slash, "/bench") != 0;
}
