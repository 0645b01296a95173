/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the command line of `watch` asks for.
 */
#ifndef BENCH_WATCH_SETTINGS_H
#define BENCH_WATCH_SETTINGS_H

#include <stdbool.h>

#include "watch/watched_ring.h"

struct watch_settings {
	bool list; /* neither of the flags that choose a ring was given */
	struct ring_target target;
	int64_t interval_ns; /* between two updates */
	int64_t sample_ns;   /* between two samples */
	uint64_t count;      /* of updates; 0: without end */
	bool json;
};

extern const struct flag_command watch_command;

/* 0; 1 when help was asked for, and printed; or -EINVAL with @why. */
int watch_settings_parse(
	struct watch_settings *settings, int argc, char **argv, struct complaint *why);

#endif
