/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ring buffers of the system.
 */
#ifndef BENCH_RING_LIST_H
#define BENCH_RING_LIST_H

#include "watch/holders.h"
#include "watch/watched_ring.h"

struct ring_entry {
	uint32_t id;
	char name[BPF_OBJ_NAME_LEN + 1];
	uint64_t size;
	struct ring_sample sample;
};

struct ring_list {
	struct ring_entry *entries;
	struct holders *holders; /* of each */
	size_t count;
};

/* Takes CAP_SYS_ADMIN. 0, or a negative errno with @why. */
int ring_list_read(struct ring_list *list, struct complaint *why);

void ring_list_free(struct ring_list *list);

#endif
