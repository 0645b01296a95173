/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a peer says (peers/README.md), one line of JSON each. Nothing in it is trusted: what is not
 * just as described is refused, and what is shown of it to people is made one line.
 */
#ifndef BENCH_PEER_ANSWER_H
#define BENCH_PEER_ANSWER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/complaint.h"
#include "readers/touching.h"

#define PEER_WORD_SIZE 64
#define PEER_PATHS_MAX 8
#define PEER_PROTOCOL 1 /* the version of peers/README.md */

/* Who a peer is. */
struct peer_hello {
	char peer[PEER_WORD_SIZE];
	char version[PEER_WORD_SIZE]; /* of the reader library */
	char language[PEER_WORD_SIZE];
	char paths[PEER_PATHS_MAX][PEER_WORD_SIZE];
	size_t path_count;
};

/*
 * The object in a line of @length bytes, without its end. A new reference; or NULL with @why, when
 * it is none, or when it is an error that the peer reports.
 */
json_t *peer_answer_parse(const char *line, size_t length, struct complaint *why);

/* Says in @why that the peer @what ("has to say this"), and what it answered instead. Returns
 * -EPROTO. */
int peer_answer_refuse(const json_t *answer, const char *what, struct complaint *why);

/* Each takes an object and fills what it is to be. 0, or -EPROTO with @why. */
int peer_answer_hello(const json_t *answer, struct peer_hello *hello, struct complaint *why);
int peer_answer_drain(
	const json_t *answer, struct reading_result *result, int64_t *ns, struct complaint *why);

/* Whether the peer says that it has this path. */
bool peer_hello_has(const struct peer_hello *hello, const char *path);

#endif
