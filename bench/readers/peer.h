/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Readers of peers: other projects' readers, each in a process of its own (peers/README.md). Their
 * times are what the peer reports. Checked is that these fit into the time that passed here, and,
 * as for every reader, that what was read is what was written.
 */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include "../peers/releases.h"
#include "readers/reader.h"

#define PEER_DECLARE(id, ...) extern const struct reader id##_reader;
#define PEER_ADDRESS(id, ...) &id##_reader,

FOR_EACH_RELEASE(PEER_DECLARE)

/* For readers.c. */
#define PEER_READERS FOR_EACH_RELEASE(PEER_ADDRESS)

/* A reader with the functions of all peers, and no name. */
extern const struct reader peer_reader;

#endif
