/* SPDX-License-Identifier: BSD-2-Clause */
#include "environment/readers.h"

#include <stdio.h>
#include <unistd.h>

#include "environment/system_files.h"

int64_t environment_read_steal(const char *root)
{
	unsigned long long ticks;
	char line[256];
	long per_second = sysconf(_SC_CLK_TCK);

	if (per_second <= 0 || system_read_text(line, sizeof(line), root, "/proc/stat"))
		return ENVIRONMENT_UNKNOWN;
	/* The width keeps the product below within 64 bits. */
	if (sscanf(line, "cpu %*u %*u %*u %*u %*u %*u %*u %15llu", &ticks) != 1)
		return ENVIRONMENT_UNKNOWN;
	return (int64_t)(ticks * 1000 / (unsigned long long)per_second);
}

void environment_read_load(struct environment *e, const char *root)
{
	unsigned int whole;
	unsigned int tenths;
	unsigned int hundredths;
	unsigned int running;
	unsigned int all;
	char line[128];

	e->steal_ms = environment_read_steal(root);
	if (system_read_text(line, sizeof(line), root, "/proc/loadavg"))
		return;
	/* By its digits, because strtod() would obey the decimal point of the locale. */
	if (sscanf(line, "%9u.%1u%1u %*s %*s %9u/%9u", &whole, &tenths, &hundredths, &running,
		    &all) != 5)
		return;
	e->load_1_minute = whole + (tenths * 10 + hundredths) / 100.0;
	e->other_tasks_running = running ? running - 1 : 0;
}
