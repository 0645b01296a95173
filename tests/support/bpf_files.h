/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A path at which a test can pin maps.
 */
#ifndef TEST_BPF_FILES_H
#define TEST_BPF_FILES_H

#include <stddef.h>

/*
 * Fills @path with a path for @name that is unique to this process: in /sys/fs/bpf, or, if that is
 * no BPF file system, in one that is mounted for this process. Skips the test if none can be
 * mounted.
 */
void bpf_files_path(char *path, size_t size, const char *name);

/* Group teardown of cmocka: unmounts the file system. Tests remove the files that they pinned. */
int bpf_files_teardown(void **state);

#endif
