/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Peers: other projects' readers, each in a process of its own (peers/README.md). Whatever a peer
 * does, every wait is bounded, an answer that is not exactly as described is refused, and every
 * error is one printable line.
 */
#ifndef BENCH_PEERS_H
#define BENCH_PEERS_H

#include <jansson.h>

#include "../peers/releases.h"
#include "readers/reader.h"

FOR_EACH_RELEASE(READER_DECLARE)

/* A reader with the functions of all peers, and no name. */
extern const struct reader peer_reader;

#define PEERS_MAX READERS_MAX
#define PEER_WORD_SIZE 64
#define PEER_PATHS_MAX 8
#define PEER_PROTOCOL 1           /* the version of peers/README.md */
#define PEER_LINE_MAX (256 << 10) /* bytes: one of `live` has a few numbers for each producer */

/* The greeting of a peer. */
struct peer_hello {
	char peer[PEER_WORD_SIZE];
	char version[PEER_WORD_SIZE]; /* of the reader library */
	char language[PEER_WORD_SIZE];
	char paths[PEER_PATHS_MAX][PEER_WORD_SIZE];
	size_t path_count;
};

struct peer_process {
	pid_t pid; /* 0: it is not running, and nothing is open */
	int pidfd;
	int input, output;        /* of the peer */
	bool broken;              /* failed, and why is said: is killed instead of waited for */
	size_t length;            /* bytes of @text */
	char text[PEER_LINE_MAX]; /* its output that is not taken yet */
};

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

/* The peers of a run. */
struct peers {
	struct peer peers[PEERS_MAX];
	size_t count;
	struct peer_failure failures[READERS_MAX];
	size_t failure_count;
};

/* Starts the program @file, which inherits the ring's map @map_fd, standard error and the CPU
 * affinity of this thread. Returns 0, or a negative errno with @why. */
int peer_start(struct peer_process *peer, const char *file, int map_fd, struct complaint *why);

/* Sends the line @command, unless it is NULL, and waits for the next line for at most @wait_ns.
 * Returns 0 with a new reference in @answer, an object that is no error; -EINTR if the user asked
 * to stop; or another negative errno with @why: then only peer_end() is left to do. */
int peer_ask(struct peer_process *peer, const char *command, int64_t wait_ns, json_t **answer,
	struct complaint *why);

/* Closes the peer's input and waits until it exits; kills it after 2 s. Returns 0, also if it is not
 * running; with @why, -ETIME if it was killed, -ECHILD if its status is not 0. */
int peer_end(struct peer_process *peer, struct complaint *why);

/* How long to wait for an answer: @expected_ns plus $RINGVIEW_PEER_TIMEOUT (30s if unset). */
int64_t peer_patience_ns(int64_t expected_ns);

/* Parses a line of @length bytes, without its end. Returns a new reference to the object; NULL with
 * @why if there is none, or if the peer reports an error. */
json_t *peer_answer_parse(const char *line, size_t length, struct complaint *why);

/* Each reads an object, the last three into the reading. Returns 0, or -EPROTO with the reason. */
int peer_answer_hello(const json_t *answer, struct peer_hello *hello, struct complaint *why);
int peer_answer_drain(const json_t *answer, struct reading *r);
int peer_answer_ready(const json_t *answer, struct reading *r);
int peer_answer_live(const json_t *answer, struct reading *r);

/* Whether the peer offers this path. */
bool peer_hello_has(const struct peer_hello *hello, const char *path);

/* Checks that the program of a peer is built: in $RINGVIEW_PEERS or, if this program lies where it
 * was built, in build/peers. A program with a slash in its name is that file. Returns 0, or with
 * @why -ENOENT, or -ECANCELED if no peers are wanted: the variable is empty. */
int peers_find(const struct reader *reader, struct complaint *why);

/* Starts @program on the ring and reads its greeting. End @process also after an error. */
int peers_start(struct peer_process *process, const char *program, int map_fd,
	struct peer_hello *hello, struct complaint *why);

/* The greeting of @program, which is started for it once. Check its err. */
const struct peer *peers_ask(struct peers *peers, const char *program);

/* Decides whether @reader takes part in a run that @obstacle may keep it from. A peer that does not
 * answer becomes a failure. @by_all: it was not asked for by name, and may be left out with a line
 * on standard error. Returns 1 if it does, 0 if not; -EINTR if the user asked to stop; -ENOTSUP with
 * @why if it was named and the peer does not offer it. */
int peers_choose(struct peers *peers, const struct reader *reader, bool by_all,
	struct obstacle obstacle, struct complaint *why);

/* Notes that @path has failed. Keeps the pointer. */
void peers_add_failure(struct peers *peers, const char *path, const char *reason);

/* Writes the failed peers to standard error, except the last, which ends the run. @others: there
 * are results of other paths. Returns 0 if there was none; -EPROTO with @why. */
int peers_complain(const struct peers *peers, bool others, struct complaint *why);

/* Adds the readers of programs in the folder of peers that no reader names (./run peers
 * READER=PATH). The path x-raw of the peer x, in the file x-patched, is the reader x-patched-raw.
 * Leaves out those that do not answer, with a line on standard error. */
void found_peers_look(void);

/* Adds the readers of the user's program @file (-peer), once. 0, or a negative errno with @why. */
int found_peers_add(const char *file, struct complaint *why);

#endif
