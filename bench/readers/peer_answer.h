/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers of peers (peers/README.md), one line of JSON each. None is trusted: an answer that is not
 * exactly as described is refused, and complaints quote it as one printable line.
 */
#ifndef BENCH_PEER_ANSWER_H
#define BENCH_PEER_ANSWER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/complaint.h"
#include "readers/touch.h"
#include "rings/workload.h"
#include "statistics/histogram.h"

#define PEER_WORD_SIZE 64
#define PEER_PATHS_MAX 8
#define PEER_PROTOCOL 1 /* the version of peers/README.md */

/* The greeting of a peer. */
struct peer_hello {
	char peer[PEER_WORD_SIZE];
	char version[PEER_WORD_SIZE]; /* of the reader library */
	char language[PEER_WORD_SIZE];
	char paths[PEER_PATHS_MAX][PEER_WORD_SIZE];
	size_t path_count;
};

struct peer_live {
	uint64_t consumed;                 /* the sum of read[] */
	uint64_t read[LIVE_PRODUCERS_MAX]; /* events of each producer */
	uint64_t next[LIVE_PRODUCERS_MAX]; /* the sequence after the last of them */
	int64_t last_ns;                   /* CLOCK_MONOTONIC, after the last read */
	int64_t cpu_ns;
	uint64_t sleeps, wakeups; /* LIVE_UNKNOWN if the peer does not count them */
	struct histogram latency; /* at most as many values as events */
};

/* Parses a line of @length bytes, without its end. Returns a new reference to the object; NULL with
 * @why if there is none, or if the peer reports an error. */
json_t *peer_answer_parse(const char *line, size_t length, struct complaint *why);

/* Each takes an object, and fills its result. Returns 0, or -EPROTO with @why. */
int peer_answer_hello(const json_t *answer, struct peer_hello *hello, struct complaint *why);
int peer_answer_drain(
	const json_t *answer, struct reading_result *result, int64_t *ns, struct complaint *why);
int peer_answer_ready(const json_t *answer, struct complaint *why);
int peer_answer_live(
	const json_t *answer, uint32_t producers, struct peer_live *live, struct complaint *why);

/* Whether the peer offers this path. */
bool peer_hello_has(const struct peer_hello *hello, const char *path);

#endif
