/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What samples tell about a ring: rates, sizes, stalls, and its state. The list, the view of one
 * ring, -check and every format use the same figures. Pure: the times are those of the samples.
 */
#ifndef BENCH_RING_MODEL_H
#define BENCH_RING_MODEL_H

#include "watch/ring_sample.h"
#include "watch/ring_sizes.h"
#include "watch/ring_walk.h"

/* How many updates the fill history has. */
#define RING_HISTORY 40

/* Standing still or a reserved record for less than this is not reported. */
#define RING_STILL_NS INT64_C(100000000)

/* In the order in which they need attention. */
enum ring_state {
	STATE_BROKEN,    /* its positions or headers are impossible */
	STATE_STUCK,     /* the oldest record is reserved, and not submitted, for RING_STILL_NS */
	STATE_LOSING,    /* almost certainly, or by the program's own count */
	STATE_NO_READER, /* no process has it open, or its consumer position has never moved */
	STATE_SLOW,      /* the reader stands still, or the ring fills up */
	STATE_OK,
	STATE_IDLE,  /* nothing was written, and nothing waits */
	STATE_UNUSED /* no process and no program holds it */
};

extern const char *const ring_state_names[];

/* What the program counts by ringview.bpf.h. Accounts name no ring. */
struct ring_accounts {
	bool known;
	bool shared;     /* the program uses other rings too: the losses may be theirs */
	int64_t time_ns; /* when they were read */
	uint64_t lost;
	char program[17]; /* whose accounts they are; the first, if several */
};

/* Who holds the ring, as far as that decides its state. */
enum ring_holding { HELD_UNKNOWN, HELD_BY_NOBODY, HELD_BY_PROGRAMS, HELD_BY_PROCESSES };

/* Records whose headers were read, and bytes whose headers were not. */
struct ring_passed {
	uint64_t records, discarded, lengths, bytes, unseen;
};

/* The last one to two seconds, in two halves, the newer first; of the largest record, the last in
 * which there were any. */
struct ring_window {
	int64_t begun_ns;
	uint64_t samples[2], no_room[2];
	uint64_t largest[2]; /* bytes that the largest record takes */
};

/* How the lowest level rises from one period to the next. A period is one interval, or as many as
 * last a second: a reader may take that long to come back. */
struct ring_trend {
	int64_t begun_ns;
	uint64_t lowest, lowest_before; /* bytes waiting; UINT64_MAX: unknown */
	double rise;                    /* bytes a second */
};

struct ring_model {
	uint64_t size;
	bool begun, overwrites;
	struct ring_sample last;
	struct ring_sizes sizes;
	uint64_t at; /* a record's boundary: headers before it were read, or given up */

	/* Of the current interval. */
	struct ring_sample first; /* the last of the interval before */
	uint64_t written, consumed;
	uint64_t interval_high; /* bytes waiting */
	struct ring_passed passed;

	/* Since the beginning. */
	struct ring_passed all; /* before the current interval */
	struct ring_window window;
	struct ring_trend trend;
	uint64_t high_water;
	int64_t moved_ns; /* when the consumer was last seen to move, or the beginning */
	int64_t still_ns; /* since when it stands still though a record is ready; -1: it does not */
	int64_t busy_ns;  /* since when the oldest record is the same one and busy; -1: it is not */
	bool full;
	uint64_t full_episodes;
	int64_t full_ns;     /* time in them */
	uint64_t moved_back; /* times that the consumer position went backwards */
	struct ring_accounts accounts, accounts_before;
	float history[RING_HISTORY]; /* the highest fill of each interval, the newest last */
	size_t history_count;
};

/* At the end of an interval. Shares are from 0 to 1. */
struct ring_figures {
	enum ring_state state;
	struct ring_sample sample;  /* the last */
	double fill, interval_fill; /* now; the highest of the interval */
	uint64_t high_water;        /* bytes; of all samples */
	uint64_t interval_high;
	double written_per_s; /* bytes, headers included */
	double consumed_per_s;
	double records_per_s; /* written; NAN: not known */
	double seen;          /* share of the bytes written whose headers were read; NAN: of none */
	double average;       /* length of the records seen in the interval; NAN: none */
	double discarded;     /* share of the records seen in the interval; NAN: none */
	struct ring_waiting waiting;
	double no_room;     /* share of the samples of the last seconds */
	uint64_t largest;   /* bytes that the largest recent record takes; 0: unknown */
	bool losing;        /* almost surely, or by the accounts */
	double lost_per_s;  /* by the accounts; NAN: not known */
	int64_t still_ns;   /* how long the consumer has not moved */
	int64_t stalled_ns; /* how long it has not moved while a record was ready; 0: it moves */
	int64_t busy_ns;    /* how long the oldest record has been reserved; 0: it is not */
	int64_t full_in_ns; /* at the rate at which it fills up; 0: it is full; -1: it does not */
	bool full;
	uint64_t full_episodes;
	int64_t full_ns;
	uint64_t moved_back;
	bool overwrites; /* it is meant to be full, and refuses no record */
};

void ring_model_begin(struct ring_model *model, uint64_t size);

/* Is called for each record that passes, beyond what the model keeps; visit may be NULL. */
struct ring_passing {
	void (*visit)(void *context, const struct ring_record *record);
	void *context;
	uint64_t most; /* headers to read; 0: all that there are */
};

/* Adds a sample, and reads the headers of the records written since the last one. Returns whether
 * some of them were overwritten already: another ring_model_walk() soon would see the next ones. */
bool ring_model_add(struct ring_model *model, const struct ring_sample *sample,
	const struct ring_access *ring, const struct ring_passing *passing);

/* Reads the headers of the records written since, up to @producer. */
bool ring_model_walk(struct ring_model *model, uint64_t producer, const struct ring_access *ring,
	const struct ring_passing *passing);

/* All that passed since the beginning. */
struct ring_passed ring_model_passed(const struct ring_model *model);

/* What the accounts say now. */
void ring_model_account(struct ring_model *model, const struct ring_accounts *accounts);

/* Ends the interval with the last sample, and starts the next. Needs at least two samples.
 * @waiting: at that sample. */
void ring_model_figures(struct ring_model *model, const struct ring_waiting *waiting,
	enum ring_holding holding, struct ring_figures *figures);

/* The last @count entries of the fill history, a block of U+2581 to U+2588 each. @text holds 3
 * bytes for each, and one more. */
char *ring_history_text(const struct ring_model *model, size_t count, char *text);

#endif
