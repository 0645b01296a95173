/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What ringview_peek() expects of the records to come. A reader that takes each length from the
 * header waits for every header in turn. Two things shorten that, and each costs where it does not
 * fit: to go on with the length that is expected, and to fetch the lines of the ring ahead, all of
 * them, as nobody knows yet which have headers.
 */
#ifndef RINGVIEW_FORESIGHT_H
#define RINGVIEW_FORESIGHT_H

#include <stdbool.h>
#include <stdint.h>

#define FORESIGHT_SAMPLE 16    /* records */
#define FORESIGHT_REACH 131072 /* foresee() returns no more */

struct reader;

/* Positions are in bytes, as those of the ring. */
struct foresight {
	/* Of the lengths. */
	uint64_t sample_at; /* where to begin the next sample */
	unsigned cut_short; /* so many samples may be, if they find what is expected */
	unsigned expected;  /* records of the sample that were */
	unsigned count;     /* of the sample under way */
	unsigned surprises; /* in it, of a processor that predicts each length from the last */
	unsigned before;    /* which of the lengths the last record had; 2: neither */
	uint32_t lengths[2];
	unsigned follows[2][2]; /* how often a record of the one came before one of the other */

	/* Of lines ahead, where no lengths are expected. */
	bool chosen;       /* to fetch them */
	uint64_t trial_at; /* where to begin the next trial of the other way */
	uint64_t apart;    /* bytes between two trials */
	unsigned part;     /* of the trial under way; PARTS: none is */
	bool interrupted;  /* by another stream, and how often: */
	unsigned interruptions;
	uint64_t part_start; /* of its timed part, and its time, or 0 */
	int64_t part_start_ns;
	double cost[2];   /* of the last parts as chosen, and the other way: ns a byte */
	uint64_t fetched; /* where the lines end that have been fetched */
};

/* At the reader's position. */
void foresight_start(struct reader *r);

/* The reader goes on @by bytes further in the stream: what was learnt holds there as well. */
void foresight_move(struct foresight *f, uint64_t by);

/* At a record that can be shown, @reach bytes before the end of what is known: how far
 * ringview_peek() may go from there without asking again. */
uint64_t foresee(struct reader *r, uint64_t reach);

/* There is no record now: the time that passes until there is one says nothing of the reading. */
void foresight_pause(struct reader *r);

#endif
