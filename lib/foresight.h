/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What ringview_peek() expects of the next records. A reader that takes each length from the header
 * waits for every header in turn. Two methods avoid that, and each costs time where it does not fit
 * the stream: continuing with the expected length, and fetching all lines of the ring ahead, as it
 * is not known yet which of them hold headers.
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
	unsigned cut_short; /* how many more samples may be cut short if all is expected */
	unsigned expected;  /* records of the current sample with an expected length */
	unsigned count;     /* records of the current sample */
	unsigned surprises; /* in it, for a processor that predicts each length from the last */
	unsigned before;    /* which of the lengths the last record had; 2: neither */
	uint32_t lengths[2];
	unsigned follows[2][2]; /* how often a record of one length came before one of the other */

	/* Fetching lines ahead, if no lengths are expected. */
	bool chosen;       /* lines are fetched */
	uint64_t trial_at; /* where the next trial of the other way starts */
	uint64_t apart;    /* bytes between two trials */
	unsigned part;     /* of the current trial; PARTS: there is none */
	bool interrupted;  /* by another stream, and how often: */
	unsigned interruptions;
	uint64_t part_start; /* of its timed part, and its time, or 0 */
	int64_t part_start_ns;
	double cost[2];   /* of the last parts as chosen, and the other way: ns a byte */
	uint64_t fetched; /* end of the lines fetched so far */
};

/* Starts at the reader's position. */
void foresight_start(struct reader *r);

/* The reader continues @by bytes further in the stream; keeps what was learnt. */
void foresight_move(struct foresight *f, uint64_t by);

/* Call it at a record that can be returned, @reach bytes before the known end. Returns how far
 * ringview_peek() may go from there by itself. */
uint64_t foresee(struct reader *r, uint64_t reach);

/* There is no record now: the time until the next one must not count as reading time. */
void foresight_pause(struct reader *r);

#endif
