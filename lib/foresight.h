/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What ringview_peek() expects of the records to come. A reader that takes each length from the
 * header waits for every header in turn. Two things shorten that, and each costs where it does not
 * fit: to go on with the length that is expected, and to fetch the ring's lines ahead.
 */
#ifndef RINGVIEW_FORESIGHT_H
#define RINGVIEW_FORESIGHT_H

#include <stdbool.h>
#include <stdint.h>

struct reader;

#define FORESIGHT_SAMPLE 16

struct foresight {
	uint64_t sample_at; /* position at which to begin the next sample */
	uint64_t apart;     /* bytes between two samples, where lengths are expected */
	unsigned count;     /* of the sample under way */
	unsigned surprises; /* in it, of a processor that predicts each length from the last */
	unsigned before;    /* which of the lengths the last record had; 2: neither */
	uint32_t lengths[2];
	unsigned follows[2][2]; /* how often a record of one of them came after one of the other */
};

/* At the reader's position. */
void foresight_start(struct reader *r);

/* The reader goes on @by bytes further in the stream: what was learnt holds there as well. */
void foresight_move(struct foresight *f, uint64_t by);

/* At a record that can be shown, @reach bytes before the end of what is known: how far
 * ringview_peek() may go from there without asking again. */
uint64_t foresee(struct reader *r, uint64_t reach);

/* The reader has nothing to show, or has moved: time that passes now says nothing of the stream. */
void foresight_pause(struct foresight *f);

#endif
