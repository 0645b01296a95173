/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/process.h"
#include "commands/commands.h"

int command_run(const char *name, enum command_bit command, int (*run)(const struct call *call),
	int failed, int argc, char **argv)
{
	static struct settings settings;
	struct complaint why = { "" };
	int result = settings_parse(&settings, command, argc, argv, &why);

	if (result > 0)
		return EXIT_DONE;
	if (result < 0)
		return command_end(result, EXIT_USAGE, &why);
	result = run(&(struct call){ name, &settings, argc, argv, &why });
	/* What only reads files fails with any error when it is interrupted. */
	if (result < 0 && interrupted() && failed == EXIT_USAGE)
		result = -EINTR;
	return result > 0 ? result : command_end(result, failed, &why);
}

int command_end(int err, int failed, const struct complaint *why)
{
	if (err == 0)
		return EXIT_DONE;
	if ((err == -EINTR || err == -ECANCELED) && interrupted()) {
		fprintf(stderr, PROGRAM ": interrupted; %s\n",
			err == -EINTR ? "partial results discarded"
				      : "complete rounds are reported, marked as partial");
		return EXIT_STOPPED;
	}
	fprintf(stderr, PROGRAM ": %s\n", why->text);
	return failed;
}

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
