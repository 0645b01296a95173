/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A place to pin maps at.
 */
#ifndef TEST_BPF_FILES_H
#define TEST_BPF_FILES_H

#include <stddef.h>

/*
 * Fills @path with a path for @name, unique to this process, in /sys/fs/bpf, or in a BPF file
 * system mounted for us when that is none. Skips the test, with the reason, if that cannot be.
 */
void bpf_files_path(char *path, size_t size, const char *name);

/* Group teardown of cmocka: unmounts what was mounted. Pinned files are removed by those who pinned
 * them. */
int bpf_files_teardown(void **state);

#endif
