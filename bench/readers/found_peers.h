/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Readers of unknown peers: builds of ./run peers NAME=PATH beside those of the releases, and the
 * user's programs (-peer). Their greeting says what they are called.
 */
#ifndef BENCH_FOUND_PEERS_H
#define BENCH_FOUND_PEERS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/complaint.h"
#include "readers/reader.h"

#define FOUND_PEERS_MAX 16 /* readers */

/*
 * A reader that was found. Its name is that of the program's file, and what its path adds to the
 * peer's name: the path x-raw of the peer x, in the file x-patched, is called x-patched-raw.
 */
struct found_peer {
	char name[NAME_MAX + 1];
	char spoken[NAME_MAX + 1]; /* its path, as the peer calls it */
	char file[PATH_MAX];
	char summary[NAME_MAX + 1];
	char label[80];
	struct reader reader;
};

/* Asks the programs in the folder of peers that no path names. Those that do not answer are
 * reported and left out. */
void found_peers_look(void);

/* Asks the program @file, unless it was asked before. 0, or a negative errno with @why. */
int found_peers_add(const char *file, struct complaint *why);

#endif
