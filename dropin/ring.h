/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One ring, and the callback for its records.
 */
#ifndef DROPIN_RING_H
#define DROPIN_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "libbpf_api.h"
#include "ringview/ringview.h"

/* A group's readers, used by one thread at a time, and what all rings of one ring_buffer share. */
struct ring_set {
	struct ringview_group *group; /* NULL with EVENT, which waits as libbpf does */
	enum rings_use {
		RINGS_UNUSED,
		RINGS_USED,      /* by a call of the thread that reads */
		RINGS_OWED,      /* the same; it then publishes */
		RINGS_PUBLISHED, /* by any thread, which holds the lock */
	} use;
	bool is_watched; /* the caller has asked for epoll_fd */

	/* EVENT: of each ring. Threads may read different rings. */
	struct ring_flags {
		/* There may be records that do not notify: a pass has not ended, or has left some. */
		bool is_pending;
		bool was_read; /* by the last poll, or it was to */
	} * flags;
};

struct ring {
	const void *maker;       /* &made_here */
	struct ringview *reader; /* NULL while the positions in the ring are impossible */
	struct ring_set *set;
	int index; /* in the set */
	ring_buffer_sample_fn callback;
	void *context;
	int map_fd; /* the caller's */
	int own_fd; /* of the map, as long as there is no reader, which has one; else -1 */
	size_t size;
	size_t page_size;
	const void *positions; /* the consumer's page and the producer's, read-only */
	uint64_t consumed;     /* consumer position when this ring was last used */
	uint32_t map_id;
	struct ring *next; /* of all rings of this process */

	/*
	 * This process has or had another ring on this map. Both then start each pass at the ring's
	 * consumer position, and hold nothing back.
	 */
	bool is_shared;
	unsigned forks; /* of the process that used it last */

	size_t release_after; /* bytes to read before they are released */
	bool in_pass;         /* callbacks are called, or were left by longjmp() or an exception */
	uint64_t unread;      /* then: the end of what they have returned from */
	unsigned pass;        /* number of the current pass, or of the last */

	unsigned lingers; /* EVENT: how often this poll may still linger */
};

/* Return 0 or a negative errno as ring_buffer__add(). The second one makes the ring known to others on
 * its map, which then hold nothing back. */
int ring_make(struct ring **ring, int map_fd, ring_buffer_sample_fn callback, void *context,
	struct ring_set *set, int index);
int ring_open(struct ring *r);
void ring_close(struct ring *r);

/*
 * Passes up to @most records to the callback, but one if @most is 0. Returns their number; what the
 * callback returned if that was negative; or a negative errno of the ring.
 *
 * A record whose callback has not returned comes first, once more, as with libbpf.
 */
int64_t ring_read(struct ring *r, size_t most);

/* EVENT: as ring_read(), and briefly looks for more records before it releases the last. */
int64_t ring_read_lingering(struct ring *r);

/* As ring_read(), in a turn of the reader's group, until the end of the turn. */
int64_t ring_read_turn(struct ring *r);

/* Call it before the group waits, which releases all records, so that a record whose callback has
 * not returned stays. */
void ring_begin_wait(struct ring *r);

/* Call it after the wait and its turns: the wait may have skipped discarded records, and held the last
 * one back. Returns whether there is a record that did not notify. */
bool ring_end_wait(struct ring *r);

/* The turns of a group that a full ring takes. */
size_t ring_turns(const struct ring *r);

/* The ring's own descriptor of the map, if it has one: the caller may have closed theirs. */
int ring_fd(const struct ring *r);

/* Around each use of a group or its rings, also one within another. The end returns whether it had to
 * publish, and the group may have been interrupted for that. */
void ring_begin_use(struct ring_set *set);
bool ring_end_use(struct ring_set *set);

/* Releases what the readers of a group hold back and must not (the rings are watched, or shared), at
 * once or when the call that uses them ends. */
void ring_publish(struct ring_set *set);

/* Whether the ring has records, submitted or not. */
bool ring_has_more(const struct ring *r);

#endif
