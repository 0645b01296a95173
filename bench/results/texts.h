/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table as people read it, for each command: the answer first, then one table and a few lines
 * that fit a terminal of 80 columns and 24 lines, then, with @verbose, all the rest.
 */
#ifndef BENCH_RESULTS_TEXTS_H
#define BENCH_RESULTS_TEXTS_H

#include <stdio.h>

#include "readers/reader.h"
#include "results/table.h"

void drain_write_text(FILE *out, const struct table *table, bool colour, bool verbose);
void sweep_write_text(FILE *out, const struct table *table, bool colour, bool verbose);

/* Of both: "sized events, fields touched, cold 512MiB ring; 22 rounds, ..."; the notes for -v. */
void drain_write_facts(FILE *out, const struct table *table);
void drain_write_notes(FILE *out, const struct table *table);

/* The rows of @group that are readers, fastest first. Returns how many. */
size_t drain_sort(const struct table *table, const struct row_group *group,
	const struct row *sorted[READERS_MAX]);

#endif
