/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sweep: drain over many event sizes.
 */
#include <string.h>

#include "benchmark.h"
#include "commands.h"

static const uint64_t default_sizes[] = { 16, 32, 48, 64, 80, 96, 128, 192, 256, 384, 512, 768,
	1024, 1536, 2048, 3072, 4096 };

int command_sweep(int argc, char **argv)
{
	struct settings settings;
	struct complaint why;
	int result;

	settings_init(&settings);
	settings.events = 0;
	settings.event = EVENT_SIZED;
	settings.plan.rounds = 10;
	settings.all_paths = true;
	for (settings.path_count = 0; all_paths[settings.path_count]; settings.path_count++)
		settings.paths[settings.path_count] = all_paths[settings.path_count];
	memcpy(settings.sizes, default_sizes, sizeof(default_sizes));
	settings.size_count = sizeof(default_sizes) / sizeof(default_sizes[0]);

	result = settings_parse(&settings, true, argc, argv, &why);
	if (result > 0)
		return EXIT_DONE;
	if (result == 0)
		return command_end(benchmark_run("sweep", &settings, argc, argv, &why), &why);
	command_end(result, &why);
	return EXIT_USAGE;
}
