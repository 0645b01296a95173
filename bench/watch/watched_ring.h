/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring of any program, found by its id or where it is pinned, and mapped so that it can only be
 * read.
 */
#ifndef BENCH_WATCHED_RING_H
#define BENCH_WATCHED_RING_H

#include <linux/bpf.h>

#include "base/complaint.h"
#include "watch/ring_sample.h"

struct ring_target {
	uint32_t id;
	const char *path; /* where it is pinned; NULL: by id */
};

#define RING_NAME_SIZE (BPF_OBJ_NAME_LEN + 1)

struct watched_ring {
	struct ring_access access;
	uint32_t id;
	char name[RING_NAME_SIZE];
	uint32_t overwrite_at; /* in the page of the producer position; 0: it does not overwrite */

	int fd;
	void *positions; /* the pages of both */
	/* Pages of the data: where the reader is, and where the producers are. */
	struct ring_window_pages {
		void *pages; /* NULL: none */
		uint64_t offset;
		size_t size;
	} windows[2];
	size_t used; /* the window that was used last */
};

/*
 * Opens and maps it. The positions stay valid until watched_ring_detach(). While attached, the ring
 * lives even if its program ends: detach and attach again from time to time.
 *
 * 0; -ENOENT: there is none any more; -EMEDIUMTYPE: no ring buffer that can be watched; or another
 * negative errno. @why says it, in any case.
 */
int watched_ring_attach(
	struct watched_ring *ring, const struct ring_target *target, struct complaint *why);

void watched_ring_detach(struct watched_ring *ring);

/* @to becomes what @from was, which is not to be used any more. */
void watched_ring_move(struct watched_ring *to, const struct watched_ring *from);

/* Whether a map of this kind can be watched: 0, or -EMEDIUMTYPE with @why. Pure. */
int watched_ring_check(const struct bpf_map_info *info, struct complaint *why);

#endif
