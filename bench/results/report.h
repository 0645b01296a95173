/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Results as people and programs read them. Each writer writes to @out and leaves errors of the
 * stream for the caller to find (ferror).
 */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "machine/machine.h"
#include "peers/peers.h"
#include "results/results.h"

/* A run: what was asked, where it ran, what came out. */
struct report {
	const char *command;      /* "drain", "sweep" */
	const char *command_line; /* as it was typed */
	const struct workload *workload;
	const struct results *results;
	const struct machine *environment;
	const char *no_counters; /* why there are no hardware counters, or NULL */
	const struct peers *peers;
	uint64_t own_memory; /* bytes at the peak without the ring's pages */
	bool colour;         /* the stream is a terminal that wants it */
};

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV, FORMAT_GOBENCH };

/* NULL-terminated, in the order of the enum. */
extern const char *const format_names[];

/* Writes @report in @format. 0 or -ENOMEM. */
int report_write(FILE *out, const struct report *report, enum format format);

/* Each format's own writer. */
void report_write_drain_text(FILE *out, const struct report *report);
void report_write_sweep_text(FILE *out, const struct report *report);
int report_write_json(FILE *out, const struct report *report);
void report_write_csv(FILE *out, const struct report *report);
void report_write_gobench(FILE *out, const struct report *report);

#endif
