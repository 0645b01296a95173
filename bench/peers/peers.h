/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peers of a run: which programs are there, who they are, and which of their paths failed.
 */
#ifndef BENCH_PEERS_H
#define BENCH_PEERS_H

#include <stdbool.h>
#include <stddef.h>

#include "complaint.h"
#include "paths/path.h"
#include "peers/peer_answer.h"
#include "peers/peer_process.h"

#define PEERS_MAX 8

/* A program as it said of itself. */
struct peer {
	const char *program;
	int err; /* why it is of no use */
	struct complaint why;
	struct peer_hello hello;
};

/* A path that was asked for, and is not in the results. */
struct peer_failure {
	const struct path *path;
	struct complaint reason;
};

struct peers {
	struct peer peers[PEERS_MAX];
	size_t count;
	struct peer_failure failures[PATHS_MAX];
	size_t failure_count;
};

/*
 * Peers are looked for in build/peers, beside the folder of this program, or in $RINGVIEW_PEERS. An
 * empty one says that none are wanted, nor any word about them.
 */
bool peers_are_wanted(void);

/* 0 when @program was built; -ENOENT with @why: where it would be, and what to do. */
int peers_find(const char *program, struct complaint *why);

/* Starts @program on the ring and lets it say who it is. 0, or a negative errno with @why. On
 * errors too, @process has to be ended. */
int peers_start(struct peer_process **process, const char *program, int map_fd,
	struct peer_hello *hello, struct complaint *why);

/* Who @program, which has been built, is: it is asked once. Look at its err. */
const struct peer *peers_ask(struct peers *peers, const char *program);

/* Notes that @path has failed. */
void peers_add_failure(struct peers *peers, const struct path *path, const char *reason);

/* Says on standard error, once for each path, that its peer did not end as it should. */
void peers_complain_of_end(const struct path *path, const struct complaint *why);

#endif
