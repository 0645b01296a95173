/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Predicts the next records for ringview_peek(). A reader that takes each length from the header
 * waits for every header in turn. Two methods avoid that: continuing with the expected length, and
 * prefetching all cache lines of the ring, as it is unknown which of them hold headers. Each costs
 * time with streams that it does not suit, so both are used only where samples and trials show that
 * they pay.
 */
#ifndef RINGVIEW_FORESIGHT_H
#define RINGVIEW_FORESIGHT_H

#include <stdbool.h>
#include <stdint.h>

#define FORESIGHT_SAMPLE 16    /* records */
#define FORESIGHT_REACH 131072 /* foresee() returns no more */

struct reader;

/* Whether cache lines are prefetched, and to where. */
enum fetch {
	FETCH_NOTHING,
	FETCH_NEAR, /* into the first-level cache */
	FETCH_FAR,  /* into the second-level cache */
};

/* Positions are in bytes, as those of the ring. */
struct foresight {
	/* Expected lengths. */
	uint64_t sample_at; /* start of the next sample */
	unsigned cut_short; /* samples that may still be cut short */
	unsigned expected;  /* records of the current sample with an expected length */
	unsigned count;     /* records of the current sample */
	unsigned surprises; /* its mispredictions, if each length is predicted from the last one */
	unsigned before;    /* index of the last record's length; 2: neither */
	uint32_t lengths[2];
	unsigned follows[2][2]; /* records of the second length after one of the first */

	/* Prefetching, if no lengths are expected. */
	enum fetch chosen;
	enum fetch other;  /* what the current trial compares with it, or the next one */
	bool has_lost;     /* the trial before lost: this one is of the third way */
	uint64_t trial_at; /* start of the next trial */
	uint64_t apart;    /* bytes between two pairs of trials */
	unsigned part;     /* of the current trial; PARTS: there is no trial */
	bool interrupted;  /* by another stream, and how often: */
	unsigned interruptions;
	uint64_t part_start;   /* position at which the timed part starts */
	int64_t part_start_ns; /* its time; 0: not reached yet */
	double cost[2];        /* ns a byte of the last parts: as chosen, and the other way */
	uint64_t fetched;      /* end of the lines fetched so far */
};

/* What is fetched now, unless lengths are expected. */
static inline enum fetch foresight_fetch(const struct foresight *f)
{
	return f->part == 1 ? f->other : f->chosen;
}

/* Starts at the reader's position. */
void foresight_start(struct reader *r);

/* The reader skips @by bytes of the stream. Keeps what was learnt. */
void foresight_move(struct foresight *f, uint64_t by);

/* Call it at a record that can be returned, @reach bytes before the known end. Returns how many
 * bytes ringview_peek() may read from there without calling the library. */
uint64_t foresee(struct reader *r, uint64_t reach);

/* Call it when no record is ready: the time until the next one does not count as reading time. */
void foresight_pause(struct reader *r);

#endif
