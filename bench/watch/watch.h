/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command watch: its settings, and watching.
 */
#ifndef BENCH_WATCH_H
#define BENCH_WATCH_H

#include "watch/watch_report.h"

enum watch_format { WATCH_TEXT, WATCH_JSON, WATCH_METRICS, WATCH_NAMES };

struct watch_settings {
	struct rings_wanted wanted;
	bool all;            /* lists unused rings too */
	int64_t interval_ns; /* between two updates */
	int64_t sample_ns;   /* between two samples */
	uint64_t count;      /* updates; 0: the default of what is asked for */
	int format;          /* enum watch_format */
	const char *output;  /* a file; NULL: standard output */
	struct watch_check check;
	uint64_t peek;     /* records to print; 0: none */
	const char *type;  /* of them; NULL: hexadecimal */
	const char *sizes; /* a file for sizes; NULL: none */
};

extern const struct flag_command watch_command;

/* Returns 0; 1 after printing help; or -EINVAL with @why. */
int watch_settings_parse(struct watch_settings *settings, char **argv, struct complaint *why);

/*
 * Shows the rings until a signal or a key ends it, settings->count updates have been shown, or the
 * chosen ring is gone. That is an error if settings->count is given, and otherwise a line on standard
 * error. Returns 0; 1 if a condition of -check failed; or a negative errno with @why.
 */
int watch_run(const struct watch_settings *settings, struct complaint *why);

#endif
