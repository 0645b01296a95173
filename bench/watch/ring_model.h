/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What samples say about a ring: rates, sizes, stalls, and its state. The list, the view of one
 * ring, -check and every format show these figures. Pure: the only clock is that of the samples.
 */
#ifndef BENCH_RING_MODEL_H
#define BENCH_RING_MODEL_H

#include "statistics/histogram.h"
#include "watch/ring_access.h"

/* The history of the fill level: this many intervals. */
#define RING_HISTORY 40

/* Shorter stalls, and records reserved for less, are not reported. */
#define RING_STILL_NS INT64_C(100000000)

/* In the order in which they need attention. */
enum ring_state {
	STATE_BROKEN,    /* its positions or its oldest header are impossible */
	STATE_STUCK,     /* the oldest record has been reserved for RING_STILL_NS or more */
	STATE_LOSING,    /* almost certainly, or by the program's own count */
	STATE_NO_READER, /* no process has it open, or its consumer position has never moved */
	STATE_SLOW,      /* the reader stalls, or the ring fills up */
	STATE_OK,
	STATE_IDLE,  /* nothing was written, and nothing waits */
	STATE_UNUSED /* no process and no program holds it */
};

extern const char *const ring_state_names[];

/* Lengths of records: exact below RING_SIZES_EXACT, others to within 1/64. */
#define RING_SIZES_EXACT 2048u

struct ring_sizes {
	uint64_t count, sum;
	uint32_t min, max;
	uint32_t exact[RING_SIZES_EXACT];
	struct histogram large;
};

void ring_sizes_add(struct ring_sizes *sizes, uint32_t length);

/* The length that @share of the records do not exceed, 0 < @share <= 1; 0 without records. */
uint32_t ring_sizes_quantile(const struct ring_sizes *sizes, double share);

/* What programs count by ringview.bpf.h. Accounts belong to a program, not to a ring. */
struct ring_accounts {
	bool known;
	bool shared;     /* the program writes to other rings too, and may have lost these there */
	int64_t time_ns; /* when they were read */
	uint64_t lost;
	char program[17]; /* whose accounts they are; the first of several */
};

/* Who holds the ring, as far as its state depends on it. */
enum ring_holding { HELD_UNKNOWN, HELD_BY_NOBODY, HELD_BY_PROGRAMS, HELD_BY_PROCESSES };

/* Records whose headers were read, and bytes whose headers were not. */
struct ring_passed {
	uint64_t records, discarded, lengths, bytes, unseen;
};

/* The last one to two seconds, in two halves, the newer first. The largest record is of the last
 * seconds in which any was written. */
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

/* Since watching began. */
struct ring_totals {
	uint64_t high_water; /* the most bytes that waited */
	bool full;           /* in the last sample */
	uint64_t full_episodes;
	int64_t full_ns;
	uint64_t moved_back; /* how often the consumer position went backwards */
};

/* What to do with the records that pass. */
struct ring_passing {
	void (*visit)(void *context, const struct ring_record *record); /* or NULL */
	void *context;
	uint64_t most; /* headers to read; 0: unlimited */
};

struct ring_model {
	uint64_t size;
	bool begun, overwrites;
	struct ring_sample last;
	struct ring_sizes sizes;
	uint64_t at; /* a boundary: headers before it were read, or given up */
	const struct ring_passing *passing; /* of the walk under way */

	/* Of the current interval. */
	struct ring_sample first;   /* the last one of the interval before */
	uint64_t written, consumed; /* bytes */
	uint64_t interval_high;     /* the most bytes that waited */
	struct ring_passed passed;

	struct ring_passed passed_before; /* before the current interval */
	struct ring_totals totals;
	struct ring_window window;
	struct ring_trend trend;
	int64_t moved_ns; /* when the consumer was last seen to move, or the beginning */
	int64_t still_ns; /* since when it stands still while a record is ready; -1: it does not */
	int64_t busy_ns;  /* since when the oldest record is the same and busy; -1: it is not */
	struct ring_accounts accounts, accounts_before;
	float history[RING_HISTORY]; /* the highest fill of each interval, the newest last */
	size_t history_count;
};

/* At the end of an interval. Shares are from 0 to 1; NAN: unknown. */
struct ring_figures {
	enum ring_state state;
	bool overwrites;
	struct ring_sample sample; /* the last */
	struct ring_waiting waiting;
	struct ring_totals totals;
	double fill, interval_fill; /* now; the highest of the interval */
	uint64_t interval_high;     /* the most bytes that waited in the interval */
	double written_per_s;       /* bytes, headers included */
	double consumed_per_s;
	double records_per_s; /* written */
	double seen;          /* share of the bytes written whose headers were read */
	double average;       /* length of the records seen */
	double discarded;     /* share of the records seen */
	double no_room;       /* share of the samples of the last seconds */
	uint64_t largest;     /* bytes that the largest recent record takes; 0: unknown */
	bool losing;          /* almost certainly, or by the accounts */
	double lost_per_s;    /* by the accounts */
	int64_t still_ns;     /* how long the consumer has not moved */
	int64_t stalled_ns;   /* how long it has not moved while a record was ready; 0: it moves */
	int64_t busy_ns;      /* how long the oldest record has been reserved; 0: it is not */
	int64_t full_in_ns;   /* at the current rate; 0: it is full; -1: never */
};

void ring_model_begin(struct ring_model *model, uint64_t size);

/* Adds a sample, and reads the headers of the records written since the last one. Returns whether
 * some of them were overwritten already; ring_model_walk() soon afterwards sees the next ones. */
bool ring_model_add(struct ring_model *model, const struct ring_sample *sample,
	const struct ring_access *ring, const struct ring_passing *passing);

/* Reads the headers of the records written since, up to @producer. */
bool ring_model_walk(struct ring_model *model, uint64_t producer, const struct ring_access *ring,
	const struct ring_passing *passing);

/* All that passed since watching began. */
struct ring_passed ring_model_passed(const struct ring_model *model);

void ring_model_account(struct ring_model *model, const struct ring_accounts *accounts);

/* Ends the interval with the last sample, and begins the next. There must be two samples or more.
 * @waiting: at the last sample. */
void ring_model_figures(struct ring_model *model, const struct ring_waiting *waiting,
	enum ring_holding holding, struct ring_figures *figures);

/* The last @count fill levels of the history, each a block of U+2581 to U+2588. @text holds 3 bytes
 * for each, and one more. */
char *ring_history_text(const struct ring_model *model, size_t count, char *text);

#endif
