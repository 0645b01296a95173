/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one table of results: a row is a reader, how it waited or what it touched, and a workload; a
 * column is a metric; a cell has one value a round, and what these amount to. drain, sweep and live
 * fill it; every format is written from it.
 */
#ifndef BENCH_RESULTS_TABLE_H
#define BENCH_RESULTS_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "machine/machine.h"
#include "readers/peers.h"
#include "results/json_values.h"
#include "rings/mix.h"
#include "statistics/ratio.h"
#include "statistics/summary.h"

enum metric {
	METRIC_NS,          /* elapsed time an event */
	METRIC_PRODUCER_NS, /* an event produced: its program and the notifications */
	METRIC_CPU_NS,      /* of the consumer, an event */
	METRIC_CPU_PERCENT, /* of one CPU, that the consumer took */
	METRIC_ELAPSED_NS,
	METRIC_CPU_TIME_NS,
	METRIC_OFF_CPU_NS, /* in which the consumer was ready to run, and did not */
	METRIC_PRODUCED,
	METRIC_CONSUMED,
	METRIC_LOST,
	METRIC_DISCARDED,
	METRIC_OUT_OF_ORDER,
	METRIC_SLEEPS,
	METRIC_WAKEUPS,
	METRIC_HIGH_WATER,          /* most bytes that waited in a ring */
	METRIC_SLOWDOWN_UNATTACHED, /* of a system call: to none attached, times as long */
	METRIC_SLOWDOWN_ALONE,      /* to nobody reading */
	METRIC_BURSTS,
	METRIC_BURSTS_LOSING,
	METRIC_BURST_LOST,         /* most of one */
	METRIC_BURST_LATENCY,      /* of the last event of a burst, at the median; ns */
	METRIC_BURST_LATENCY_MOST, /* and at most */
	METRIC_CYCLES,
	METRIC_INSTRUCTIONS,
	METRIC_CACHE_MISSES,
	METRIC_COUNT
};

/* What the rounds amount to. */
enum summing {
	SUMMING_MEDIAN,
	SUMMING_SUM,
	SUMMING_MOST,
	SUMMING_WHOLE /* of all, not by round */
};

struct metric_description {
	const char *name; /* in files */
	enum summing summing;
	bool compared;    /* with that of other rows, round by round: less is better */
	const char *unit; /* of the Go benchmark format; NULL: not in it */
};

extern const struct metric_description metrics[METRIC_COUNT];

struct cell {
	double *rounds; /* NULL: the row has no such metric. NAN: unknown; infinite: there is none
			 */
	double value;   /* median, sum, most or whole; NAN where it is unknown of a round */
	struct summary summary; /* of medians */
};

#define ROW_NAME_SIZE 64
#define TABLE_RUNS_MAX 64
#define LATENCIES 5

struct row {
	char path[ROW_NAME_SIZE], wait[ROW_NAME_SIZE],
		touch[ROW_NAME_SIZE];  /* "": does not apply */
	uint32_t event_size;           /* 0: a mix */
	char size_text[MIX_NAME_SIZE]; /* "64", or the mix's name */
	double mean_size;
	size_t group, rounds;
	bool limit;    /* reads what no reader could */
	bool baseline; /* the rows of its group are compared with it */
	bool scaled;   /* counters are estimates */
	struct cell cells[METRIC_COUNT];
	uint64_t latencies[LATENCIES]; /* ns: p50, p90, p99, p99.9, max */
	uint64_t latency_count;        /* 0: none was measured */
	char checksum[24];
	char benchmark[256]; /* its name in the Go format */
	char *verdict;       /* in words, or NULL */
};

/* Parts what is touched from where the ring was, unless that is "cold": "fields/own". */
#define ROW_CACHES "/"

extern const char *const latency_names[LATENCIES];

/* Rows that were measured in the same rounds. */
struct row_group {
	size_t first, count;
	size_t reference;             /* a row, with which the others are compared first */
	bool twin;                    /* it ran twice in each round, to show the noise */
	double noise;                 /* relative; INFINITY: too few rounds to tell */
	char question[ROW_NAME_SIZE]; /* of a preset; else "" */
	json_t *workload;             /* its settings; NULL: those of the table */
};

/* How much better the row is than the baseline: above 1 is better. */
struct row_ratio {
	size_t row, baseline;
	enum metric metric;
	struct ratio ratio;
};

struct table {
	const char *command;      /* "drain" */
	const char *command_line; /* as it was typed */
	json_t *workload;         /* settings, in the order to show them */
	const struct machine *machine;
	const struct peers *peers; /* or NULL */
	const char *no_counters;   /* why there are no hardware counters, or NULL */
	size_t asked;              /* rounds that were asked for; 0: not by their number */
	bool partial;              /* the user stopped it: only whole rounds before that are here */
	size_t runs;         /* in which the rounds were made, equally many in each; 0: in one */
	uint64_t own_memory; /* bytes at the peak, without the rings */
	json_t *more;        /* further members of the file, or NULL */

	struct row *rows;
	struct row_group *groups;
	struct row_ratio *ratios;
	size_t row_count, group_count, ratio_count;
	bool failed; /* for want of memory */
};

/* A new group; rows that are added belong to the last. Returns its number. */
size_t table_add_group(struct table *table, const char *question, json_t *workload);

/* A new row of @rounds rounds. Never NULL: without memory the table has failed, and it is one that
 * nobody sees. */
struct row *table_add_row(struct table *table, const char *path, size_t rounds);

/* @mix: NULL where all have @event_size. */
void row_set_size(struct row *row, uint32_t event_size, const struct mix *mix);
void row_set(struct row *row, enum metric metric, size_t round, double value);
void row_set_whole(struct row *row, enum metric metric, double value);

/*
 * Ends the last group: what its cells amount to, the noise, the ratios. @reference is the number in
 * the group of the row with which the others are compared; @twin: the last row is that once more,
 * and is taken out.
 */
void table_end_group(struct table *table, size_t reference, bool twin);

/* The same where that row has been taken out before: @noise is how far it was from itself, of each
 * metric that is compared. */
void table_end_group_with(struct table *table, size_t reference, double noise);

/* Takes out all rows of @path, and what was compared with them. */
void table_remove(struct table *table, const char *path);
void table_free(struct table *table);

static inline double row_value(const struct row *row, enum metric metric)
{
	return row->cells[metric].value;
}

static inline const struct summary *row_summary(const struct row *row, enum metric metric)
{
	return &row->cells[metric].summary;
}

/* Million events a second at the median; 0 where there is none. */
double row_mevents_per_s(const struct row *row);

/* "batch/paced"; one word where it says both; the path alone where it does not wait. */
const char *row_name(const struct row *row, char text[2 * ROW_NAME_SIZE]);

/* The ratio of @row to the row of its group with the path @baseline, or to the reference (NULL).
 * NULL: there is none. */
const struct row_ratio *table_ratio(
	const struct table *table, const struct row *row, const char *baseline, enum metric metric);

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV, FORMAT_GOBENCH };
extern const char *const format_names[]; /* NULL-terminated */

/* All but text, which is the command's. 0 or -ENOMEM; errors of the stream are for the caller to
 * find. */
int table_write(FILE *out, const struct table *table, enum format format);

/* ringview.result/2: docs/result.md and docs/result.schema.json describe it. */
int table_write_json(FILE *out, const struct table *table);

#endif
