/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>

#include "commands.h"
#include "interrupt.h"
#include "settings.h"

int command_parse_files(const struct flag_command *command, int argc, char **argv,
	struct flag_arguments *files, size_t least, const char *missing, struct complaint *why)
{
	char error[256];
	int result = flags_parse(command, argc, argv, files, error, sizeof(error));

	if (result > 0) {
		flags_print_help(stdout, command);
		return 1;
	}
	if (result == 0 && files->count >= least)
		return 0;
	return complain(why, -EINVAL, "%s", result ? error : missing);
}

int command_end(int err, const struct complaint *why)
{
	if (err == 0)
		return EXIT_DONE;
	if (err == -EINTR && interrupted()) {
		fputs(PROGRAM ": stopped; nothing is reported of the part that was measured\n",
			stderr);
		return EXIT_STOPPED;
	}
	fprintf(stderr, PROGRAM ": %s\n", why->text);
	return EXIT_FAILED;
}
