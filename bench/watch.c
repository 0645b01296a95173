/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * watch: how the ring buffer of a running program fares, without touching it.
 */
#include <errno.h>
#include <stdio.h>

#include "commands.h"
#include "cli/settings.h"
#include "sources/bpf_load.h"
#include "watch/watch_run.h"

int command_watch(int argc, char **argv)
{
	struct watch_settings settings;
	struct complaint why;
	int result = watch_settings_parse(&settings, argc, argv, &why);

	if (result)
		return command_end_usage(result, &why);
	bpf_load_quietly();
	return command_end(
		settings.list ? watch_list(&settings, &why) : watch_run(&settings, &why), &why);
}
