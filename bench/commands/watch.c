/* SPDX-License-Identifier: BSD-2-Clause */
#include "commands/commands.h"
#include "rings/bpf.h"
#include "watch/watch.h"

int command_watch(struct call *call)
{
	struct watch_settings settings;
	int result = watch_settings_parse(&settings, call->argv, &call->why);

	if (result)
		return result > 0 ? EXIT_DONE : command_end(result, EXIT_USAGE, &call->why);
	bpf_load_quietly();
	return watch_run(&settings, &call->why);
}
