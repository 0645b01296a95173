/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the command line of `watch` asks for.
 */
#ifndef BENCH_WATCH_SETTINGS_H
#define BENCH_WATCH_SETTINGS_H

#include "watch/rings.h"
#include "watch/watch_check.h"

enum watch_format { WATCH_TEXT, WATCH_JSON, WATCH_METRICS, WATCH_NAMES };

struct watch_settings {
	struct rings_wanted wanted;
	bool all;            /* those that nobody holds too */
	int64_t interval_ns; /* between two updates */
	int64_t sample_ns;   /* between two samples */
	uint64_t count;      /* of updates; 0: without end, or one where that makes more sense */
	int format;          /* enum watch_format */
	const char *output;  /* a file; NULL: standard output */
	struct watch_check check;
	uint64_t peek;     /* records; 0: none */
	const char *type;  /* NULL: bytes */
	const char *sizes; /* a file; NULL: none */
};

extern const struct flag_command watch_command;

/* 0; 1 when help was asked for, and printed; or -EINVAL with @why. */
int watch_settings_parse(
	struct watch_settings *settings, int argc, char **argv, struct complaint *why);

#endif
