/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A peer (peers/README.md) as a process: started, asked, and ended. However it behaves, nothing
 * here waits without end, and each error is one that a line names.
 */
#ifndef BENCH_PEER_PROCESS_H
#define BENCH_PEER_PROCESS_H

#include <jansson.h>
#include <stdint.h>

#include "base/complaint.h"

#define PEER_LINE_MAX (256 << 10) /* bytes: one of `live` has a few numbers for each producer */

struct peer_process;

/*
 * Starts the program @file with the ring's map @map_fd and nothing else of this process but
 * standard error; it runs on the CPUs that this thread may run on. 0, or a negative errno with
 * @why.
 */
int peer_start(struct peer_process **peer, const char *file, int map_fd, struct complaint *why);

/* Sends a line, without its end. 0, or a negative errno with @why. */
int peer_send(struct peer_process *peer, const char *line, struct complaint *why);

/*
 * Waits for its next line, up to @wait_ns. 0 with a new reference in @answer, an object that is no
 * error; -EINTR when the user asked to stop; or another negative errno with @why: after that the
 * peer is of no more use.
 */
int peer_receive(
	struct peer_process *peer, int64_t wait_ns, json_t **answer, struct complaint *why);

/* Readable when it has something to say, or has ended; for poll() beside other descriptors. Not to
 * be read. */
int peer_output(const struct peer_process *peer);

/*
 * Ends its input and waits until it is gone; one that takes too long is killed. NULL is fine. 0, or
 * a negative errno with @why when it did not end with status 0 by itself, or was of no more use.
 */
int peer_end(struct peer_process *peer, struct complaint *why);

/* How long to wait for an answer that should take @expected_ns: $RINGVIEW_PEER_TIMEOUT (a
 * duration) more, 30s without it. */
int64_t peer_patience_ns(int64_t expected_ns);

#endif
