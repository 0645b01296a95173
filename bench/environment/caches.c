/* SPDX-License-Identifier: BSD-2-Clause */
#include "environment/readers.h"

#include <string.h>

#include "environment/system_files.h"

/* More than any processor has; the kernel numbers them without gaps. */
#define CACHES 16

/* "32K", the only unit the kernel prints, as bytes. */
static int64_t parse_size(char *text)
{
	size_t length = strlen(text);
	int64_t size;

	if (!length || text[length - 1] != 'K')
		return ENVIRONMENT_UNKNOWN;
	text[length - 1] = '\0';
	size = system_parse_number(text);
	/* Some virtual machines and device trees claim a cache of no size. */
	return size > 0 && size <= INT64_MAX / 1024 ? size * 1024 : ENVIRONMENT_UNKNOWN;
}

void environment_read_caches(struct environment *e, const char *root)
{
	int cpu = (int)e->described_cpu;
	int i;

	if (cpu < 0)
		return;
	for (i = 0; i < CACHES; i++) {
		char type[32];
		char size[32];
		int64_t level = system_read_number(
			root, "/sys/devices/system/cpu/cpu%d/cache/index%d/level", cpu, i);

		if (level < 0)
			continue;
		if (system_read_text(type, sizeof(type), root,
			    "/sys/devices/system/cpu/cpu%d/cache/index%d/type", cpu, i) ||
			system_read_text(size, sizeof(size), root,
				"/sys/devices/system/cpu/cpu%d/cache/index%d/size", cpu, i) ||
			!strcmp(type, "Instruction"))
			continue;
		if (level == 1)
			e->cache_l1d_bytes = parse_size(size);
		else if (level == 2)
			e->cache_l2_bytes = parse_size(size);
		else if (level == 3)
			e->cache_l3_bytes = parse_size(size);
	}
}
