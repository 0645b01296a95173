/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A reader on a hostile ring, and what is demanded of it. Each call is enclosed by subject_before()
 * and subject_after(). In between, each change of the ring is enclosed by subject_settle() and
 * subject_changed().
 */
#ifndef FUZZ_SUBJECT_H
#define FUZZ_SUBJECT_H

#include <stdbool.h>

#include "hostile_ring.h"

struct subject {
	struct hostile_ring ring;
	struct ringview *rv; /* NULL while it is closed */
	bool in_group;
	bool waits; /* in the wait in progress */

	/* What the walk of the same bytes says. */
	uint64_t position;  /* where the reader is */
	uint64_t last;      /* of the last record shown or skipped, which a release may hold back */
	uint64_t released;  /* what it has released */
	uint64_t published; /* the consumer position as the reader read it or wrote it last */
	uint64_t word;      /* the consumer position, written by either side */
	uint64_t limit;     /* the farthest possible producer position seen */
	uint64_t shown;     /* records since it was opened */
	bool conflict;      /* something else wrote the consumer position */
	bool broken;        /* something impossible could be found */
	int error;          /* that is sticky */

	bool none; /* the last call was a peek that found no record, and nothing has changed since */
	struct ringview_statistics before;
	uint64_t changes; /* by others since subject_before() */
};

/* Opens or reopens the reader. Must fail if the stored positions are impossible, and only then. */
void subject_open(struct subject *s, const struct ringview_options *options);
void subject_close(struct subject *s);

void subject_before(struct subject *s);
void subject_after(struct subject *s);

/* The reader joined or left a group: it holds nothing back from before. */
void subject_member_changed(struct subject *s);

/* The reader is in a wait that sleeps in epoll. */
void subject_sleeps(struct subject *s);

/* Called before and after a hostile change of the ring. */
void subject_settle(struct subject *s);
void subject_changed(struct subject *s);

/* The reader shows @data; NULL for a copy. */
void subject_shows(struct subject *s, const void *data, size_t length);

/* The same for a record that an earlier call found: its header may have changed since. */
void subject_shows_found(struct subject *s, const void *data, size_t length);

/* The result of a call that polls for a record. An error must have a reason, and must repeat. */
void subject_returned(struct subject *s, int result);

/* The calls. Each returns the library's result. */
int subject_peek(struct subject *s);
void subject_peek_all(struct subject *s);
void subject_release(struct subject *s);
void subject_cancel(struct subject *s);
void subject_read_into(struct subject *s, size_t capacity);
void subject_restart(struct subject *s);
void subject_arm(struct subject *s);

#endif
