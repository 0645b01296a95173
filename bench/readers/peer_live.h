/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a peer says of reading live (peers/README.md). As in peer_answer.h, nothing is trusted.
 */
#ifndef BENCH_PEER_LIVE_H
#define BENCH_PEER_LIVE_H

#include "rings/workload.h"
#include "statistics/histogram.h"
#include "readers/peer_answer.h"

struct peer_live {
	uint64_t consumed;                 /* the sum of read[] */
	uint64_t read[LIVE_PRODUCERS_MAX]; /* events of each producer */
	uint64_t next[LIVE_PRODUCERS_MAX]; /* the sequence after the last of them */
	int64_t last_ns;                   /* CLOCK_MONOTONIC, after the last read */
	int64_t cpu_ns;
	uint64_t sleeps, wakeups; /* LIVE_UNKNOWN: it does not tell */
	struct histogram latency; /* no more values than events */
};

/* Each takes an object. 0, or -EPROTO with @why. */
int peer_answer_ready(const json_t *answer, struct complaint *why);
int peer_answer_live(
	const json_t *answer, uint32_t producers, struct peer_live *live, struct complaint *why);

#endif
