/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/values.h"
#include "machine/machine.h"

#define PATH_SIZE 4096

/* The two versions of control groups. */
struct kind {
	const char *controller; /* in /proc/self/cgroup; v2 has none there */
	const char *file_system;
	const char *limit, *used;
	const char *inactive, *active; /* page cache in memory.stat, with that of groups below */
};

static const struct kind kinds[] = {
	{ "", "cgroup2", "memory.max", "memory.current", "inactive_file", "active_file" },
	{ "memory", "cgroup", "memory.limit_in_bytes", "memory.usage_in_bytes",
		"total_inactive_file", "total_active_file" },
};

static uint64_t at_most(uint64_t value, uint64_t most)
{
	return value < most ? value : most;
}

/* The number of a line of the file; @missing if there is none. */
static uint64_t number_of(const char *path, const char *name, char separator, uint64_t missing)
{
	char text[64];

	return system_read_field(text, sizeof(text), path, name, separator)
		       ? strtoull(text, NULL, 10)
		       : missing;
}

/* Bytes that the group in @folder may still allocate; UINT64_MAX without a limit. */
static uint64_t left_in(const struct kind *kind, const char *folder)
{
	const int64_t limit = system_read_number(text("%s/%s", folder, kind->limit)),
		      used = system_read_number(text("%s/%s", folder, kind->used));
	const char *statistics = text("%s/memory.stat", folder);
	uint64_t cache;

	if (limit < 0 || used < 0)
		return UINT64_MAX;
	cache = at_most(number_of(statistics, kind->inactive, ' ', 0), (uint64_t)used);
	cache += at_most(number_of(statistics, kind->active, ' ', 0), (uint64_t)used - cache);
	return used - (int64_t)cache < limit ? (uint64_t)limit - ((uint64_t)used - cache) : 0;
}

/* Where the groups of @kind are mounted, and the group at that place. */
static bool find_mount(const struct kind *kind, char at[PATH_SIZE], char group[PATH_SIZE])
{
	FILE *file = system_open("/proc/self/mountinfo");
	char line[PATH_SIZE], type[64], options[PATH_SIZE];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file)) {
		const char *rest = strstr(line, " - ");

		found = rest && sscanf(line, "%*s %*s %*s %4095s %4095s", group, at) == 2 &&
			sscanf(rest, " - %63s %*s %4095s", type, options) == 2 &&
			strcmp(type, kind->file_system) == 0 && strstr(options, kind->controller);
	}
	if (file)
		fclose(file);
	return found;
}

/* The least of the group at @path and those above it. */
static uint64_t left_in_groups(const struct kind *kind, const char *path)
{
	char folder[2 * PATH_SIZE], at[PATH_SIZE], mounted[PATH_SIZE], *slash;
	uint64_t least = UINT64_MAX;
	size_t top, length;

	if (!find_mount(kind, at, mounted))
		return UINT64_MAX;
	/* A container may see only its own group, as the root, while the path is that outside of it. */
	length = strlen(mounted);
	if (length > 1 && strncmp(path, mounted, length) == 0)
		path += length;
	top = strlen(at);
	snprintf(folder, sizeof(folder), "%s%s", at, path);
	do {
		least = at_most(left_in(kind, folder), least);
		slash = strrchr(folder + top, '/');
		if (slash)
			*slash = '\0';
	} while (slash);
	return least;
}

uint64_t memory_available(void)
{
	const uint64_t kib = number_of("/proc/meminfo", "MemAvailable", ':', UINT64_MAX);
	uint64_t least = kib > UINT64_MAX / 1024 ? UINT64_MAX : kib * 1024;
	FILE *file = system_open("/proc/self/cgroup");
	char line[PATH_SIZE];

	/* "ID:CONTROLLERS:PATH" */
	while (file && fgets(line, sizeof(line), file)) {
		char *path = line, *controllers;

		path[strcspn(path, "\n")] = '\0';
		strsep(&path, ":");
		controllers = strsep(&path, ":");
		for (size_t i = 0; path && i < sizeof(kinds) / sizeof(kinds[0]); i++)
			if (kinds[i].controller[0]
					? strstr(controllers, kinds[i].controller) != NULL
					: !controllers[0])
				least = at_most(left_in_groups(&kinds[i], path), least);
	}
	if (file)
		fclose(file);
	return least;
}

/* The kernel frees closed rings with a delay: reads it again as long as it grows. */
static uint64_t enough_available(uint64_t wanted)
{
	const struct timespec pause = { .tv_nsec = 50000000 };
	uint64_t available = memory_available(), before = 0;

	while (available < wanted && available > before) {
		before = available;
		nanosleep(&pause, NULL);
		available = memory_available();
	}
	return available;
}

int memory_check_rings(uint64_t rings, uint64_t per_ring, const char *what, struct complaint *why)
{
	const uint64_t available = enough_available(rings * per_ring);
	const char *left = SIZE_TEXT(available >> 20 << 20);

	if (rings * per_ring <= available)
		return 0;
	if (rings == 1)
		return complain(why, -ENOMEM,
			"-ring-size: a ring of %s is more than the %s of memory that are available; "
			"give a smaller one",
			SIZE_TEXT(per_ring), left);
	return complain(why, -ENOMEM,
		"-ring-size: %" PRIu64 " %s of %s take %s, and %s of memory are available; give a "
		"smaller one, or fewer -rings",
		rings, what, SIZE_TEXT(per_ring), SIZE_TEXT(rings * per_ring), left);
}
