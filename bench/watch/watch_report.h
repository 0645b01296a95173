/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is known of a watched ring, as people and programs read it. Errors of the stream are for the
 * caller to find (ferror).
 */
#ifndef BENCH_WATCH_REPORT_H
#define BENCH_WATCH_REPORT_H

#include <stdio.h>
#include <time.h>

#include "watch/history.h"
#include "watch/holders.h"

struct watch_report {
	uint32_t id;
	const char *name;
	uint64_t size;
	int64_t sample_ns; /* between two samples */
	time_t time;
	const struct holders *holders;
	const struct watch_figures *figures;
	bool colour;
};

/* Lines for a terminal, which the next ones take the place of. */
void watch_write_view(FILE *out, const struct watch_report *report);

/* What the lines that follow are about; and one of them. */
void watch_write_introduction(FILE *out, const struct watch_report *report);
void watch_write_line(FILE *out, const struct watch_report *report);

/* An object on one line. 0 or -ENOMEM. */
int watch_write_json(FILE *out, const struct watch_report *report);

/* A ring of the list: one row, or an object on one line. The first two write what is above and
 * below the rows. */
void watch_write_list_begin(FILE *out, size_t count);
void watch_write_list_end(FILE *out);
void watch_write_list_row(FILE *out, const struct watch_report *report);
int watch_write_list_json(FILE *out, const struct watch_report *report);

#endif
