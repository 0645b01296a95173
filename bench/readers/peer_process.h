/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The process of a peer (peers/README.md). However the peer behaves, every wait is bounded, and
 * every error is one line.
 */
#ifndef BENCH_PEER_PROCESS_H
#define BENCH_PEER_PROCESS_H

#include <jansson.h>
#include <stdint.h>

#include "base/complaint.h"

#define PEER_LINE_MAX (256 << 10) /* bytes: one of `live` has a few numbers for each producer */

struct peer_process;

/* Starts the program @file, which inherits the ring's map @map_fd, standard error and the CPU
 * affinity of this thread. Returns 0, or a negative errno with @why. */
int peer_start(struct peer_process **peer, const char *file, int map_fd, struct complaint *why);

/* Sends @line and a newline. Returns 0, or a negative errno with @why. */
int peer_send(struct peer_process *peer, const char *line, struct complaint *why);

/* Waits for the next line for at most @wait_ns. Returns 0 with a new reference in @answer, an
 * object that is no error; -EINTR if the user asked to stop; or another negative errno with @why:
 * then only peer_end() is left to do. */
int peer_receive(
	struct peer_process *peer, int64_t wait_ns, json_t **answer, struct complaint *why);

/* A descriptor for poll(): readable when the peer has written or exited. Do not read it. */
int peer_output(const struct peer_process *peer);

/* Closes the peer's input and waits until it exits; kills it after 2 s. NULL does nothing. Returns
 * 0, or a negative errno with @why if it did not exit by itself with status 0. */
int peer_end(struct peer_process *peer, struct complaint *why);

/* The time to wait for an answer that should take @expected_ns: that plus $RINGVIEW_PEER_TIMEOUT (a
 * duration; 30s if unset). */
int64_t peer_patience_ns(int64_t expected_ns);

#endif
