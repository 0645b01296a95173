/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a command ends: what it says, and its exit status.
 */
#include <errno.h>
#include <stdio.h>

#include "cli/settings.h"
#include "commands/commands.h"
#include "base/interrupt.h"

int command_end(int err, const struct complaint *why)
{
	if (err == 0)
		return EXIT_DONE;
	if (err == -EINTR && interrupted()) {
		fputs(PROGRAM ": interrupted; partial results discarded\n", stderr);
		return EXIT_STOPPED;
	}
	if (err == -ECANCELED && interrupted()) {
		fputs(PROGRAM ": interrupted; complete rounds are reported, marked as partial\n",
			stderr);
		return EXIT_STOPPED;
	}
	fprintf(stderr, PROGRAM ": %s\n", why->text);
	return EXIT_FAILED;
}

int command_end_usage(int err, const struct complaint *why)
{
	if (err > 0)
		return EXIT_DONE;
	command_end(err, why);
	return EXIT_USAGE;
}
