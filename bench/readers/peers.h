/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The peers of a run: which programs are there, who they are, and which of their paths failed.
 */
#ifndef BENCH_PEERS_H
#define BENCH_PEERS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/complaint.h"
#include "readers/reader.h"
#include "readers/peer_answer.h"
#include "readers/peer_process.h"

#define PEERS_MAX 24

/* A program as it said of itself. */
struct peer {
	const char *program;
	int err; /* why it is of no use */
	struct complaint why;
	struct peer_hello hello;
};

/* A path that was asked for, and is not in the results. */
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
 * Peers are looked for in $RINGVIEW_PEERS, or, by the program that lies where it was built, in
 * build/peers. An empty variable says that none are wanted, nor any word about them. A program that
 * is named with a slash is that file.
 */
bool peers_are_wanted(void);

/* Where they are looked for. 0, or a negative errno. */
int peers_folder(char folder[PATH_MAX]);

/* 0 when @program was built; -ENOENT with @why: where it would be, and what to do. */
int peers_find(const char *program, struct complaint *why);

/* Starts @program on the ring and lets it say who it is. 0, or a negative errno with @why. On
 * errors too, @process has to be ended. */
int peers_start(struct peer_process **process, const char *program, int map_fd,
	struct peer_hello *hello, struct complaint *why);

/* The name of its program, without its folder. */
const char *peer_program_name(const struct peer *peer);

/* Who @program, which has been built, is: it is asked once. Look at its err. */
const struct peer *peers_ask(struct peers *peers, const char *program);

/*
 * Whether @reader takes part in a run that @obstacle may keep it from. A peer is asked whether it
 * is well and has the path; one that is not well is a failure, which is noted. @by_all: it was not
 * asked for by its name, and may be left out, with a line on standard error. 0; -EINTR when the
 * user asked to stop; or -ENOTSUP with @why when it was named, and the peer does not have it.
 */
int peers_choose(struct peers *peers, const struct reader *reader, bool by_all,
	struct obstacle obstacle, bool *chosen, struct complaint *why);

/* Notes that @path, a string that stays, has failed. */
void peers_add_failure(struct peers *peers, const char *path, const char *reason);

/*
 * Says on standard error which peers failed, all but the last: that one is the complaint that the
 * run ends with. @others: there are results of other paths. 0 when there was none; or -EPROTO with
 * @why.
 */
int peers_complain(const struct peers *peers, bool others, struct complaint *why);

/* Says on standard error, once for each reader, that its peer did not end as it should. */
void peers_complain_of_end(const struct reader *reader, const struct complaint *why);

#endif
