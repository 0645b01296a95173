/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The paths that peers read on: other projects' readers, each in a process of its own
 * (peers/README.md). What is timed is what the peer says; that it cannot be more than what passed
 * here, and that it read what is in the ring, is checked as for every path.
 */
#ifndef BENCH_PEER_PATH_H
#define BENCH_PEER_PATH_H

#include "readers/path.h"

/* For path.c. */
#define PEER_PATHS &cilium_ebpf_path, &aya_path, &libbpf17_path, &libbpf17_n_path

extern const struct path cilium_ebpf_path, aya_path, libbpf17_path, libbpf17_n_path;

/* What all have, but for their names and program; its open is peer_path_open() for the path. */
extern const struct path peer_path_template;
int peer_path_open(
	const struct path *path, void **state, struct source *source, struct complaint *why);

#endif
