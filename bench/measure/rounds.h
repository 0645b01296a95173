/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BENCH_ROUNDS_H
#define BENCH_ROUNDS_H

#include <semaphore.h>

#include "measure/measure.h"
#include "rings/source.h"

/* A measurement under way. */
struct run {
	const struct method *method;
	const struct request *request;
	struct measurement *m;
	struct complaint *why;
	struct source *source; /* the current rings */
	size_t entries;        /* combinations and twin */
	size_t step;           /* rounds of a schedule */
	size_t most;           /* rounds of the most schedules that can be kept */
	struct combination combinations[COMBINATIONS_MAX]; /* m->count, without the twin */
	size_t culprit; /* the entry whose reader caused the error; SIZE_MAX: none */
	int64_t started_ns;
};

/* What drain and live differ in. Functions return 0, or a negative errno with run->why. */
struct method {
	size_t twin_from; /* combinations from which on the reference runs twice */
	/* The reference, if none is asked for, is the first with the highest. */
	int (*rank)(struct combination combination);
	/* Prepares new rings. */
	int (*begin)(struct run *run);
	/* Runs all entries in this order and fills rounds[round] of each. @rounds are expected. */
	int (*round)(struct run *run, const size_t *order, size_t round, size_t rounds);
	/* Before the rings are closed; also if begin() has failed. May be NULL. */
	void (*end)(void);
};

/* Returns as measure_drain(). */
int rounds_measure(const struct method *method, const struct request *request,
	struct measurement *m, struct complaint *why);

/* One run of live: a combination for workload->duration_ns, on empty rings. Its thread reads. */
struct trial {
	/* Set by the caller, with check.work_steps and check.latency; the rest is 0. */
	struct source *source;
	struct combination combination;
	struct observer *observer;             /* NULL: none */
	uint64_t produced_before, lost_before; /* for the observer */
	struct live_check check;

	bool reader_failed; /* out: the error is the reader's, not the producers' */
	struct reading reading;
	pthread_t thread;
	sem_t ready;          /* the reader is open, or could not be opened */
	sem_t interrupted;    /* the last wait of the reader was interrupted */
	int open_err;         /* of opening: set before @ready is posted, and not changed after */
	int err;              /* of reading */
	int64_t started_ns;   /* CLOCK_MONOTONIC, before the first event is produced */
	int64_t stopped_ns;   /* CLOCK_MONOTONIC, when all producers had stopped */
	int64_t turns_cpu_ns; /* in which the thread produced events itself */
	uint64_t off_cpu_ns;  /* in which the thread was ready and did not run; LIVE_UNKNOWN */
};

/* Fills *@round. Returns as measure_live(). */
int trial_run(struct trial *trial, struct round *round, struct complaint *why);

/* Finds what a reader must have found, by a plain walk that shares no code with the library or the
 * readers. Records must have the numbers, lengths and discard bits of the fill; with TOUCHING_PROOF,
 * the bytes of sized events must be right, too. Returns 0, or -EBADMSG with @why. */
int check_walk(const struct ring_bytes *ring, const struct reading *reading,
	const struct workload *workload, struct reading_result *result, struct complaint *why);

/* What reader `memory` finds: the sum of the first word of each cache line from @start on. */
uint64_t check_cache_lines(const struct ring_bytes *ring, uint64_t start);

/* Flushes @size bytes at @start from all caches, for all mappings. */
void cache_flush(const void *start, size_t size);

#endif
