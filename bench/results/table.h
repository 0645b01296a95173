/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of results, in the arena. A row is a reader, how it waited or what it touched, and a
 * workload; a column is a metric; a cell has one value a round and what they amount to.
 */
#ifndef BENCH_RESULTS_TABLE_H
#define BENCH_RESULTS_TABLE_H

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "machine/machine.h"
#include "readers/peers.h"
#include "rings/workload.h"
#include "statistics/statistics.h"

/* What the rounds amount to; whole: counted over all rounds. */
enum summing { SUMMING_MEDIAN, SUMMING_SUM, SUMMING_MOST, SUMMING_WHOLE };

/* Each metric: METRIC_..., its name in files, what its rounds amount to, and its unit in the Go
 * benchmark format, or NULL. Those before CPU_PERCENT, all times an event, are compared between rows,
 * round by round: less is better. OFF_CPU_NS: the consumer was ready to run and did not. HIGH_WATER:
 * most bytes unread in a ring. SLOWDOWN_...: of a system call, against no program attached, and no
 * reader. BURST_LATENCY: ns until the last event of a burst is read. */
#define METRICS(X)                                                            \
	X(NS, "ns_per_event", MEDIAN, "ns/op")                                \
	X(PRODUCER_NS, "producer_ns_per_event", MEDIAN, "producer-ns/op")     \
	X(CPU_NS, "consumer_cpu_ns_per_event", MEDIAN, "cpu-ns/op")           \
	X(CPU_PERCENT, "consumer_cpu_percent", MEDIAN, NULL)                  \
	X(ELAPSED_NS, "elapsed_ns", SUM, NULL)                                \
	X(CPU_TIME_NS, "consumer_cpu_ns", SUM, NULL)                          \
	X(OFF_CPU_NS, "consumer_off_cpu_ns", SUM, NULL)                       \
	X(PRODUCED, "produced", SUM, NULL)                                    \
	X(CONSUMED, "consumed", SUM, NULL)                                    \
	X(LOST, "lost", SUM, "lost")                                          \
	X(DISCARDED, "discarded", SUM, NULL)                                  \
	X(OUT_OF_ORDER, "out_of_order", SUM, "out-of-order")                  \
	X(SLEEPS, "sleeps", SUM, NULL)                                        \
	X(WAKEUPS, "wakeups", SUM, NULL)                                      \
	X(HIGH_WATER, "high_water", MOST, NULL)                               \
	X(SLOWDOWN_UNATTACHED, "slowdown_unattached", MEDIAN, "x-unattached") \
	X(SLOWDOWN_ALONE, "slowdown_alone", MEDIAN, "x-alone")                \
	X(BURSTS, "bursts", SUM, NULL)                                        \
	X(BURSTS_LOSING, "bursts_losing", SUM, NULL)                          \
	X(BURST_LOST, "burst_lost", MOST, NULL)                               \
	X(BURST_LATENCY, "burst_latency_ns", MEDIAN, "burst-ns")              \
	X(BURST_LATENCY_MOST, "burst_latency_most_ns", MOST, NULL)            \
	X(CYCLES, "cycles_per_event", WHOLE, NULL)                            \
	X(INSTRUCTIONS, "instructions_per_event", WHOLE, NULL)                \
	X(CACHE_MISSES, "cache_misses_per_event", WHOLE, NULL)

#define METRIC_OF(id, name, summing, unit) METRIC_##id,
enum metric { METRICS(METRIC_OF) METRIC_COUNT, METRICS_COMPARED = METRIC_CPU_PERCENT };

extern const struct metric_description {
	const char *name;
	enum summing summing;
	const char *unit;
} metrics[METRIC_COUNT];

struct metric_cell {
	double *rounds; /* NULL: the row has no such metric. NAN: unknown; INFINITY: no events */
	double value;   /* median, sum, most or whole; NAN: unknown in some round */
	struct summary summary; /* of medians */
};

#define TABLE_RUNS_MAX 64
#define LATENCIES 5

struct row {
	const char *path, *wait, *touch; /* "": does not apply */
	uint32_t event_size;             /* 0: a mix */
	const char *size_text;           /* "64", or the mix's name */
	double mean_size;
	uint32_t digest; /* of the mix; 0: there is none, or it is unknown */
	size_t group, rounds;
	bool limit;    /* reads what no reader could */
	bool baseline; /* the rows of its group are compared with it */
	bool scaled;   /* counters are estimates */
	struct metric_cell cells[METRIC_COUNT];
	uint64_t latencies[LATENCIES];    /* ns: p50, p90, p99, p99.9, max */
	uint64_t latency_count;           /* 0: none was measured */
	const char *checksum, *benchmark; /* benchmark: its name in the Go format */
	/* Of live: what limits the row, in sentences, or NULL; and in a few words that rows may share. */
	const char *verdict, *limited;

