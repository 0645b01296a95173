/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>

#include "commands.h"
#include "interrupt.h"
#include "settings.h"

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
