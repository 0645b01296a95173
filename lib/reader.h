/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reader's state beyond the fields of the hot path. Private to lib/ and the tests.
 */
#ifndef RINGVIEW_READER_H
#define RINGVIEW_READER_H

#include <stdbool.h>

#include "foresight.h"
#include "linger.h"
#include "ringview/ringview.h"
#include "waiter.h"

/* Header bits and limits of linux/bpf.h and kernel/bpf/ringbuf.c, Linux 5.8. */
#define RING_BUSY (1u << 31)
#define RING_DISCARD (1u << 30)
#define RING_ALIGNMENT 8u
#define RING_SIZE_MAX ((size_t)1 << 31)

/*
 * A pass is what ringview_peek() returns before it returns 0 once: what the last poll found, at
 * most an eighth of the ring and at most PASS_MOST bytes. Its end makes the user release records
 * and read other rings, and keeps the reader from following the producers record by record.
 */
#define PASS_MOST 262144

enum pass {
	PASS_NONE,    /* peek returns any record */
	PASS_OF_WAIT, /* after a wait: peek returns 0 once at the end of the pass */
	PASS_OF_TURN, /* in a group: peek returns 0 at the end until the next turn */
};

/* What the waiter has to do for a reader before it sleeps. */
enum place {
	PLACE_ARMED,   /* nothing: everything is released, and the next record notifies */
	PLACE_TOUCHED, /* release and arm: records were returned or skipped, or one is busy */
	PLACE_READY,   /* not to sleep: there is a record or an error */
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
	struct linger linger;

	struct waiter *in_charge;     /* its own, or its group's */
	struct ringview_group *group; /* or NULL */
	enum place place;             /* in the queues of the waiter in charge */
	struct reader *next;

	/* Of a ring that overwrites (overwrite.c); @overwrite is NULL for others. */
	const uint64_t *overwrite;
	bool in_order;     /* other CPUs see a producer's stores in program order */
	uint64_t marks[2]; /* if not: known boundaries of records */
	bool is_passive;   /* does not write the ring's consumer position, but its own: */
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
	struct ringview_statistics statistics; /* without those in hot.returned */
};

_Static_assert(offsetof(struct ringview, found) == 64, "peek and release use one cache line");
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

/* At most this many bytes are read before they are released: room that producers lack meanwhile. */
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

/* open.c: takes a program's options, of any size; NULL means the default. Returns 0 or -EINVAL. */
int options_take(struct ringview_options *options, const struct ringview_options *given);

/* overwrite.c, for rings that overwrite. */

struct overwrite_copy {
	void *to;
	size_t room;
};

/* Loads the producer position, as refresh() of seek.c. */
int overwrite_refresh(struct reader *r);

/*
 * Moves the reader to the oldest record that is submitted and not overwritten, as seek() of seek.c.
 * With @copy, also copies the record if it fits.
 *
 * Returns 1 if there is a record, with its length in hot.found; 0 if not; or an error. If every
 * record that it tried was overwritten meanwhile, returns 1 without @copy and 0 with it.
 */
int overwrite_next(struct reader *r, const struct overwrite_copy *copy);

/* Call it at the reader's first position. */
void overwrite_start(struct reader *r);

/* seek.c */

/* Makes @error (-EBADMSG, -EBUSY) the reader's, and returns it. */
int reader_fail(struct reader *r, int error);

/* Whether this process opened the reader or took it over, not inherited it by fork(). */
bool reader_is_ours(const struct reader *r);

/* Adds the records that peek has counted to the statistics. Call it at least once a ring's size, or
 * the count overflows. */
void reader_add_up(struct reader *r);

/* Makes the next ringview_peek() call ringview_internal_seek(). */
void reader_ask_first(struct reader *r);

/* Puts the reader before the record at @position, in the first mapping of the ring. */
void reader_go_to(struct reader *r, uint64_t position);

/* Call it at a record that seek has found. */
void reader_begin_pass(struct reader *r, enum pass pass);

/* Whether ringview_peek() has to stop here, although there may be more. */
bool reader_pass_is_over(struct reader *r);

/* Moves the reader to the next record. Returns 1 if there is one, 0 if not, or an error. */
int reader_seek(struct reader *r);

/* Poll the ring for records, or only the rest of what the last poll found. Return 1 if there is a
 * record, and begin a pass; 0 if there is none; or an error. */
int reader_look(struct reader *r, enum pass pass);
int reader_look_at_rest(struct reader *r, enum pass pass);

/* release.c */

/* The consumer position that producers see, unless another consumer moved it. */
uint64_t reader_published(const struct reader *r);

/* Returns 0, or -EBUSY if another consumer has moved the position. */
int reader_check_consumer(struct reader *r);

/* Releases what is before a position, unless it has been released; what is behind it is returned again
 * after ringview_cancel(). */
void reader_release_to(struct reader *r, uint64_t to);

/* Releases the record held back, unless the reader was inherited. */
void reader_release_held(struct reader *r);

/* ringview_arm() without the user's descriptor. */
int reader_arm(struct reader *r);

/* Makes releases hold the last record back, or not. Everything has to be released before. */
void reader_set_holds(struct reader *r, bool holds);

/* In a child of fork(): the records that the parent has not released come again. */
void reader_take_over(struct reader *r);

/* Whether there are records that were seen and not yet returned. */
static inline bool reader_has_left(const struct reader *r)
{
	return reader_position(r) != r->produced;
}

#endif
