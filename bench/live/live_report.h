/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A live run as people and programs read it.
 */
#ifndef BENCH_LIVE_REPORT_H
#define BENCH_LIVE_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "machine/machine.h"
#include "live/live.h"
#include "live/live_advise.h"
#include "peers/peers.h"
#include "results/report.h"
#include "statistics/ratio.h"
#include "statistics/summary.h"

/* One combination over all rounds. Totals are sums; the summaries are over the rounds. */
struct live_result {
	struct live_combination combination;
	const struct live_round *rounds; /* the measurement's */
	size_t round_count;
	struct summary ns_per_event; /* elapsed time an event consumed */
	struct summary producer_ns;  /* an event produced */
	struct summary cpu_percent;  /* of one CPU, that the consumer took */
	struct summary cpu_ns;       /* of the consumer, an event consumed */
	uint64_t produced, consumed, lost, discarded, high_water;
	uint64_t sleeps, wakeups;        /* LIVE_UNKNOWN: not known of a round */
	const struct histogram *latency; /* the measurement's */
};

/* How fast @path is compared with @baseline, in events consumed a second: above 1 is faster. */
struct live_ratio {
	size_t result, baseline; /* indices */
	struct ratio ratio;      /* events consumed a second */
	struct ratio cpu;        /* consumer CPU time an event: above 1 takes less */
	struct ratio producer;   /* producer's time an event: above 1 costs it less */
};

struct live_results {
	const struct live_measurement *measurement;
	struct live_result results[LIVE_COMBINATIONS_MAX];
	size_t result_count;
	/* Each to the reference, which is libbpf-poll, or else the first. */
	size_t reference;
	struct live_ratio ratios[LIVE_COMBINATIONS_MAX];
	size_t ratio_count;
	double noise_floor; /* of events consumed a second; INFINITY: too few rounds */
};

/* @results refers to @measurement afterwards, and needs nothing freed. */
void live_results_of(struct live_results *results, const struct live_measurement *measurement);

/* Of PRODUCER_SYSCALL: how many times as long the call takes as with no program attached, or as
 * with a program and nobody reading, where an event takes its producer @producer_ns. NAN of
 * another, and where it is not known. */
double live_slowdown_unattached(const struct live_measurement *m, double producer_ns);
double live_slowdown_alone(const struct live_measurement *m, double producer_ns);

/* Million events consumed a second at the median. */
double live_mevents_per_s(const struct live_result *result);

/*
 * What limits a combination, and what to change: one or more sentences in words, for a terminal
 * and for the result file. Pure. Writes at most @size bytes and returns @text.
 */
char *live_verdict(const struct live_results *results, size_t index, char *text, size_t size);

#define LIVE_VERDICT_SIZE 512

struct live_report {
	const char *command_line; /* as it was typed */
	const struct live_results *results;
	const struct live_advice *advice; /* NULL: none was asked for */
	const struct machine *environment;
	const struct peers *peers;
	bool colour;
};

/* Writes @report in @format. 0 or -ENOMEM. */
int live_report_write(FILE *out, const struct live_report *report, enum format format);

#endif
