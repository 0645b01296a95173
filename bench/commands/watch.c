/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * watch: monitors the ring buffers of running programs.
 */
#include "commands/commands.h"
#include "rings/bpf.h"
#include "watch/watch.h"

int command_watch(int argc, char **argv)
{
	struct watch_settings settings;
	struct complaint why;
	int result = watch_settings_parse(&settings, argc, argv, &why);

	if (result)
		return result > 0 ? EXIT_DONE : command_end(result, EXIT_USAGE, &why);
	bpf_load_quietly();
	result = watch_run(&settings, &why);
	return result > 0 ? EXIT_FAILED : command_end(result, EXIT_FAILED, &why);
}