	/* Of a result file: */
	json_t *results;     /* those that the row has the rounds of; else NULL */
	size_t runs;         /* that the rounds are of */
	bool uneven;         /* not equally many each */
	double *run_medians; /* ns an event */
	bool twin;           /* it ran twice in each round */
	double noise;        /* the most that it differed from itself in a run; unknown: INFINITY */
};

/* Separates what is touched from where the ring was, unless that is "cold": "fields/own". */
#define ROW_CACHES "/"

extern const char *const latency_names[LATENCIES];

/* Rows that were measured in the same rounds. */
struct row_group {
	size_t first, count;
	size_t reference; /* the row that the others are compared with first */
	bool twin;        /* it ran twice in each round */
	struct noise noise[METRICS_COMPARED];
	json_t *workload; /* its settings; NULL: those of the table */
};

struct table {
	const char *command;       /* "drain" */
	const char *command_line;  /* as typed */
	json_t *workload;          /* settings, in the order to show them */
	json_t *machine;           /* of machine_read() */
	json_t *warnings;          /* of machine_warnings() */
	const struct peers *peers; /* or NULL */
	const char *no_counters;   /* why there are no hardware counters, or NULL */
	size_t asked;              /* rounds asked for; 0: not by their number */
	bool partial;              /* interrupted: only whole rounds before that are here */
	size_t runs;               /* that the rounds are of, equally many each; 0: one */
	uint64_t own_memory;       /* bytes at the peak, without the rings */
	json_t *more;              /* further members of the file, or NULL */

	struct row *rows;
	struct row_group *groups;
	size_t row_count, group_count;
};

/* Starts a group, to which the rows added next belong. @workload: or NULL; the table's from here. */
void table_add_group(struct table *table, json_t *workload);
struct row *table_add_row(struct table *table, const char *path, size_t rounds);
/* @mix: NULL if all events have @event_size. */
void row_set_size(struct row *row, uint32_t event_size, const struct mix *mix);
void row_set(struct row *row, enum metric metric, size_t round, double value);
/* Summarises all rounds, which are of @runs runs, equally many each. 0: of one. */
void row_sum_up(struct row *row, size_t runs);

/* Ends the last group: sums up its rounds and finds the noise. @reference is the number in the group of
 * the row that the others are compared with; @twin: the last row is the same once more, and is
 * removed. Without one the noise is infinite. */
void table_end_group(struct table *table, size_t reference, bool twin);

void table_remove(struct table *table, const char *path); /* all its rows */
void table_free(struct table *table);

static inline double row_value(const struct row *row, enum metric metric)
{
	return row->cells[metric].value;
}

static inline const struct summary *row_summary(const struct row *row, enum metric metric)
{
	return &row->cells[metric].summary;
}

/* How it waited, or what it touched. */
static inline const char *row_way(const struct row *row)
{
	return row->wait[0] ? row->wait : row->touch;
}

/* Of latency_names; NAN: none was measured. */
static inline double row_latency(const struct row *row, int quantile)
{
	return row->latency_count > 0 ? (double)row->latencies[quantile] : NAN;
}

double row_mevents_per_s(const struct row *row); /* at the median; 0 if no event was read */

/* "batch/paced"; one word if it says both; the path alone if it does not wait. */
const char *row_name(const struct row *row);

/* The baseline of @row's group with the path @baseline, or the reference (NULL); not @row itself. */
const struct row *table_baseline(
	const struct table *table, const struct row *row, const char *baseline);

/* How many times as good @row is as @baseline, by round. Not valid if either lacks the metric. */
struct ratio table_ratio(const struct table *table, const struct row *row,
	const struct row *baseline, enum metric metric);

/* " (view: same)" if @best is not shown to be faster than @next; "" otherwise, or if @next is NULL. Of
 * what others are compared with, only "same": its ratio tells the rest. */
const char *table_rival(const struct table *table, const struct row *best, const struct row *next);

/* Whether both rows were measured in the same rounds, or would have been. */
bool row_is_alike(const struct row *a, const struct row *b);

/* The row like @like, which may be of another table. NULL: there is none. */
const struct row *table_find(const struct table *table, const struct row *like);

static inline const json_t *row_workload(const struct table *table, const struct row *row)
{
	const json_t *own = table->groups[row->group].workload;

	return own ? own : table->workload;
}

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV, FORMAT_GOBENCH };
extern const char *const format_names[]; /* NULL-terminated */

/* All formats but text. The caller checks the stream for errors. */
void table_write(FILE *out, const struct table *table, enum format format);

#define RESULT_SCHEMA "ringview.result/2"

/* null for infinity and NAN, which JSON does not have. */
static inline json_t *json_value_real(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

#endif
