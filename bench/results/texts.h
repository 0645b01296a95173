/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table as people read it, for each command.
 */
#ifndef BENCH_RESULTS_TEXTS_H
#define BENCH_RESULTS_TEXTS_H

#include <stdio.h>

#include "results/table.h"

void drain_write_text(FILE *out, const struct table *table, bool colour);
void sweep_write_text(FILE *out, const struct table *table, bool colour);

/* The notes of both, below the tables. */
void drain_write_notes(FILE *out, const struct table *table);

#endif
