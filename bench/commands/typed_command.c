/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "cli/settings.h"
#include "commands/typed_command.h"

void typed_command(char *text, size_t size, const char *command, int argc, char **argv)
{
	size_t used = (size_t)snprintf(text, size, "%s", PROGRAM);

	/* drain may be typed without its name. */
	if (strcmp(argv[0], command) == 0)
		used += (size_t)snprintf(text + used, size - used, " %s", command);
	for (int i = 1; i < argc && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, " %s", argv[i]);
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}
