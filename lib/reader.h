/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a reader holds beyond the hot path's fields. Private to lib/ and to the tests.
 */
#ifndef RINGVIEW_READER_H
#define RINGVIEW_READER_H

#include <stdbool.h>

#include "foresight.h"
#include "ringview/ringview.h"
#include "waiter.h"

/* Header bits and limits of linux/bpf.h and kernel/bpf/ringbuf.c, Linux 5.8. */
#define RING_BUSY (1u << 31)
#define RING_DISCARD (1u << 30)
#define RING_ALIGNMENT 8u
#define RING_SIZE_MAX ((size_t)1 << 31)

struct reader {
	struct ringview hot; /* first: a struct ringview * is a struct reader * */

	const unsigned char *data; /* the ring's bytes, mapped twice in a row */
	uint64_t mask;             /* size of the ring - 1 */
	const uint64_t *producer;
	uint64_t *ring_consumer; /* hot.consumer, unless the reader is late or detached */
	uint64_t produced;       /* producer position when it was last looked at */
	int error;               /* sticky: what peek returns */
	bool busy;               /* seek last stopped at a record not yet submitted */
	bool rest;               /* at @produced, peek says 0 once before it looks further */

	/*
	 * A reader of which ringview_release() is late: hot.consumer is @released_here, and
	 * reader_publish() gives back to the producers. BUSY needs it to hold the last record back.
	 */
	bool late;
	uint64_t released_here;
	uint64_t published; /* what the ring's consumer position was last set to */
	uint64_t detached;  /* what hot.consumer points to after a conflict */

	/* In a group: until where peek may go in this turn. */
	struct ringview_group *group;
	bool in_turn;
	uint64_t turn_end;

	uint64_t seen;  /* producer position at the waiter's last look */
	int map_fd;     /* the map's, or the notification eventfd of a ring in memory */
	bool in_memory; /* map_fd is an eventfd: it has to be read to become unreadable */
	struct waiter waiter;

	void *consumer_page; /* mappings; NULL for a ring in memory */
	void *producer_pages;
	size_t page_size;

	struct foresight foresight;
	struct ringview_statistics statistics; /* but for what hot counts */
};

_Static_assert(offsetof(struct ringview, offset) == 64, "what peek reads shares one cache line");
_Static_assert(sizeof(struct ringview) == 128, "its size is part of the ABI");
_Static_assert(sizeof(struct reader) < 1024, "the memory of a reader is part of its contract");

static inline struct reader *reader_of(struct ringview *rv)
{
	return (struct reader *)rv;
}

static inline const struct reader *const_reader_of(const struct ringview *rv)
{
	return (const struct reader *)rv;
}

static inline uint64_t less(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Positions in the ring: of the next record to show, and of the last one shown. */
static inline uint64_t reader_position(const struct reader *r)
{
	return (uintptr_t)r->hot.next + r->hot.offset;
}

static inline uint64_t reader_last(const struct reader *r)
{
	return (uintptr_t)r->hot.last + r->hot.offset;
}

/* The header of the record at @position. */
static inline const uint32_t *reader_header(const struct reader *r, uint64_t position)
{
	return (const uint32_t *)(r->data + (position & r->mask));
}

/*
 * Gives back to the producers what a late reader has released: all of it, or all but the last
 * record shown, so that none of them notifies. Does nothing for others, whose releases are not
 * late. 0, or the error of the reader.
 */
int reader_publish(struct reader *r, bool all);

/* Makes releases late, or not; nothing may be unreleased. */
void reader_set_late(struct reader *r, bool late);

/* Whether there are records that were seen and not yet shown. */
static inline bool reader_has_left(const struct reader *r)
{
	return reader_position(r) != r->produced;
}

/* Looks at the ring, and rests where the look ended. 1 a record can be shown, 0 none, or an error.
 */
int reader_look(struct reader *r);

#endif
