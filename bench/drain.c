/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drain: fill, then time the reading. What the seed of this benchmark does.
 */
#include "benchmark.h"
#include "commands.h"

int command_drain(int argc, char **argv)
{
	struct settings settings;
	struct complaint why;
	int result;

	settings_init(&settings);
	result = settings_parse(&settings, false, argc, argv, &why);
	if (result > 0)
		return EXIT_DONE;
	if (result == 0)
		return command_end(benchmark_run("drain", &settings, argc, argv, &why), &why);
	command_end(result, &why);
	return EXIT_USAGE;
}
