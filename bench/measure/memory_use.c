/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "measure/rounds.h"

void memory_use_reset(void)
{
	FILE *file = fopen("/proc/self/clear_refs", "we");

	if (!file)
		return;   /* the peak is that of the whole process then: too high */
	fputs("5", file); /* resets VmHWM: Documentation/filesystems/proc.rst */
	fclose(file);
}

/* The sum of all lines "@field N kB", in bytes. If there are mappings, only of rings: the kernel's,
 * and those of rings/memory_ring.c. */
static uint64_t sum_of(const char *path, const char *field)
{
	FILE *file = fopen(path, "re");
	char line[512];
	unsigned long start, end, kib;
	uint64_t sum = 0;
	bool counts = true;

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			counts = strstr(line, "anon_inode:bpf-map") ||
				 strstr(line, "/memfd:ringview");
		else if (counts && strncmp(line, field, strlen(field)) == 0 &&
			 sscanf(line + strlen(field), "%lu kB", &kib) == 1)
			sum += kib;
	}
	fclose(file);
	return sum * 1024;
}

uint64_t memory_use_peak(void)
{
	const uint64_t peak = sum_of("/proc/self/status", "VmHWM:");
	const uint64_t rings = sum_of("/proc/self/smaps", "Rss:");

	return peak > rings ? peak - rings : 0;
}
