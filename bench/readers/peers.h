/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peers of a run: which programs are there, what they say they are, and which of their paths
 * failed.
 */
#ifndef BENCH_PEERS_H
#define BENCH_PEERS_H

#include "readers/peer.h"

#define PEERS_MAX READERS_MAX

/* A program and its greeting. */
struct peer {
	const char *program;
	int err; /* why it cannot be used; 0: it can */
	struct complaint why;
	struct peer_hello hello;
};

/* A path that was asked for and is not in the results. */
struct peer_failure {
	const char *path;
	struct complaint reason;
};

struct peers {
	struct peer peers[PEERS_MAX];
	size_t count;
	struct peer_failure failures[READERS_MAX];
	size_t failure_count;
};

/*
 * Checks that the program of a peer is built. Peers are in $RINGVIEW_PEERS or, if this program lies
 * where it was built, in build/peers; an empty variable means that no peers are wanted. A program
 * with a slash in its name is that file. Returns 0; -ENOENT with @why: where it would be, and what
 * to do.
 */
int peers_find(const char *program, struct complaint *why);

/* Starts @program on the ring and reads its greeting. Returns 0, or a negative errno with @why. End
 * @process in either case. */
int peers_start(struct peer_process *process, const char *program, int map_fd,
	struct peer_hello *hello, struct complaint *why);

/* The name of its program, without its folder. */
const char *peer_program_name(const struct peer *peer);

/* The greeting of @program, which is started for it once. Check its err. */
const struct peer *peers_ask(struct peers *peers, const char *program);

/*
 * Decides whether @reader takes part in a run that @obstacle may keep it from. Asks its peer, if it
 * has one, whether it offers the path; notes a peer that does not answer as a failure. @by_all: it
 * was not asked for by name, and may be left out with a line on standard error. Returns 0; -EINTR
 * if the user asked to stop; -ENOTSUP with @why if it was named and the peer does not offer it.
 */
int peers_choose(struct peers *peers, const struct reader *reader, bool by_all,
	struct obstacle obstacle, bool *chosen, struct complaint *why);

/* Notes that @path has failed. Keeps the pointer. */
void peers_add_failure(struct peers *peers, const char *path, const char *reason);

/* Writes the failed peers to standard error, except the last, which ends the run. @others: there
 * are results of other paths. Returns 0 if there was none; -EPROTO with @why. */
int peers_complain(const struct peers *peers, bool others, struct complaint *why);

/*
 * Readers of unknown peers: builds of ./run peers READER=PATH, and the user's programs (-peer). A
 * reader has the name of the program's file with what its path adds to the peer's name: the path
 * x-raw of the peer x, in the file x-patched, is x-patched-raw.
 */

/* Adds the readers of the programs in the folder of peers that no reader names. Leaves out those
 * that do not answer, with a line on standard error. */
void found_peers_look(void);

/* Adds the readers of the program @file, once. Returns 0, or a negative errno with @why. */
int found_peers_add(const char *file, struct complaint *why);

#endif
