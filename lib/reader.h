/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a reader holds beyond the hot path's fields. Private to lib/ and to the tests.
 */
#ifndef RINGVIEW_READER_H
#define RINGVIEW_READER_H

#include <stdbool.h>

#include "ringview/ringview.h"
#include "waiter.h"

/* Header bits and limits of linux/bpf.h and kernel/bpf/ringbuf.c, Linux 5.8. */
#define RING_BUSY (1u << 31)
#define RING_DISCARD (1u << 30)
#define RING_ALIGNMENT 8u
#define RING_SIZE_MAX ((size_t)1 << 31)

struct reader {
	struct ringview hot; /* first: a struct ringview * is a struct reader * */

	const uint64_t *producer;
	uint64_t *ring_consumer; /* hot.consumer, unless the reader is late or detached */
	uint64_t produced;       /* producer position when it was last looked at */
	uint64_t run_start;      /* where the run of equal records that hot is in began */
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
	uint64_t last;      /* where the last record shown starts */
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

	struct ringview_statistics statistics; /* the current run not yet counted */
};

_Static_assert(sizeof(struct ringview) == 64, "the hot fields share one cache line");
_Static_assert(sizeof(struct reader) < 1024, "the memory of a reader is part of its contract");

static inline struct reader *reader_of(struct ringview *rv)
{
	return (struct reader *)rv;
}

static inline const struct reader *const_reader_of(const struct ringview *rv)
{
	return (const struct reader *)rv;
}

/* Bytes from a record of @length payload bytes to the next. */
static inline uint64_t record_stride(uint32_t length)
{
	return ((uint64_t)length + RINGVIEW_HEADER_SIZE + RING_ALIGNMENT - 1) &
	       ~(uint64_t)(RING_ALIGNMENT - 1);
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
	return r->hot.position != r->produced;
}

/* Looks at the ring, and rests where the look ended. 1 a record can be shown, 0 none, or an error.
 */
int reader_look(struct reader *r);

/* The records of the run that hot is in, counted into @statistics. */
void reader_count_run(const struct reader *r, struct ringview_statistics *statistics);

#endif
