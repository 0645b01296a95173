/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each format's own writer of a live run, for live_report_write(). They leave errors of the stream
 * for the caller to find (ferror).
 */
#ifndef BENCH_LIVE_WRITERS_H
#define BENCH_LIVE_WRITERS_H

#include "live/live_report.h"

void live_write_text(FILE *out, const struct live_report *report);
int live_write_json(FILE *out, const struct live_report *report); /* 0 or -ENOMEM */
void live_write_csv(FILE *out, const struct live_report *report);
void live_write_gobench(FILE *out, const struct live_report *report);

/* What these are made of. Of a question of a preset, rows begin with it, and names have it; NULL:
 * it is of none. */
void live_write_csv_header(FILE *out);
void live_write_csv_rows(FILE *out, const struct live_results *results, const char *question);
void live_write_gobench_lines(FILE *out, const struct live_results *results, const char *question);

/* "default", "never", "force" or "sampled:16". */
#define LIVE_NOTIFY_SIZE 32
const char *live_notify_text(const struct live_workload *workload, char *text, size_t size);

/* "max", or a decimal number. */
#define LIVE_RATE_SIZE 24
const char *live_rate_text(const struct live_workload *workload, char *text, size_t size);

#endif
