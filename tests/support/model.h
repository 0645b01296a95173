/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A model of a reader: which records it must show, and when. It contains producers that write to a
 * ring in memory and a list of all records, read in a slow and simple way. Records have numbers,
 * from 0, in the order of reservation.
 */
#ifndef TEST_MODEL_H
#define TEST_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rings/memory_ring.h"
#include "statistics/random.h"

#define MODEL_RING_MOST (1 << 16)
#define MODEL_RECORDS (MODEL_RING_MOST / 8) /* more than fit into any ring of the tests */
#define MODEL_OPEN_MOST 8

enum model_state { MODEL_RESERVED, MODEL_SUBMITTED, MODEL_DISCARDED };

struct model_record {
	uint64_t position;
	uint32_t length;
	enum model_state state;
	unsigned char *payload;
};

/* How producers behave. Constant for a while, so that there are long runs of one kind. */
struct model_manner {
	uint32_t length;     /* the usual length; others occur if @mixed */
	bool mixed;          /* lengths of up to 300 bytes, and some of up to the whole ring */
	uint32_t discarded;  /* of 100 records */
	uint32_t unnotified; /* of 100 commits */
	size_t open; /* records that may be reserved at the same time, at most MODEL_OPEN_MOST */
};

struct model {
	struct memory_ring *ring;
	struct random_stream random;
	struct model_manner manner;
	struct model_record records[MODEL_RECORDS]; /* by number, modulo */
	uint64_t reserved;                          /* the number of the next record */
	uint64_t open[MODEL_OPEN_MOST];             /* reserved and not yet committed */
	size_t open_count;

	/* The reader. All are numbers of records. */
	uint64_t next;      /* the next to show */
	uint64_t released;  /* the first one not released */
	uint64_t published; /* the one at the ring's consumer position */
	uint64_t known;     /* the first one that the reader does not know of */
	uint64_t last;      /* the last one shown or skipped, or @published */
	bool holds;         /* a release holds the last record back */
	bool in_pass;       /* at position @pass_end the reader returns 0 once */
	uint64_t pass_end;

	uint64_t shown, bytes, discarded; /* as in struct ringview_statistics */
};

/* Starts with an empty @ring, both positions at @position. @seed determines all choices. */
void model_start(struct model *m, struct memory_ring *ring, uint64_t position, uint64_t seed);

uint32_t model_below(struct model *m, uint32_t limit);

/* Returns a record. @m->reserved is the next one, which has only a position yet. */
const struct model_record *model_record(const struct model *m, uint64_t number);
uint64_t model_position(const struct model *m, uint64_t number);

/*
 * Makes one random step of a producer: reserves a record, or commits a reserved one. Returns NULL,
 * or what is wrong: the ring accepted a record that should not fit, or refused one that should.
 */
const char *model_produce(struct model *m);

/* Returns whether the payload is that of @number. Of large records it compares only both ends. */
bool model_is_payload(const struct model *m, const void *data, uint64_t number);

/* Skips discarded records up to the next one that can be shown. Returns false if there is none. */
bool model_seek(struct model *m);

/* Shows the record that model_seek() found. */
void model_show(struct model *m);

/* As after opening and ringview_restart(), at the record @m->released. */
void model_restart(struct model *m);

/* Starts a pass: what the wait found is shown up to an eighth of the ring, at most 256 KiB. */
void model_begin_pass(struct model *m);

/* ringview_release(), ringview_cancel() and ringview_arm(). */
void model_release(struct model *m);
void model_cancel(struct model *m);
bool model_arm(struct model *m);

/*
 * Finds the number of the record at @position among @first to @last. Returns false if none begins
 * there.
 */
bool model_number_at(
	const struct model *m, uint64_t position, uint64_t first, uint64_t last, uint64_t *number);

/* Skips discarded records up to @number. Returns false if one of them is not discarded. */
bool model_skip_to(struct model *m, uint64_t number);

#endif
