/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring of another program, opened by its id or its path, and mapped read-only.
 */
#ifndef BENCH_WATCHED_RING_H
#define BENCH_WATCHED_RING_H

#include "base/complaint.h"
#include "watch/ring_access.h"

struct ring_target {
	uint32_t id;
	const char *path; /* where it is pinned; NULL: by id */
};

#define RING_NAME_SIZE (BPF_OBJ_NAME_LEN + 1)

struct watched_ring {
	struct ring_access access;
	uint32_t id;
	char name[RING_NAME_SIZE];
	uint32_t overwrite_at; /* offset in the producer's page; 0: the ring does not overwrite */

	int fd;
	void *positions; /* both pages */
	/* Parts of the data: where the consumer is, and where the producers are. */
	struct ring_window_pages {
		void *pages; /* NULL: none */
		uint64_t offset;
		size_t size;
	} windows[2];
	size_t used; /* the part that was used last */
};

/*
 * Opens and maps it. The positions are valid until watched_ring_detach(). While attached, the ring
 * lives on even if its program ends: detach and attach again from time to time.
 *
 * Returns 0; -ENOENT if it does not exist; -EMEDIUMTYPE if it is no ring buffer, or one that cannot
 * be watched; or another negative errno; each with @why. @ring must not move while attached.
 */
int watched_ring_attach(
	struct watched_ring *ring, const struct ring_target *target, struct complaint *why);

void watched_ring_detach(struct watched_ring *ring);

/* Returns 0 if maps of this type can be watched, or -EMEDIUMTYPE with @why. Pure. */
int watched_ring_check(const struct bpf_map_info *info, struct complaint *why);

#endif
