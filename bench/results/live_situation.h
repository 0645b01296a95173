/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What live_verdict.c decides about a row, and live_sentences.c puts into words.
 */
#ifndef BENCH_RESULTS_LIVE_SITUATION_H
#define BENCH_RESULTS_LIVE_SITUATION_H

#include "results/live_table.h"

/* Traits of a situation, which select its sentences: of the reader, the wait (PACES: it polls after
 * the latency budget, notified or not), the producers, and the figures (COSTS: an event costs its
 * producer more than it has to; KEPT_OFF: run delay explains the losses, or the latency). */
enum {
	IS_BATCH = 1 << 0,
	IS_PERF = 1 << 1,
	NEVER_SLEEPS = 1 << 2,
	PACES = 1 << 3,
	NEEDS_NOTIFICATIONS = 1 << 4,
	NOTIFIES_ALWAYS = 1 << 5,
	NOTIFIES_BY_DEFAULT = 1 << 6,
	LOSES = 1 << 7,
	WORKS = 1 << 8,
	HAS_LATENCY = 1 << 9,
	NO_RING_FITS = 1 << 10,
	KEPT_OFF = 1 << 11,
	COSTS = 1 << 12,
	ONE_RING = 1 << 13,
	BUSY = 1 << 14
};

/* One row and its workload. Figures are double: sentences refer to them by name. */
struct situation {
	const struct workload *workload;
	const struct row *row;
	unsigned int is; /* its traits */

	/* ns an event costs its producer: without a reader, with the combination that costs it
	 * least, with this one, and how much more this is than without a reader. */
	double alone, cheapest, producer, extra;
	double elapsed, off_cpu; /* ns of all rounds; off_cpu may be NAN: unknown */
	double cpu;              /* share of one CPU */
	double produced, lost, lost_share;
	double wakeups, cpu_ns;           /* per event consumed; wakeups may be NAN: unknown */
	double speed, asked, reached;     /* million events/s: consumed, of -rate, produced */
	double rate_share, ran;           /* reached of asked; time the producers' programs ran */
	double p50, p99, longest, budget; /* ns */
	double sampled, rings_needed, ring_needed; /* advice; the ring in bytes */
	double work, ring, stride, producers, rings;
};

/* What limits a row, and why an event costs its producer more than alone: without a reader and with
 * one producer, so without what several producers do to each other. */
enum topic {
	LIMIT_EMPTY,
	LIMIT_TURNS,
	LIMIT_SHARED_CPU,
	LIMIT_DEAF,
	LIMIT_OFF_CPU,
	LIMIT_CONSUMER,
	LIMIT_RING,
	LIMIT_OVERWRITES,
	LIMIT_STARVED,
	LIMIT_PRODUCERS,
	LIMIT_RATE,
	LIMIT_LATENCY,
	LIMIT_NOTHING,
	COST_FINE,
	COST_NOTIFICATIONS,
	COST_LOCK,
	COST_LOOKING,
	COST_READER,
	COST_PERF
};

/* A few words about a topic, which rows may share: "the producers", "; notifications". */
extern const char *const topic_names[];

/* Writes the sentences of @topic: what is the case, and what to change. */
void situation_say(FILE *out, const struct situation *situation, enum topic topic);

#endif
