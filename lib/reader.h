/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reader's state beyond the fields of the hot path. Private to lib/ and the tests.
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

/*
 * How much ringview_peek() returns before it returns 0 once: what the last poll found, up to an
 * eighth of the ring and 256 KiB. So that records are released, other rings get their turn, and the
 * reader does not follow the producers record by record.
 */
#define PASS_MOST 262144

enum pass {
	PASS_NONE,    /* peek returns any record */
	PASS_OF_WAIT, /* after a wait: peek returns 0 once at the end of the pass */
	PASS_OF_TURN, /* in a group: peek returns 0 at the end until the next turn */
};

/* What the waiter has to do for a reader before it sleeps. */
enum place {
	PLACE_ARMED,   /* nothing: all is released, and the next record notifies */
	PLACE_TOUCHED, /* release and arm: records were returned or skipped, or one is busy */
	PLACE_READY,   /* not sleep: there is a record, or an error */
};

struct reader {
	struct ringview hot; /* first: a struct ringview * is a struct reader * */

	const unsigned char *data; /* the ring's bytes, mapped twice in a row */
	uint64_t mask;             /* size of the ring - 1 */
	const uint64_t *producer;
	uint64_t *ring_consumer;
	uint64_t produced; /* producer position at the last poll */
	int error;         /* sticky: what peek returns */
	bool busy;         /* seek last stopped at a record not yet submitted */

	/* PACED and BUSY: releases hold back the last record (release.c). */
	bool holds;
	uint64_t published;   /* the last value stored to the ring's consumer position */
	uint64_t no_consumer; /* hot.consumer points here if the reader holds, or after a conflict:
			       * no position equals it */

	enum pass pass;
	uint64_t pass_end;

	struct waiter *in_charge;     /* its own, or its group's */
	struct ringview_group *group; /* or NULL */
	enum place place;             /* in the queues of the waiter in charge */
	struct reader *next;

	/* Of a ring that overwrites (overwrite.c); @overwrite is NULL for others. */
	const uint64_t *overwrite;
	bool in_order;     /* producers' stores become visible in the order of the program */
	uint64_t marks[2]; /* boundaries of records, where they do not */
	bool is_passive;   /* writes no position of the ring, but its own: */
	uint64_t own_consumer;

	uint64_t seen;  /* producer position at the waiter's last poll */
	int map_fd;     /* the map's, or the notification eventfd of a ring in memory */
	bool clears_fd; /* read the eventfd, so that it ends no second sleep; a child, which
			 * shares it with its parent, does not */
	struct waiter waiter;
	struct reader *itself; /* the waiter's array of one */

	void *consumer_page; /* mappings; NULL for a ring in memory */
	void *producer_pages;
	size_t page_size;

	struct foresight foresight;
	struct ringview_statistics statistics; /* without the fields that hot counts */
};

_Static_assert(offsetof(struct ringview, offset) == 64, "peek reads one cache line");
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

/* Positions in the ring: of the next record, and of the last one returned or skipped. */
static inline uint64_t reader_position(const struct reader *r)
{
	return (uintptr_t)r->hot.next + r->hot.offset;
}

static inline uint64_t reader_last(const struct reader *r)
{
	return (uintptr_t)r->hot.last + r->hot.offset;
}

/* What a reader passes before it releases, at most: so much room the producers can miss. */
static inline uint64_t ring_eighth(const struct reader *r)
{
	return (r->mask + 1) / 8;
}

static inline uint64_t pass_bytes(const struct reader *r)
{
	return less(ring_eighth(r), PASS_MOST);
}

/* The header of the record at @position. */
static inline const uint32_t *reader_header(const struct reader *r, uint64_t position)
{
	return (const uint32_t *)(r->data + (position & r->mask));
}

/* overwrite.c, for rings that overwrite. */

struct overwrite_copy {
	void *to;
	size_t room;
};

/* Looks how far producers have come, as refresh() of seek.c. */
int overwrite_refresh(struct reader *r);

/*
 * Puts the reader before the oldest record that is not overwritten and can be shown, as seek() of
 * seek.c, and with @copy copies it, if it has room. 1, with the length in hot.found; 0; or an
 * error. 1 also where there are records and each was overwritten while it was looked at; with @copy
 * that is 0.
 */
int overwrite_next(struct reader *r, const struct overwrite_copy *copy);

/* At the position where it begins. */
void overwrite_start(struct reader *r);

/* seek.c */

/* Makes @error (-EBADMSG, -EBUSY) the reader's, and returns it. */
int reader_fail(struct reader *r, int error);

/* Whether this process opened the reader or took it over, not inherited it by fork(). */
bool reader_is_ours(const struct reader *r);

/* Makes the next ringview_peek() call seek. */
void reader_ask_first(struct reader *r);

/* Puts the reader before the record at @position, in the first mapping of the ring. */
void reader_go_to(struct reader *r, uint64_t position);

/* Call it at a record that seek has found. */
void reader_begin_pass(struct reader *r, enum pass pass);

/* Whether ringview_peek() has to stop here, although there may be more. */
bool reader_pass_is_over(struct reader *r);

/* Moves the reader to the next record. Returns 1 if there is one, 0 if not, or an error. */
int reader_seek(struct reader *r);

/* Look for records: at the ring, or only at what is left of what the last look found. 1 and a pass
 * has begun, 0 none, or an error. */
int reader_look(struct reader *r, enum pass pass);
int reader_look_at_rest(struct reader *r, enum pass pass);

/* release.c */

/* The consumer position that producers see, unless another consumer moved it. */
uint64_t reader_published(const struct reader *r);

/* Returns 0, or -EBUSY if another consumer has moved the position. */
int reader_check_consumer(struct reader *r);

/* Releases the record held back, unless the reader was inherited. */
void reader_release_held(struct reader *r);

/* ringview_arm() without the user's descriptor. */
int reader_arm(struct reader *r);

/* Makes releases hold the last record back, or not. Everything has to be released before. */
void reader_set_holds(struct reader *r, bool holds);

/* Whether there are records that were seen and not yet returned. */
static inline bool reader_has_left(const struct reader *r)
{
	return reader_position(r) != r->produced;
}

#endif
