/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rounds of a measurement, which drain and live share.
 */
#ifndef BENCH_ROUNDS_H
#define BENCH_ROUNDS_H

#include "measure/measure.h"
#include "rings/source.h"

/* A measurement under way. */
struct run {
	const struct request *request;
	struct measurement *m;
	struct complaint *why;
	struct source *source; /* the current rings */
	size_t entries;        /* combinations and twin */
	size_t culprit;        /* the entry whose reader caused the error; SIZE_MAX: none */
	int64_t started_ns;
	void *state; /* the method's */
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
	void (*end)(struct run *run);
};

/* Returns as measure_drain(). */
int rounds_measure(const struct method *method, void *state, const struct request *request,
	struct measurement *m, struct complaint *why);

static inline const struct reader *run_reader(const struct run *run, size_t entry)
{
	return run->m->samples[entry].combination.reader;
}

/* memory_use.c: forgets the peak so far. */
void memory_use_reset(void);

/* Bytes: the peak of resident memory since the reset, without the rings that are mapped now (each
 * mapping counts as resident). 0 if /proc does not say. */
uint64_t memory_use_peak(void);

#endif
