/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "measure/rounds.h"

void memory_use_reset(void)
{
	FILE *file = fopen("/proc/self/clear_refs", "we");

	if (!file)
		return;   /* Then the peak is that of the whole process: more, not less. */
	fputs("5", file); /* resets VmHWM: Documentation/filesystems/proc.rst */
	fclose(file);
}

/* The kernel's rings, and the one of rings/memory_ring.c. */
static bool is_ring(const char *mapping)
{
	return strstr(mapping, "anon_inode:bpf-map") || strstr(mapping, "/memfd:ringview");
}

static uint64_t ring_kib(void)
{
	FILE *file = fopen("/proc/self/smaps", "re");
	char line[512];
	unsigned long start, end, kib;
	uint64_t sum = 0;
	bool ring = false;

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			ring = is_ring(line);
		else if (ring && sscanf(line, "Rss: %lu kB", &kib) == 1)
			sum += kib;
	}
	fclose(file);
	return sum;
}

uint64_t memory_use_peak(void)
{
	FILE *file = fopen("/proc/self/status", "re");
	char line[512];
	unsigned long kib;
	uint64_t peak = 0, ring = ring_kib();

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "VmHWM: %lu kB", &kib) == 1)
			peak = kib;
	fclose(file);
	return peak > ring ? (peak - ring) * 1024 : 0;
}
