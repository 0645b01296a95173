/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <string.h>

#include "readers/path.h"
#include "readers/peer_path.h"

const struct path *all_paths[PATHS_MAX + 1] = {
	&copy_path,
	&view_path,
	&batch_path,
	&libbpf_path,
	PEER_PATHS,
	&floor_path,
	&memory_path,
#ifdef BENCH_FAULTY_PATHS
	FAULTY_PATHS,
#endif
	NULL,
};

void path_add(const struct path *path)
{
	size_t at = 0;

	while (all_paths[at] && all_paths[at]->role != PATH_LIMIT)
		at++;
	while (path) {
		const struct path *next = all_paths[at];

		all_paths[at++] = path;
		path = next;
	}
}

const struct path *path_find(const char *name)
{
	for (size_t i = 0; all_paths[i]; i++)
		if (strcmp(all_paths[i]->name, name) == 0)
			return all_paths[i];
	return NULL;
}

static enum touching words_of(uint32_t event_size)
{
	switch (event_size) {
	case 16:
		return TOUCHING_WORDS_16;
	case 32:
		return TOUCHING_WORDS_32;
	case 48:
		return TOUCHING_WORDS_48;
	case 64:
		return TOUCHING_WORDS_64;
	case 80:
		return TOUCHING_WORDS_80;
	case 96:
		return TOUCHING_WORDS_96;
	default:
		return TOUCHING_WORDS;
	}
}

enum touching touching_of(const struct workload *workload)
{
	switch (workload->touch) {
	case TOUCH_NONE:
		return TOUCHING_NONE;
	case TOUCH_HEADER:
		return TOUCHING_HEADER;
	case TOUCH_FIELDS:
		return workload->event == EVENT_SKB_META ? TOUCHING_SKB_FIELDS
							 : words_of(workload->event_size);
	case TOUCH_BYTES:
		break;
	}
	return TOUCHING_BYTES;
}
