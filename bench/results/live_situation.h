/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What live_verdict.c and live_cost.c judge: a combination and what it ran beside.
 */
#ifndef BENCH_RESULTS_LIVE_SITUATION_H
#define BENCH_RESULTS_LIVE_SITUATION_H

#include <string.h>

#include "results/live_table.h"
#include "results/style.h"

struct situation {
	const struct workload *workload;
	const struct row *row;
	double alone;         /* ns that an event costs its producer: with nobody reading, */
	double cheapest;      /* with the combination that costs it least, */
	double producer;      /* and with this one */
	double seconds;       /* of all rounds */
	double cpu;           /* share of one CPU */
	double lost;          /* share of the events that were not discarded */
	double wakeups;       /* an event; NAN: not known */
	double cpu_ns;        /* of the consumer, an event */
	double mevents_per_s; /* consumed */
};

/* Why an event costs its producer much more than alone, as far as the figures can tell. Alone means
 * one producer: what several do to each other is not in it. */
enum live_cost { COST_FINE, COST_NOTIFICATIONS, COST_LOCK, COST_LOOKING, COST_READER, COST_PERF };

enum live_cost live_cost_of(const struct situation *situation);

/* What that is and what to change, in sentences; false: it is fine, and nothing was said. */
bool live_cost_say(struct style_text *text, const struct situation *situation);

/* The smallest power of two from @least on that is no less than @value, but no more than @most. */
uint64_t live_power_of_two(double value, uint64_t least, uint64_t most);

static inline bool is_path(const struct situation *s, const char *path)
{
	return strcmp(s->row->path, path) == 0;
}

static inline bool waits(const struct situation *s, const char *wait)
{
	return strcmp(s->row->wait, wait) == 0;
}

static inline bool never_sleeps(const struct situation *s)
{
	return waits(s, "busy") || waits(s, "libbpf-spin");
}

/* Looks again after the latency budget, whether or not it is notified. */
static inline bool sleeps_by_itself(const struct situation *s)
{
	return waits(s, "paced") || waits(s, "libbpf-sleep");
}

static inline bool waits_for_notifications(const struct situation *s)
{
	/* Of a perf buffer a full one is always notified of. */
	return waits(s, "event") || waits(s, "libbpf-poll") ||
	       (waits(s, "own") && !is_path(s, "perfbuf"));
}

#endif
