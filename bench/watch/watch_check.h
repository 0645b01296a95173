/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conditions for scripts. Pure.
 */
#ifndef BENCH_WATCH_CHECK_H
#define BENCH_WATCH_CHECK_H

#include "watch/rings.h"

struct watch_check {
	bool wanted;        /* any of them */
	double fill;        /* at or above which it fails; 0: not asked for */
	int64_t stalled_ns; /* the same */
	int64_t stuck_ns;
	bool losing;
};

/* Parses "fill=80%,stalled=1s,stuck=1s,losing". 0; or another value, with a line in @error that
 * says what is wrong and what to do. */
int watch_check_parse(const char *text, void *check, struct complaint *why);

/* How long it takes to watch for these conditions. */
int64_t watch_check_interval(const struct watch_check *check);

/* Writes a line for each condition that fails. Returns how many there are. A ring that is
 * impossible fails any check. */
size_t watch_check_ring(FILE *out, const struct watch_check *check, const struct ring *ring);

#endif
