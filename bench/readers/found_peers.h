/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Readers of peers of which nothing is known beforehand: other builds, which ./run peers NAME=PATH
 * put beside those of the releases, and programs of the user's (-peer). What they are called is
 * what they say themselves.
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
 * A reader that was found. Its name is that of the program's file, with what its path has more than
 * the peer's name: of cilium-ebpf-patched, whose peer cilium-ebpf has the path cilium-ebpf-raw, it
 * is cilium-ebpf-patched-raw.
 */
struct found_peer {
	char name[NAME_MAX + 1];
	char spoken[NAME_MAX + 1]; /* its path, as the peer calls it */
	char file[PATH_MAX];
	char summary[NAME_MAX + 1];
	char label[80];
	struct reader reader;
};

/* Asks the programs in the folder of peers that no path names. Those that do not answer are told
 * and left out. */
void found_peers_look(void);

/* Asks the program @file, unless it was asked before. 0, or a negative errno with @why. */
int found_peers_add(const char *file, struct complaint *why);

#endif
