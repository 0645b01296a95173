/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a reader of a ring has to show, and when: producers that write to a ring in memory, and a
 * list of all they wrote, read in the slow and simple way. Records are called by their number, from
 * 0 on in the order in which they were reserved.
 */
#ifndef TEST_MODEL_H
#define TEST_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rings/memory_ring.h"
#include "statistics/random.h"

#define MODEL_RING_MOST (1 << 16)
#define MODEL_RECORDS (MODEL_RING_MOST / 8) /* more than any ring has place for */
#define MODEL_OPEN_MOST 8

enum model_state { MODEL_RESERVED, MODEL_SUBMITTED, MODEL_DISCARDED };

struct model_record {
	uint64_t position;
	uint32_t length;
	enum model_state state;
	unsigned char *payload;
};

/* How producers behave; fixed for a while, so that there are long runs of one kind. */
struct model_manner {
	uint32_t length;     /* usual; others occur if @mixed */
	bool mixed;          /* lengths of up to 300 bytes, and some of up to the whole ring */
	uint32_t discarded;  /* of 100 records */
	uint32_t unnotified; /* of 100 commits */
	size_t open;         /* records that may be reserved at once, up to MODEL_OPEN_MOST */
};

struct model {
	struct memory_ring *ring;
	struct random_stream random;
	struct model_manner manner;
	struct model_record records[MODEL_RECORDS]; /* by number, modulo */
	uint64_t reserved;                          /* the number of the next record */
	uint64_t open[MODEL_OPEN_MOST];             /* reserved and not yet committed */
	size_t open_count;

	/* The reader: all are numbers of records. */
	uint64_t next;      /* the one to be shown next */
	uint64_t released;  /* the first that is not released */
	uint64_t published; /* the one that the ring's consumer position is of */
	uint64_t known;     /* the first that the reader does not know to be reserved */
	uint64_t last;      /* the last that was shown or skipped, or @published */
	bool holds;         /* a release holds the last record back */
	bool in_pass;       /* from position @pass_end on it says once that there is none */
	uint64_t pass_end;

	uint64_t shown, bytes, discarded; /* as in struct ringview_statistics */
};

/* An empty @ring whose positions are both @position; every choice comes from @seed. */
void model_start(struct model *m, struct memory_ring *ring, uint64_t position, uint64_t seed);

uint32_t model_below(struct model *m, uint32_t limit);

/* A record, reserved and not yet forgotten; @m->reserved is one that has only a position. */
const struct model_record *model_record(const struct model *m, uint64_t number);
uint64_t model_position(const struct model *m, uint64_t number);

/*
 * One step of a producer: it reserves a record, or commits any of those that are reserved, as it
 * happens. NULL, or what is wrong: the ring takes a record for which it should have no room, or
 * the other way round.
 */
const char *model_produce(struct model *m);

/* The payload is that of @number in every byte; of large records, in some. */
bool model_is_payload(const struct model *m, const void *data, uint64_t number);

/* Goes on to the next record that can be shown, past discarded ones. False: there is none. */
bool model_seek(struct model *m);

/* The record that model_seek() found is shown. */
void model_show(struct model *m);

/* As after opening and ringview_restart(); @m->released is where. */
void model_restart(struct model *m);

/* What a wait found is shown up to a point: an eighth of the ring, or 256 KiB, at most. */
void model_begin_pass(struct model *m);

/* ringview_release(), ringview_cancel() and ringview_arm(). */
void model_release(struct model *m);
void model_cancel(struct model *m);
bool model_arm(struct model *m);

/*
 * The number of the record at @position, looked for from @first to @last. False: none of them
 * begins there.
 */
bool model_number_at(
	const struct model *m, uint64_t position, uint64_t first, uint64_t last, uint64_t *number);

/* Goes on to @number over records that are discarded. False: one of them is not. */
bool model_skip_to(struct model *m, uint64_t number);

#endif
