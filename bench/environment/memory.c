/* SPDX-License-Identifier: BSD-2-Clause */
#include "environment/readers.h"

#include <string.h>
#include <unistd.h>

#include "environment/system_files.h"

struct meminfo {
	int64_t memory;
	int64_t swap_total;
	int64_t swap_free;
};

static void take_kilobytes(const char *line, const char *name, int64_t *bytes)
{
	size_t length = strlen(name);
	char number[32];
	char *unit;
	int64_t kilobytes;

	if (strncmp(line, name, length) || line[length] != ':')
		return;
	system_copy_text(number, sizeof(number), line + length + 1);
	unit = strstr(number, " kB");
	if (!unit || unit[3])
		return;
	*unit = '\0';
	kilobytes = system_parse_number(number);
	if (kilobytes >= 0 && kilobytes <= INT64_MAX / 1024)
		*bytes = kilobytes * 1024;
}

static void take_line(void *context, char *line)
{
	struct meminfo *meminfo = context;

	take_kilobytes(line, "MemTotal", &meminfo->memory);
	take_kilobytes(line, "SwapTotal", &meminfo->swap_total);
	take_kilobytes(line, "SwapFree", &meminfo->swap_free);
}

/* The file lists all settings, the chosen one in brackets: "always [madvise] never". */
static void read_transparent_hugepages(struct environment *e, const char *root)
{
	char line[128];
	char *begin;
	char *end;

	if (system_read_text(
		    line, sizeof(line), root, "/sys/kernel/mm/transparent_hugepage/enabled"))
		return;
	begin = strchr(line, '[');
	end = begin ? strchr(begin, ']') : NULL;
	if (!end)
		return;
	*end = '\0';
	system_copy_text(e->transparent_hugepages, sizeof(e->transparent_hugepages), begin + 1);
}

void environment_read_memory(struct environment *e, const char *root)
{
	struct meminfo meminfo = { ENVIRONMENT_UNKNOWN, ENVIRONMENT_UNKNOWN, ENVIRONMENT_UNKNOWN };
	long page_size = sysconf(_SC_PAGESIZE);

	if (page_size > 0)
		e->page_size_bytes = page_size;
	system_each_line(root, "/proc/meminfo", take_line, &meminfo);
	e->memory_bytes = meminfo.memory;
	if (meminfo.swap_free >= 0 && meminfo.swap_total >= meminfo.swap_free)
		e->swap_used_bytes = meminfo.swap_total - meminfo.swap_free;
	read_transparent_hugepages(e, root);
}
